use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::json::text_at;

/// Directory of the screenshots, for people to look at.
const SCREENSHOTS: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../target/storefront-screenshots"
);

/// Screenshots, the console and the layout.
impl Browser {
    /// Saves a screenshot of the whole page in `target/storefront-screenshots`.
    ///
    /// # Errors
    /// If it cannot be taken or written.
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
        let screenshot = self
            .session
            .dev_tools("Page.captureScreenshot", parameters)
            .await?;
        let screenshot = screenshot.get("data").and_then(Value::as_str);
        let screenshot = STANDARD.decode(screenshot.context("there is no screenshot")?)?;
        let path = Path::new(SCREENSHOTS).join(name).with_extension("png");
        std::fs::create_dir_all(SCREENSHOTS)?;
        std::fs::write(&path, screenshot).with_context(|| format!("writing {}", path.display()))?;
        Ok(path)
    }

    /// The errors in the console since the last call: script errors, violations of the Content Security Policy
    /// and failed loads. The error status of a page itself is left out: see [`Self::status`].
    ///
    /// # Errors
    /// If the browser does not respond.
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

    /// Runs a script in the page regardless of its Content Security Policy, and returns its result.
    ///
    /// # Errors
    /// If it throws.
    pub async fn run(&self, script: &str) -> Result<Value> {
        Ok(self.session.client().execute(script, Vec::new()).await?)
    }

    /// The layout width in CSS pixels: the device's, unless the page declares another viewport.
    ///
    /// # Errors
    /// If the browser does not respond.
    pub async fn width(&self) -> Result<u64> {
        let width = self.session.page("width", &[]).await?;
        width.as_u64().context("the page has no width")
    }

    /// A description of what overflows the page to the right, if anything does.
    ///
    /// # Errors
    /// If the browser does not respond.
    pub async fn horizontal_overflow(&self) -> Result<Option<String>> {
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
