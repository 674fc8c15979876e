//! Chromedriver's extensions of `WebDriver`.

use fantoccini::wd::WebDriverCompatibleCommand;
use serde_json::{Value, json};
use url::{ParseError, Url};

/// A command of the Chrome `DevTools` Protocol.
#[derive(Debug)]
pub(crate) struct DevTools {
    pub(crate) command: &'static str,
    pub(crate) parameters: Value,
}

/// Reads the entries of a log since the last read.
#[derive(Debug)]
pub(crate) struct ReadLog(pub(crate) &'static str);

impl WebDriverCompatibleCommand for DevTools {
    fn endpoint(&self, driver: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        session_url(driver, session, "goog/cdp/execute")
    }

    fn method_and_body(&self, _url: &Url) -> (reqwest::Method, Option<String>) {
        let body = json!({"cmd": self.command, "params": self.parameters});
        (reqwest::Method::POST, Some(body.to_string()))
    }
}

impl WebDriverCompatibleCommand for ReadLog {
    fn endpoint(&self, driver: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        session_url(driver, session, "se/log")
    }

    fn method_and_body(&self, _url: &Url) -> (reqwest::Method, Option<String>) {
        let body = json!({"type": self.0});
        (reqwest::Method::POST, Some(body.to_string()))
    }
}

fn session_url(driver: &Url, session: Option<&str>, path: &str) -> Result<Url, ParseError> {
    driver.join(&format!("session/{}/{path}", session.unwrap_or_default()))
}
