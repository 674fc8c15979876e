//! What chromedriver understands beyond the standard.

use fantoccini::wd::WebDriverCompatibleCommand;
use serde_json::{Value, json};
use url::{ParseError, Url};

/// A command that chromedriver hands on to Chromium, of the Chrome `DevTools` Protocol.
#[derive(Debug)]
pub(crate) struct DevTools {
    pub(crate) command: &'static str,
    pub(crate) parameters: Value,
}

/// Asks for what has been logged of this kind since that was asked last.
#[derive(Debug)]
pub(crate) struct ReadLog(pub(crate) &'static str);

impl WebDriverCompatibleCommand for DevTools {
    fn endpoint(&self, driver: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        of_session(driver, session, "goog/cdp/execute")
    }

    fn method_and_body(&self, _url: &Url) -> (reqwest::Method, Option<String>) {
        let body = json!({"cmd": self.command, "params": self.parameters});
        (reqwest::Method::POST, Some(body.to_string()))
    }
}

impl WebDriverCompatibleCommand for ReadLog {
    fn endpoint(&self, driver: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        of_session(driver, session, "se/log")
    }

    fn method_and_body(&self, _url: &Url) -> (reqwest::Method, Option<String>) {
        let body = json!({"type": self.0});
        (reqwest::Method::POST, Some(body.to_string()))
    }
}

fn of_session(driver: &Url, session: Option<&str>, path: &str) -> Result<Url, ParseError> {
    driver.join(&format!("session/{}/{path}", session.unwrap_or_default()))
}
