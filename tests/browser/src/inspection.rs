use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::browser::Browser;

/// Where pictures go, which are for people.
const PICTURES: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../target/storefront-screenshots"
);

/// What a reviewer looks at.
impl Browser {
    /// Takes a picture of the whole page, however long, into `target/storefront-screenshots`.
    ///
    /// # Errors
    /// When it cannot be taken or kept.
    pub async fn screenshot(&self, name: &str) -> Result<PathBuf> {
        let metrics = self
            .session
            .dev_tools("Page.getLayoutMetrics", json!({}))
            .await?;
        let size = metrics
            .get("cssContentSize")
            .context("the page has no size")?;
        let parameters = json!({
            "format": "png",
            "captureBeyondViewport": true,
            "optimizeForSpeed": true,
            "clip": {
                "x": 0, "y": 0, "scale": 1,
                "width": size.get("width"), "height": size.get("height"),
            },
        });
        let picture = self
            .session
            .dev_tools("Page.captureScreenshot", parameters)
            .await?;
        let picture = picture.get("data").and_then(Value::as_str);
        let picture = STANDARD.decode(picture.context("the page has no picture")?)?;
        let path = Path::new(PICTURES).join(name).with_extension("png");
        std::fs::create_dir_all(PICTURES)?;
        std::fs::write(&path, picture).with_context(|| format!("writing {}", path.display()))?;
        Ok(path)
    }

    /// What the console has complained of since this was asked last: errors of scripts, what the
    /// Content Security Policy stopped, and what could not be loaded. That a page itself came as an
    /// error is none: [`Self::status`] tells.
    ///
    /// # Errors
    /// When the browser does not answer.
    pub async fn console_errors(&self) -> Result<Vec<String>> {
        let documents = self.session.documents().await?;
        let is_of_document = |message: &str| {
            let mut urls = documents.iter().map(|document| &document.url);
            urls.any(|url| message.starts_with(&format!("{url} - Failed to load resource")))
        };
        let entries = self.session.console().await?;
        let errors = entries
            .iter()
            .filter(|entry| text_at(entry, "level") == "SEVERE");
        let messages = errors.map(|entry| text_at(entry, "message"));
        Ok(messages
            .filter(|message| !is_of_document(message))
            .map(str::to_owned)
            .collect())
    }

    /// Runs a script in the page, whatever its policy is, and answers with what it returns.
    ///
    /// # Errors
    /// When it throws.
    pub async fn run(&self, script: &str) -> Result<Value> {
        Ok(self.session.client().execute(script, Vec::new()).await?)
    }

    /// How many CSS pixels are across the page: those of the device, unless the page has asked for others.
    ///
    /// # Errors
    /// When the browser does not answer.
    pub async fn width(&self) -> Result<u64> {
        let width = self.session.page("width", &[]).await?;
        width.as_u64().context("the page has no width")
    }

    /// What sticks out of the page to the right, if anything does.
    ///
    /// # Errors
    /// When the browser does not answer.
    pub async fn overflows(&self) -> Result<Option<String>> {
        let overflow = self.session.page("overflow", &[]).await?;
        if overflow.is_null() {
            return Ok(None);
        }
        let pixels = |name| {
            overflow
                .get(name)
                .and_then(Value::as_u64)
                .unwrap_or_default()
        };
        Ok(Some(format!(
            "the page is {} px wide in a window of {}, through {}",
            pixels("page"),
            pixels("window"),
            text_at(&overflow, "widest")
        )))
    }
}

fn text_at<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}
