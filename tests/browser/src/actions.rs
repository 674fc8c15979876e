use anyhow::Result;
use fantoccini::elements::Element;
use fantoccini::error::{CmdError, ErrorStatus};
use serde_json::Value;

use crate::browser::Browser;
use crate::wait::AttemptError;

/// Mouse and text input.
///
/// Elements are found by their visible text, label or accessible name. A whole name wins over a part of one.
impl Browser {
    /// Replaces the text of the control with this label.
    ///
    /// # Errors
    /// If there is none, or more than one.
    pub async fn fill(&self, label: &str, text: &str) -> Result<()> {
        self.until(&format!("filling in “{label}”"), async || {
            let (control, _) = self.find("control", &[label]).await?;
            control.clear().await?;
            Ok(control.send_keys(text).await?)
        })
        .await
    }

    /// Chooses an option of the select with this label, or of the radio group with this legend.
    ///
    /// # Errors
    /// If there is none, or more than one.
    pub async fn choose(&self, label: &str, option: &str) -> Result<()> {
        self.until(
            &format!("choosing “{option}” of “{label}”"),
            async || {
                let (option, _) = self.find("option", &[label, option]).await?;
                Ok(option.click().await?)
            },
        )
        .await
    }

    /// Checks the checkbox with this label.
    ///
    /// # Errors
    /// If there is none, or more than one.
    pub async fn tick(&self, label: &str) -> Result<()> {
        self.set_box(label, true).await
    }

    /// Unchecks the checkbox with this label.
    ///
    /// # Errors
    /// If there is none, or more than one.
    pub async fn untick(&self, label: &str) -> Result<()> {
        self.set_box(label, false).await
    }

    /// Clicks the button or link of this name. Of several, one in `main` or a dialog is preferred, and a button
    /// over a link.
    ///
    /// # Errors
    /// If there is none, if there are still several, or if it is disabled.
    pub async fn press(&self, name: &str) -> Result<()> {
        self.press_found(&format!("pressing “{name}”"), &[name])
            .await
    }

    /// Clicks the button or link nearest to this text, such as the one in its table row.
    ///
    /// # Errors
    /// As for [`Self::press`].
    pub async fn press_beside(&self, text: &str, name: &str) -> Result<()> {
        let what = format!("pressing “{name}” beside “{text}”");
        self.press_found(&what, &[name, text]).await
    }

    async fn press_found(&self, what: &str, arguments: &[&str]) -> Result<()> {
        self.until(what, async || {
            let (element, _) = self.find("pressable", arguments).await?;
            element.click().await.map_err(retry_if_not_clicked)
        })
        .await
    }

    async fn set_box(&self, label: &str, ticked: bool) -> Result<()> {
        self.until(&format!("ticking “{label}”"), async || {
            let (element, found) = self.find("box", &[label]).await?;
            if found.get("checked") == Some(&Value::Bool(ticked)) {
                return Ok(());
            }
            element.click().await.map_err(retry_if_not_clicked)
        })
        .await
    }

    /// Finds an element with a function of `page.js`.
    async fn find(
        &self,
        function: &str,
        arguments: &[&str],
    ) -> Result<(Element, Value), AttemptError> {
        // The key that WebDriver defines for element references.
        const ELEMENT: &str = "/element/element-6066-11e4-a52e-4f735466cecf";

        let found = self.session.page(function, arguments).await?;
        let Some(id) = found.pointer(ELEMENT).and_then(Value::as_str) else {
            let problem = found.get("problem").and_then(Value::as_str);
            return Err(AttemptError::Retry(problem.unwrap_or_default().to_owned()));
        };
        let client = self.session.client().clone();
        let element = Element::from_element_id(client, id.to_owned().into());
        Ok((element, found))
    }
}

/// Retries only errors that mean that the element was not clicked.
fn retry_if_not_clicked(error: CmdError) -> AttemptError {
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
        _ => AttemptError::Fatal(error.into()),
    }
}
