use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};
use url::Url;

use crate::device::Device;
use crate::journal::Document;
use crate::patience::{self, Obstacle, patiently};
use crate::session::Session;

/// A browser with nobody signed in, and somebody at it who looks for things by what they are called.
///
/// Whatever looks for something waits until it is there, and if that takes too long says what was
/// there instead.
#[derive(Debug)]
pub struct Browser {
    pub(crate) session: Session,
    base: Url,
    device: Device,
    patience: Duration,
}

impl Browser {
    /// Starts one for the site at this URL.
    ///
    /// # Errors
    /// When Chromium is not installed or does not start, or when the URL is none.
    pub async fn start(base: &str, device: Device) -> Result<Self> {
        let base = base.parse().with_context(|| format!("{base} is no URL"))?;
        let session = Session::start(device).await?;
        let mut browser = Self {
            session,
            base,
            device,
            patience: patience::USUAL,
        };
        browser.turn_into(device).await?;
        Ok(browser)
    }

    /// Waits no longer than this from now on.
    pub fn be_patient_for(&mut self, longest: Duration) {
        self.patience = longest;
    }

    /// Looks at the page that is open, and those to come, with another device.
    ///
    /// # Errors
    /// When only one of the devices runs scripts: that takes another browser.
    pub async fn turn_into(&mut self, device: Device) -> Result<()> {
        ensure!(
            device.javascript == self.device.javascript,
            "whether a browser runs scripts is settled when it starts"
        );
        let size = json!({
            "width": device.width,
            "height": device.height,
            "deviceScaleFactor": 1,
            "mobile": device.is_phone(),
        });
        let scheme = json!({
            "features": [{"name": "prefers-color-scheme", "value": device.scheme.name()}],
        });
        self.session
            .dev_tools("Emulation.setDeviceMetricsOverride", size)
            .await?;
        self.session
            .dev_tools("Emulation.setEmulatedMedia", scheme)
            .await?;
        self.device = device;
        Ok(())
    }

    /// What it looks at pages with.
    #[must_use]
    pub fn device(&self) -> Device {
        self.device
    }

    /// Opens a page of the site, or of another one by its whole URL.
    ///
    /// # Errors
    /// When nobody answers. A page that says that something is missing is an answer.
    pub async fn open(&self, path: &str) -> Result<()> {
        let url = self.base.join(path)?;
        let opened = self.session.client().goto(url.as_str()).await;
        opened.with_context(|| format!("opening {url}"))
    }

    /// Loads the page again, as it was asked for.
    ///
    /// # Errors
    /// When nobody answers.
    pub async fn reload(&self) -> Result<()> {
        Ok(self.session.client().refresh().await?)
    }

    /// Goes back to the page before.
    ///
    /// # Errors
    /// When nobody answers.
    pub async fn go_back(&self) -> Result<()> {
        Ok(self.session.client().back().await?)
    }

    /// The URL of the page that is open.
    ///
    /// # Errors
    /// When the browser does not answer.
    pub async fn url(&self) -> Result<Url> {
        Ok(self.session.client().current_url().await?)
    }

    /// Its path and query.
    ///
    /// # Errors
    /// When the browser does not answer.
    pub async fn path(&self) -> Result<String> {
        let url = self.url().await?;
        let path = url.path().to_owned();
        Ok(url
            .query()
            .map_or(path.clone(), |query| format!("{path}?{query}")))
    }

    /// The title of the page.
    ///
    /// # Errors
    /// When the browser does not answer.
    pub async fn title(&self) -> Result<String> {
        Ok(self.session.client().title().await?)
    }

    /// The status that the page came with.
    ///
    /// # Errors
    /// When none has come.
    pub async fn status(&self) -> Result<u64> {
        Ok(self.document().await?.status)
    }

    /// The HTML of the page as it came, before any script changed it. It is not asked for again.
    ///
    /// # Errors
    /// When the browser has not kept it.
    pub async fn source(&self) -> Result<String> {
        let request = json!({"requestId": self.document().await?.request});
        let content = self
            .session
            .dev_tools("Network.getResponseBody", request)
            .await?;
        let html = content.get("body").and_then(Value::as_str);
        Ok(html.context("the page has no content")?.to_owned())
    }

    /// What the page came as.
    async fn document(&self) -> Result<Document> {
        let mut url = self.url().await?;
        url.set_fragment(None);
        let mut documents = self.session.documents().await?.into_iter().rev();
        documents
            .find(|document| document.url == url.as_str())
            .with_context(|| format!("{url} has not come over the network"))
    }

    /// The page in a few lines, for whoever reads of a failed test.
    pub(crate) async fn description(&self) -> String {
        const ENOUGH: usize = 2000;

        let path = self.path().await.unwrap_or_default();
        let title = self.title().await.unwrap_or_default();
        let text = self.text().await.unwrap_or_default();
        let text: String = text.chars().take(ENOUGH).collect();
        format!("{path} (“{title}”) shows:\n{text}")
    }

    /// Tries until it works out, and else says what it was for and what was on the page.
    pub(crate) async fn until<T>(
        &self,
        what: &str,
        attempt: impl AsyncFnMut() -> Result<T, Obstacle>,
    ) -> Result<T> {
        match patiently(self.patience, attempt).await? {
            Ok(found) => Ok(found),
            Err(reason) => {
                let page = self.description().await;
                bail!("{what}: {reason}\n{page}")
            }
        }
    }
}
