//! An HTTP client that follows no redirects and keeps no cookies.

use anyhow::{Context, Result};
use reqwest::header::{HeaderMap, SET_COOKIE};
use reqwest::redirect::Policy;

/// A client with a fixed cookie.
#[derive(Debug, Clone)]
pub(crate) struct Http {
    client: reqwest::Client,
    base: String,
    cookie: String,
}

/// A response.
#[derive(Debug)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Http {
    /// A client without cookies for this base URL.
    pub(crate) fn at(base: &str) -> Result<Self> {
        let client = reqwest::Client::builder().no_proxy();
        Ok(Self {
            client: client.redirect(Policy::none()).build()?,
            base: base.to_owned(),
            cookie: String::new(),
        })
    }

    /// The same with this cookie.
    pub(crate) fn with_cookie(&self, cookie: &str) -> Self {
        Self {
            cookie: cookie.to_owned(),
            ..self.clone()
        }
    }

    pub(crate) async fn get(&self, path: &str) -> Result<Response> {
        self.get_if_changed(path, "").await
    }

    /// Requests a page with `If-None-Match`.
    pub(crate) async fn get_if_changed(&self, path: &str, tag: &str) -> Result<Response> {
        let request = self.client.get(format!("{}{path}", self.base));
        self.send(request.header("If-None-Match", tag)).await
    }

    /// Submits a URL-encoded form.
    pub(crate) async fn post(&self, path: &str, form: String) -> Result<Response> {
        let request = self.client.post(format!("{}{path}", self.base));
        let request = request.header("Content-Type", "application/x-www-form-urlencoded");
        self.send(request.body(form)).await
    }

    async fn send(&self, request: reqwest::RequestBuilder) -> Result<Response> {
        let request = request.header("Cookie", &self.cookie);
        let response = request.header("Accept", "text/html").send().await?;
        Ok(Response {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            text: response.text().await?,
        })
    }
}

impl Response {
    /// A header; empty if there is none.
    pub(crate) fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        value.and_then(|it| it.to_str().ok()).unwrap_or_default()
    }

    /// The `Set-Cookie` headers.
    pub(crate) fn cookies(&self) -> Vec<&str> {
        let cookies = self.headers.get_all(SET_COOKIE).iter();
        cookies.filter_map(|cookie| cookie.to_str().ok()).collect()
    }

    /// The CSRF token of the page's forms.
    pub(crate) fn csrf(&self) -> Result<&str> {
        self.between("name=\"csrf\" value=\"", "\"")
    }

    /// The text between the first `before` and the next `after`.
    pub(crate) fn between(&self, before: &str, after: &str) -> Result<&str> {
        let (_, rest) = self
            .text
            .split_once(before)
            .with_context(|| format!("{before} is not in {}", self.text))?;
        Ok(rest.split_once(after).context("the end is missing")?.0)
    }
}
