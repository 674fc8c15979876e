//! Pages as a program sees them that follows nothing and keeps nothing.

use anyhow::{Context, Result};
use reqwest::header::{HeaderMap, SET_COOKIE};
use reqwest::redirect::Policy;

/// Somebody who asks for pages, with this cookie.
#[derive(Debug, Clone)]
pub(crate) struct Http {
    client: reqwest::Client,
    base: String,
    cookie: String,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Http {
    /// Somebody without cookies at this URL.
    pub(crate) fn at(base: &str) -> Result<Self> {
        let client = reqwest::Client::builder().no_proxy();
        Ok(Self {
            client: client.redirect(Policy::none()).build()?,
            base: base.to_owned(),
            cookie: String::new(),
        })
    }

    /// The same with a cookie.
    pub(crate) fn with_cookie(&self, cookie: &str) -> Self {
        Self {
            cookie: cookie.to_owned(),
            ..self.clone()
        }
    }

    pub(crate) async fn get(&self, path: &str) -> Result<Reply> {
        self.get_unless(path, "").await
    }

    /// Asks for a page unless it is still this one.
    pub(crate) async fn get_unless(&self, path: &str, tag: &str) -> Result<Reply> {
        let request = self.client.get(format!("{}{path}", self.base));
        self.send(request.header("If-None-Match", tag)).await
    }

    /// Sends a form, written as forms are.
    pub(crate) async fn post(&self, path: &str, form: String) -> Result<Reply> {
        let request = self.client.post(format!("{}{path}", self.base));
        let request = request.header("Content-Type", "application/x-www-form-urlencoded");
        self.send(request.body(form)).await
    }

    async fn send(&self, request: reqwest::RequestBuilder) -> Result<Reply> {
        let request = request.header("Cookie", &self.cookie);
        let reply = request.header("Accept", "text/html").send().await?;
        Ok(Reply {
            status: reply.status().as_u16(),
            headers: reply.headers().clone(),
            text: reply.text().await?,
        })
    }
}

impl Reply {
    /// A header, or nothing.
    pub(crate) fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        value.and_then(|it| it.to_str().ok()).unwrap_or_default()
    }

    /// The cookies that it sets, with their attributes.
    pub(crate) fn cookies(&self) -> Vec<&str> {
        let cookies = self.headers.get_all(SET_COOKIE).iter();
        cookies.filter_map(|cookie| cookie.to_str().ok()).collect()
    }

    /// What forms of the page carry to show that they are of the site.
    pub(crate) fn csrf(&self) -> Result<&str> {
        self.between("name=\"csrf\" value=\"", "\"")
    }

    /// What stands between the first of these and the next of those.
    pub(crate) fn between(&self, before: &str, after: &str) -> Result<&str> {
        let (_, rest) = self
            .text
            .split_once(before)
            .with_context(|| format!("{before} is not in {}", self.text))?;
        Ok(rest.split_once(after).context("it does not end")?.0)
    }
}
