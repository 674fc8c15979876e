use anyhow::Result;
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::patience::Obstacle;

/// What somebody reads.
impl Browser {
    /// The text of the page as it shows: what is hidden is not in it, and capitals are those of the
    /// style sheet.
    ///
    /// # Errors
    /// When the browser does not answer.
    pub async fn text(&self) -> Result<String> {
        let text = self.session.page("text", &[]).await?;
        Ok(text.as_str().unwrap_or_default().to_owned())
    }

    /// Waits for the page to have a first-level heading, and answers with its text.
    ///
    /// # Errors
    /// When it has none.
    pub async fn heading(&self) -> Result<String> {
        self.until("reading the heading", async || {
            match self.session.page("heading", &[]).await? {
                Value::String(text) if !text.is_empty() => Ok(text),
                _ => Err(Obstacle::NotYet("there is none".to_owned())),
            }
        })
        .await
    }

    /// Waits for the page to show this text; how its words are spaced does not matter.
    ///
    /// # Errors
    /// When it does not.
    pub async fn sees(&self, text: &str) -> Result<()> {
        self.until(&format!("looking for “{text}”"), async || {
            Obstacle::until(self.shows(text).await?, "it is not there")
        })
        .await
    }

    /// Waits for the page to show this text no longer.
    ///
    /// # Errors
    /// When it still does.
    pub async fn misses(&self, text: &str) -> Result<()> {
        self.until(&format!("waiting for “{text}” to go"), async || {
            Obstacle::until(!self.shows(text).await?, "it is still there")
        })
        .await
    }

    /// Waits to be at this path, or path and query.
    ///
    /// # Errors
    /// When it is at another one.
    pub async fn arrives_at(&self, path: &str) -> Result<()> {
        self.until(&format!("going to {path}"), async || {
            let at = self.path().await?;
            let without_query = at.split('?').next();
            let is_there = at == path || without_query == Some(path);
            Obstacle::until(is_there, &format!("it is at {at}"))
        })
        .await
    }

    /// What is in the control with this label; of a box or a dot, also whether it is `checked`.
    ///
    /// # Errors
    /// When there is none, or more than one.
    pub async fn value(&self, label: &str) -> Result<String> {
        self.until(&format!("reading “{label}”"), async || {
            let found = self.session.page("value", &[label]).await?;
            let text = |name| found.get(name).and_then(Value::as_str).map(str::to_owned);
            text("value").ok_or_else(|| Obstacle::NotYet(text("problem").unwrap_or_default()))
        })
        .await
    }

    /// A cookie that the site has set, with its attributes, if there is one of this name.
    ///
    /// # Errors
    /// When the browser does not answer.
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

    async fn shows(&self, text: &str) -> Result<bool, Obstacle> {
        let page = self.session.page("text", &[]).await?;
        let page = squeezed(page.as_str().unwrap_or_default());
        Ok(page.contains(&squeezed(text)))
    }
}

fn squeezed(text: &str) -> String {
    let words: Vec<_> = text.split_whitespace().collect();
    words.join(" ")
}
