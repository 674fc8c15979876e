use std::sync::{Mutex, PoisonError};

use anyhow::{Context, Result};
use fantoccini::error::CmdError;
use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Map, Value, json};

use crate::commands::{DevTools, ReadLog};
use crate::device::Device;
use crate::driver::Driver;
use crate::network_log::{self, Document};

/// A running Chromium with its own profile. It ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Session {
    client: Client,
    id: String,
    driver: &'static Driver,
    documents: Mutex<Vec<Document>>,
}

impl Session {
    /// Starts a browser with an empty profile.
    pub(crate) async fn start(device: Device) -> Result<Self> {
        let driver = Driver::shared().await?;
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities(driver, device))
            .connect(&driver.url())
            .await
            .context("starting Chromium")?;
        let id = client
            .session_id()
            .await?
            .context("chromedriver returned no session id")?;
        let session = Self {
            client,
            id,
            driver,
            documents: Mutex::default(),
        };
        // Fantoccini would close the session in a task, which ends with the test's runtime.
        session.client.persist().await?;
        Ok(session)
    }

    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    /// Calls a function of `page.js`.
    pub(crate) async fn page(&self, function: &str, arguments: &[&str]) -> Result<Value, CmdError> {
        let script = format!(
            "{}\nreturn page.{function}(...arguments);",
            include_str!("page.js")
        );
        let arguments = arguments.iter().map(|&text| text.into()).collect();
        self.client.execute(&script, arguments).await
    }

    /// Runs a command of the Chrome `DevTools` Protocol.
    pub(crate) async fn dev_tools(
        &self,
        command: &'static str,
        parameters: Value,
    ) -> Result<Value, CmdError> {
        let command = DevTools {
            command,
            parameters,
        };
        self.client.issue_cmd(command).await
    }

    /// Console entries since the last call.
    pub(crate) async fn console(&self) -> Result<Vec<Value>, CmdError> {
        self.log("browser").await
    }

    /// All documents loaded so far, oldest first.
    pub(crate) async fn documents(&self) -> Result<Vec<Document>, CmdError> {
        let new = network_log::documents(&self.log("performance").await?);
        let mut documents = self
            .documents
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        documents.extend(new);
        Ok(documents.clone())
    }

    async fn log(&self, kind: &'static str) -> Result<Vec<Value>, CmdError> {
        let entries = self.client.issue_cmd(ReadLog(kind)).await?;
        Ok(entries.as_array().cloned().unwrap_or_default())
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // If this fails, the browser ends with the driver.
        let _ = self.driver.close(&self.id);
    }
}

fn capabilities(driver: &Driver, device: Device) -> Map<String, Value> {
    let size = format!("--window-size={},{}", device.width, device.height);
    // Chromium's sandbox does not start as root, as in containers. Tests must not call the outside. With a pipe
    // to its driver instead of a port, the browser ends when the driver does.
    let arguments = [
        "--headless=new",
        "--no-sandbox",
        "--disable-dev-shm-usage",
        "--disable-gpu",
        "--hide-scrollbars",
        "--force-color-profile=srgb",
        "--no-proxy-server",
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
        "--remote-debugging-pipe",
        &size,
    ];
    // 1 allows, 2 blocks.
    let scripts = if device.javascript { 1 } else { 2 };
    let preferences = json!({
        "intl.accept_languages": "en-US,en",
        "credentials_enable_service": false,
        "profile.managed_default_content_settings.javascript": scripts,
    });
    let capabilities = json!({
        "browserName": "chrome",
        "goog:chromeOptions": {
            "binary": driver.chromium(),
            "args": arguments,
            "prefs": preferences,
            "perfLoggingPrefs": {"enableNetwork": true, "enablePage": false},
        },
        "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
    });
    match capabilities {
        Value::Object(capabilities) => capabilities,
        _ => Map::new(),
    }
}
