use anyhow::Result;
use fantoccini::elements::Element;
use fantoccini::error::{CmdError, ErrorStatus};
use serde_json::Value;

use crate::browser::Browser;
use crate::patience::Obstacle;

/// What somebody does with a mouse, and types.
///
/// Things go by what is written on or beside them, or by what they say to those who do not see them.
/// The whole name wins over a part of one.
impl Browser {
    /// Types into the control with this label, instead of what was in it.
    ///
    /// # Errors
    /// When there is none, or more than one.
    pub async fn fill(&self, label: &str, text: &str) -> Result<()> {
        self.until(&format!("filling in “{label}”"), async || {
            let (control, _) = self.look_for("control", &[label]).await?;
            control.clear().await?;
            Ok(control.send_keys(text).await?)
        })
        .await
    }

    /// Chooses an option of the list with this label, or of the group of dots with this legend.
    ///
    /// # Errors
    /// When there is none, or more than one.
    pub async fn choose(&self, label: &str, option: &str) -> Result<()> {
        self.until(
            &format!("choosing “{option}” of “{label}”"),
            async || {
                let (option, _) = self.look_for("option", &[label, option]).await?;
                Ok(option.click().await?)
            },
        )
        .await
    }

    /// Ticks the box with this label, unless it is ticked.
    ///
    /// # Errors
    /// When there is none, or more than one.
    pub async fn tick(&self, label: &str) -> Result<()> {
        self.set_box(label, true).await
    }

    /// Unticks the box with this label, if it is ticked.
    ///
    /// # Errors
    /// When there is none, or more than one.
    pub async fn untick(&self, label: &str) -> Result<()> {
        self.set_box(label, false).await
    }

    /// Presses the button or link of this name. Of several, one in `main` or a dialog is meant before
    /// those around it, and a button before a link.
    ///
    /// # Errors
    /// When there is none, still more than one, or it is disabled.
    pub async fn press(&self, name: &str) -> Result<()> {
        self.press_found(&format!("pressing “{name}”"), &[name])
            .await
    }

    /// Presses the one that is nearest to this text: the button in the row or card that shows it.
    ///
    /// # Errors
    /// As for [`Self::press`].
    pub async fn press_beside(&self, text: &str, name: &str) -> Result<()> {
        let what = format!("pressing “{name}” beside “{text}”");
        self.press_found(&what, &[name, text]).await
    }

    async fn press_found(&self, what: &str, arguments: &[&str]) -> Result<()> {
        self.until(what, async || {
            let (element, _) = self.look_for("pressable", arguments).await?;
            element.click().await.map_err(unless_pressed)
        })
        .await
    }

    async fn set_box(&self, label: &str, ticked: bool) -> Result<()> {
        self.until(&format!("ticking “{label}”"), async || {
            let (element, found) = self.look_for("box", &[label]).await?;
            if found.get("checked") == Some(&Value::Bool(ticked)) {
                return Ok(());
            }
            element.click().await.map_err(unless_pressed)
        })
        .await
    }

    /// Has `page.js` find something.
    async fn look_for(
        &self,
        function: &str,
        arguments: &[&str],
    ) -> Result<(Element, Value), Obstacle> {
        // The name of the standard for "element".
        const ELEMENT: &str = "/element/element-6066-11e4-a52e-4f735466cecf";

        let found = self.session.page(function, arguments).await?;
        let Some(id) = found.pointer(ELEMENT).and_then(Value::as_str) else {
            let problem = found.get("problem").and_then(Value::as_str);
            return Err(Obstacle::NotYet(problem.unwrap_or_default().to_owned()));
        };
        let client = self.session.client().clone();
        let element = Element::from_element_id(client, id.to_owned().into());
        Ok((element, found))
    }
}

/// Only what certainly was not pressed may be pressed again.
fn unless_pressed(error: CmdError) -> Obstacle {
    match &error {
        CmdError::Standard(refused)
            if matches!(
                refused.error,
                ErrorStatus::StaleElementReference
                    | ErrorStatus::ElementNotInteractable
                    | ErrorStatus::ElementClickIntercepted
                    | ErrorStatus::NoSuchElement
            ) =>
        {
            error.into()
        }
        _ => Obstacle::Broken(error.into()),
    }
}
