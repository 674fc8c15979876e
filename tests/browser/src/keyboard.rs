use anyhow::{Result, bail};
use fantoccini::actions::{InputSource, KeyAction, KeyActions};
use fantoccini::key::Key;
use serde_json::Value;

use crate::browser::Browser;

/// The focused element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Focused {
    /// Labels and accessible names; empty if no element has the focus.
    pub names: Vec<String>,
    /// Whether an outline or a shadow marks it.
    pub is_marked: bool,
}

/// Keyboard input and focus.
impl Browser {
    /// Presses a key.
    ///
    /// # Errors
    /// If the browser does not respond.
    pub async fn press_key(&self, key: Key) -> Result<()> {
        self.send_keys(&[key.into()]).await
    }

    /// Presses a key while holding another, such as Shift.
    ///
    /// # Errors
    /// If the browser does not respond.
    pub async fn press_keys(&self, held: Key, key: Key) -> Result<()> {
        self.send_keys(&[held.into(), key.into()]).await
    }

    /// Types into the focused element.
    ///
    /// # Errors
    /// If the browser does not respond.
    pub async fn type_text(&self, text: &str) -> Result<()> {
        for key in text.chars() {
            self.send_keys(&[key]).await?;
        }
        Ok(())
    }

    /// The focused element.
    ///
    /// # Errors
    /// If the browser does not respond.
    pub async fn focused(&self) -> Result<Focused> {
        let focused = self.session.page("focused", &[]).await?;
        let names = focused.get("names").and_then(Value::as_array);
        let names = names.into_iter().flatten();
        Ok(Focused {
            names: names
                .filter_map(|name| name.as_str().map(str::to_owned))
                .collect(),
            is_marked: focused.get("ring") == Some(&Value::Bool(true)),
        })
    }

    /// Presses Tab until the element of this name has the focus, and returns all stops on the way.
    ///
    /// # Errors
    /// If the focus goes round the page without reaching it.
    pub async fn tab_to(&self, name: &str) -> Result<Vec<Focused>> {
        const MAX_STOPS: usize = 200;

        let mut walked: Vec<Focused> = Vec::new();
        while walked.len() < MAX_STOPS {
            self.press_key(Key::Tab).await?;
            let stop = self.focused().await?;
            let is_there = stop.names.iter().any(|known| known == name);
            // After the last element the focus goes to the page itself, or back to the first.
            let is_round = stop.names.is_empty() && !walked.is_empty();
            walked.push(stop);
            if is_there {
                return Ok(walked);
            }
            if is_round {
                break;
            }
        }
        let names: Vec<_> = walked.iter().map(|stop| stop.names.join(" / ")).collect();
        let page = self.description().await;
        bail!("Tab does not lead to “{name}”, but to {names:?}\n{page}")
    }

    /// Walks the page with Tab, and returns the controls that it does not reach or that show no focus.
    ///
    /// # Errors
    /// If the browser does not respond.
    pub async fn unreachable_controls(&self) -> Result<Vec<String>> {
        const COUNT: &str = "\
            const every = 'a[href], button, input:not([type=hidden]), select, textarea, summary';\
            window.stops = [...document.querySelectorAll(every)].filter((stop) =>\
                !stop.disabled && stop.checkVisibility({ visibilityProperty: true }));\
            window.reached = new Set();\
            const dates = window.stops.filter((stop) => stop.type === 'date').length;\
            const frames = document.querySelectorAll('iframe').length;\
            return window.stops.length + 3 * dates + 20 * frames;";
        const MARK: &str = "window.reached.add(document.activeElement)";
        const UNREACHED: &str = "\
            const group = (stop) => stop.type === 'radio' && `${stop.form?.id} ${stop.name}`;\
            const groups = new Set([...window.reached].map(group).filter(Boolean));\
            return window.stops.filter((stop) => !window.reached.has(stop) && !groups.has(group(stop)))\
                .map((stop) => stop.outerHTML.slice(0, 120));";

        let stops = self.run(COUNT).await?.as_u64().unwrap_or_default();
        // One round, including the page itself, and one more to the first stop. A date has a stop for each of its
        // parts and for its calendar; those within a frame cannot be counted from without.
        for _ in 0..stops + 2 {
            self.press_key(Key::Tab).await?;
            if self.focused().await?.is_marked {
                self.run(MARK).await?;
            }
        }
        let unreached = self.run(UNREACHED).await?;
        let unreached = unreached.as_array().into_iter().flatten();
        Ok(unreached.map(ToString::to_string).collect())
    }

    async fn send_keys(&self, keys: &[char]) -> Result<()> {
        let down = keys.iter().map(|&value| KeyAction::Down { value });
        let up = keys.iter().rev().map(|&value| KeyAction::Up { value });
        let actions = down
            .chain(up)
            .fold(KeyActions::new("keyboard".to_owned()), |actions, action| {
                actions.then(action)
            });
        Ok(self.session.client().perform_actions(actions).await?)
    }
}
