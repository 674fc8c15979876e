use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};
use url::Url;

use crate::device::Device;
use crate::network_log::Document;
use crate::session::Session;
use crate::wait::{self, AttemptError, retry};

/// A headless Chromium with a fresh profile, which finds elements by their visible names.
///
/// Methods that look for something wait until it is there. After the timeout they fail with the text of the
/// page.
#[derive(Debug)]
pub struct Browser {
    pub(crate) session: Session,
    base: Url,
    device: Device,
    timeout: Duration,
}

impl Browser {
    /// Starts a browser for the site at this URL.
    ///
    /// # Errors
    /// If Chromium is not installed or does not start, or if the URL is invalid.
    pub async fn start(base: &str, device: Device) -> Result<Self> {
        let base = base
            .parse()
            .with_context(|| format!("{base} is not a URL"))?;
        let session = Session::start(device).await?;
        let mut browser = Self {
            session,
            base,
            device,
            timeout: wait::DEFAULT_TIMEOUT,
        };
        browser.set_device(device).await?;
        Ok(browser)
    }

    /// Sets how long methods wait for what they look for.
    pub fn set_timeout(&mut self, timeout: Duration) {
        self.timeout = timeout;
    }

    /// Emulates another device, for the current page and later ones.
    ///
    /// # Errors
    /// If only one of the devices runs JavaScript: that takes another browser.
    pub async fn set_device(&mut self, device: Device) -> Result<()> {
        ensure!(
            device.javascript == self.device.javascript,
            "JavaScript can only be turned on or off when a browser starts"
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

    /// The emulated device.
    #[must_use]
    pub fn device(&self) -> Device {
        self.device
    }

    /// Opens a path of the site, or any absolute URL.
    ///
    /// # Errors
    /// If the server does not respond. An error page is a response.
    pub async fn open(&self, path: &str) -> Result<()> {
        let url = self.base.join(path)?;
        let opened = self.session.client().goto(url.as_str()).await;
        opened.with_context(|| format!("opening {url}"))
    }

    /// Reloads the page.
    ///
    /// # Errors
    /// If the server does not respond.
    pub async fn reload(&self) -> Result<()> {
        Ok(self.session.client().refresh().await?)
    }

    /// Goes back in the history.
    ///
    /// # Errors
    /// If the server does not respond.
    pub async fn go_back(&self) -> Result<()> {
        Ok(self.session.client().back().await?)
    }

    /// The URL of the current page.
    ///
    /// # Errors
    /// If the browser does not respond.
    pub async fn url(&self) -> Result<Url> {
        Ok(self.session.client().current_url().await?)
    }

    /// The path and query of the current page.
    ///
    /// # Errors
    /// If the browser does not respond.
    pub async fn path(&self) -> Result<String> {
        let url = self.url().await?;
        let path = url.path().to_owned();
        Ok(url
            .query()
            .map_or(path.clone(), |query| format!("{path}?{query}")))
    }

    /// The title of the current page.
    ///
    /// # Errors
    /// If the browser does not respond.
    pub async fn title(&self) -> Result<String> {
        Ok(self.session.client().title().await?)
    }

    /// The HTTP status of the current page.
    ///
    /// # Errors
    /// If there was no response.
    pub async fn status(&self) -> Result<u64> {
        Ok(self.document().await?.status)
    }

    /// The HTML of the current page as it was received, before any script ran.
    ///
    /// # Errors
    /// If the browser has discarded it.
    pub async fn source(&self) -> Result<String> {
        let request = json!({"requestId": self.document().await?.request});
        let content = self
            .session
            .dev_tools("Network.getResponseBody", request)
            .await?;
        let html = content.get("body").and_then(Value::as_str);
        Ok(html.context("the page has no content")?.to_owned())
    }

    /// The response of the current page.
    async fn document(&self) -> Result<Document> {
        let mut url = self.url().await?;
        url.set_fragment(None);
        let mut documents = self.session.documents().await?.into_iter().rev();
        documents
            .find(|document| document.url == url.as_str())
            .with_context(|| format!("{url} was not loaded over the network"))
    }

    /// Path, title and text of the page, for failure messages.
    pub(crate) async fn description(&self) -> String {
        const MAX_LENGTH: usize = 2000;

        let path = self.path().await.unwrap_or_default();
        let title = self.title().await.unwrap_or_default();
        let text = self.text().await.unwrap_or_default();
        let text: String = text.chars().take(MAX_LENGTH).collect();
        format!("{path} (“{title}”) shows:\n{text}")
    }

    /// Retries until the attempt succeeds. On timeout, fails with the last reason and the page's text.
    pub(crate) async fn until<T>(
        &self,
        what: &str,
        attempt: impl AsyncFnMut() -> Result<T, AttemptError>,
    ) -> Result<T> {
        match retry(self.timeout, attempt).await? {
            Ok(found) => Ok(found),
            Err(reason) => {
                let page = self.description().await;
                bail!("{what}: {reason}\n{page}")
            }
        }
    }
}
