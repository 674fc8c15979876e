use std::ops::Index;
use std::sync::{Arc, Mutex, PoisonError};

use reqwest::header::HeaderMap;
use serde_json::Value;

/// An HTTP response, read to its end.
#[derive(Debug, Clone)]
pub struct Response {
    /// Status code.
    pub status: u16,
    /// All headers.
    pub headers: HeaderMap,
    /// Body, as UTF-8.
    pub text: String,
    json: Value,
}

impl Response {
    pub(crate) fn new(status: u16, headers: HeaderMap, text: String) -> Self {
        let json = serde_json::from_str(&text).unwrap_or_default();
        Self {
            status,
            headers,
            text,
            json,
        }
    }

    pub(crate) async fn read(response: reqwest::Response) -> reqwest::Result<Self> {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Ok(Self::new(status, headers, response.text().await?))
    }

    /// The body as JSON; `null` if it is none.
    #[must_use]
    pub fn json(&self) -> &Value {
        &self.json
    }

    /// The value of a header; empty if it is absent.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }

    /// A string in the body, by its [JSON pointer](https://www.rfc-editor.org/rfc/rfc6901); empty if there
    /// is none.
    #[must_use]
    pub fn text_at(&self, pointer: &str) -> &str {
        self.json
            .pointer(pointer)
            .and_then(Value::as_str)
            .unwrap_or_default()
    }

    /// The body's `id`; empty if it has none.
    #[must_use]
    pub fn id(&self) -> &str {
        self.text_at("/id")
    }

    /// The `code` of a problem; empty if the body is none.
    #[must_use]
    pub fn code(&self) -> &str {
        self.text_at("/code")
    }

    /// The `data` of a list; empty if the body is none.
    #[must_use]
    pub fn items(&self) -> &[Value] {
        self.json
            .get("data")
            .and_then(Value::as_array)
            .map(Vec::as_slice)
            .unwrap_or_default()
    }

    /// The fields that a problem's `errors` name, in alphabetical order.
    #[must_use]
    pub fn invalid_fields(&self) -> Vec<&str> {
        let errors = self.json.get("errors").and_then(Value::as_array);
        let mut names: Vec<_> = errors
            .into_iter()
            .flatten()
            .filter_map(|error| error.get("field").and_then(Value::as_str))
            .collect();
        names.sort_unstable();
        names
    }
}

impl Index<&str> for Response {
    type Output = Value;

    /// A member of the body; `null` if it is absent.
    fn index(&self, name: &str) -> &Value {
        static NULL: Value = Value::Null;
        self.json.get(name).unwrap_or(&NULL)
    }
}

/// All responses with a status of 400 or more that the clients of a market have received, with their
/// headers.
#[derive(Debug, Clone, Default)]
pub struct ErrorResponses(Arc<Mutex<Vec<String>>>);

impl ErrorResponses {
    pub(crate) fn record(&self, response: &Response) {
        if response.status >= 400 {
            let whole = format!(
                "{} {:?}\n{}",
                response.status, response.headers, response.text
            );
            self.0
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(whole);
        }
    }

    /// Those received so far, as text.
    #[must_use]
    pub fn all(&self) -> Vec<String> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}
