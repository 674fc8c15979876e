use anyhow::{Result, bail};
use fantoccini::actions::{InputSource, KeyAction, KeyActions};
use fantoccini::key::Key;
use serde_json::Value;

use crate::browser::Browser;

/// What has the keyboard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Focused {
    /// Its label and what is written on it; nothing when it is the page itself.
    pub names: Vec<String>,
    /// Whether an outline or a shadow shows where it is.
    pub is_marked: bool,
}

/// What somebody does without a mouse.
impl Browser {
    /// Presses a key.
    ///
    /// # Errors
    /// When the browser does not answer.
    pub async fn press_key(&self, key: Key) -> Result<()> {
        self.strike(&[key.into()]).await
    }

    /// Presses a key while another one is held, such as Shift.
    ///
    /// # Errors
    /// When the browser does not answer.
    pub async fn press_keys(&self, held: Key, key: Key) -> Result<()> {
        self.strike(&[held.into(), key.into()]).await
    }

    /// Types into what has the keyboard.
    ///
    /// # Errors
    /// When the browser does not answer.
    pub async fn type_text(&self, text: &str) -> Result<()> {
        for key in text.chars() {
            self.strike(&[key]).await?;
        }
        Ok(())
    }

    /// What has the keyboard.
    ///
    /// # Errors
    /// When the browser does not answer.
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

    /// Presses Tab until what is called so has the keyboard, and answers with what it took.
    ///
    /// # Errors
    /// When the page has been walked through without coming by.
    pub async fn tab_to(&self, name: &str) -> Result<Vec<Focused>> {
        const FARTHEST: usize = 200;

        let mut walked: Vec<Focused> = Vec::new();
        while walked.len() < FARTHEST {
            self.press_key(Key::Tab).await?;
            let stop = self.focused().await?;
            let is_there = stop.names.iter().any(|known| known == name);
            // Behind the last one the keyboard goes to the page itself, or round to the first.
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

    /// Walks all of the page with Tab: the controls that it passes by, or where it does not show that it
    /// is there.
    ///
    /// # Errors
    /// When the browser does not answer.
    pub async fn neglected(&self) -> Result<Vec<String>> {
        const COUNT: &str = "\
            const every = 'a[href], button, input:not([type=hidden]), select, textarea, summary';\
            window.stops = [...document.querySelectorAll(every)].filter((stop) =>\
                !stop.disabled && stop.checkVisibility({ visibilityProperty: true }));\
            window.shown = new Set();\
            return window.stops.length;";
        const NOTE: &str = "window.shown.add(document.activeElement)";
        const REST: &str = "\
            return window.stops.filter((stop) => !window.shown.has(stop))\
                .map((stop) => stop.outerHTML.slice(0, 120));";

        let stops = self.run(COUNT).await?.as_u64().unwrap_or_default();
        // Once round, over the page itself, and on to where the walk began.
        for _ in 0..stops + 2 {
            self.press_key(Key::Tab).await?;
            if self.focused().await?.is_marked {
                self.run(NOTE).await?;
            }
        }
        let rest = self.run(REST).await?;
        let rest = rest.as_array().into_iter().flatten();
        Ok(rest.map(ToString::to_string).collect())
    }

    async fn strike(&self, keys: &[char]) -> Result<()> {
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
