use anyhow::Result;
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::wait::AttemptError;

/// Reading and asserting content.
impl Browser {
    /// The visible text of the page, as styled.
    ///
    /// # Errors
    /// If the browser does not respond.
    pub async fn text(&self) -> Result<String> {
        let text = self.session.page("text", &[]).await?;
        Ok(text.as_str().unwrap_or_default().to_owned())
    }

    /// Waits for a first-level heading, and returns its text.
    ///
    /// # Errors
    /// If there is none.
    pub async fn heading(&self) -> Result<String> {
        self.until("reading the heading", async || {
            match self.session.page("heading", &[]).await? {
                Value::String(text) if !text.is_empty() => Ok(text),
                _ => Err(AttemptError::Retry("there is none".to_owned())),
            }
        })
        .await
    }

    /// Waits for the page to show this text. Runs of white space count as one space.
    ///
    /// # Errors
    /// If it does not.
    pub async fn expect_text(&self, text: &str) -> Result<()> {
        self.until(&format!("looking for “{text}”"), async || {
            AttemptError::unless(self.shows(text).await?, "it is not there")
        })
        .await
    }

    /// Waits for the page not to show this text.
    ///
    /// # Errors
    /// If it still does.
    pub async fn expect_no_text(&self, text: &str) -> Result<()> {
        self.until(&format!("waiting for “{text}” to go"), async || {
            AttemptError::unless(!self.shows(text).await?, "it is still there")
        })
        .await
    }

    /// Waits for the browser to be at this path, with this query if one is given.
    ///
    /// # Errors
    /// If it is at another one.
    pub async fn expect_path(&self, path: &str) -> Result<()> {
        self.until(&format!("going to {path}"), async || {
            let at = self.path().await?;
            let without_query = at.split('?').next();
            let is_there = at == path || without_query == Some(path);
            AttemptError::unless(is_there, &format!("it is at {at}"))
        })
        .await
    }

    /// The value of the control with this label; with `, checked` after it for a checked box or radio button.
    ///
    /// # Errors
    /// If there is none, or more than one.
    pub async fn value(&self, label: &str) -> Result<String> {
        self.until(&format!("reading “{label}”"), async || {
            let found = self.session.page("value", &[label]).await?;
            let text = |name| found.get(name).and_then(Value::as_str).map(str::to_owned);
            text("value").ok_or_else(|| AttemptError::Retry(text("problem").unwrap_or_default()))
        })
        .await
    }

    /// The cookie of this name, with its attributes, if the site has set it.
    ///
    /// # Errors
    /// If the browser does not respond.
    pub async fn cookie(&self, name: &str) -> Result<Option<Value>> {
        let answer = self
            .session
            .dev_tools("Network.getCookies", json!({}))
            .await?;
        let cookies = answer.get("cookies").and_then(Value::as_array);
        let mut cookies = cookies.into_iter().flatten();
        Ok(cookies
            .find(|cookie| cookie.get("name").and_then(Value::as_str) == Some(name))
            .cloned())
    }

    async fn shows(&self, text: &str) -> Result<bool, AttemptError> {
        let page = self.session.page("text", &[]).await?;
        let page = collapse_spaces(page.as_str().unwrap_or_default());
        Ok(page.contains(&collapse_spaces(text)))
    }
}

fn collapse_spaces(text: &str) -> String {
    let words: Vec<_> = text.split_whitespace().collect();
    words.join(" ")
}
