use std::ops::Index;
use std::sync::{Arc, Mutex, PoisonError};

use reqwest::header::HeaderMap;
use serde_json::Value;

/// What came back of a call.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub text: String,
    json: Value,
}

impl Answer {
    pub(crate) fn new(status: u16, headers: HeaderMap, text: String) -> Self {
        let json = serde_json::from_str(&text).unwrap_or_default();
        Self {
            status,
            headers,
            text,
            json,
        }
    }

    /// The body as JSON, or `null`.
    #[must_use]
    pub fn json(&self) -> &Value {
        &self.json
    }

    /// A header, or nothing.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }

    /// A text in the body, by its [JSON pointer](https://www.rfc-editor.org/rfc/rfc6901), or
    /// nothing.
    #[must_use]
    pub fn text_at(&self, pointer: &str) -> &str {
        self.json
            .pointer(pointer)
            .and_then(Value::as_str)
            .unwrap_or_default()
    }

    /// The `id` of what the answer shows, or nothing.
    #[must_use]
    pub fn id(&self) -> &str {
        self.text_at("/id")
    }

    /// The code of a problem, or nothing.
    #[must_use]
    pub fn code(&self) -> &str {
        self.text_at("/code")
    }

    /// The items of a list, or none.
    #[must_use]
    pub fn items(&self) -> &[Value] {
        self.json
            .get("data")
            .and_then(Value::as_array)
            .map(Vec::as_slice)
            .unwrap_or_default()
    }

    /// The fields that a problem names, in alphabetical order.
    #[must_use]
    pub fn wrong_fields(&self) -> Vec<&str> {
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

impl Index<&str> for Answer {
    type Output = Value;

    /// What is under this name, or `null`.
    fn index(&self, name: &str) -> &Value {
        static NULL: Value = Value::Null;
        self.json.get(name).unwrap_or(&NULL)
    }
}

/// Every answer of 400 and above that the clients of a market have had, headers and all.
#[derive(Debug, Clone, Default)]
pub struct Problems(Arc<Mutex<Vec<String>>>);

impl Problems {
    pub(crate) fn note(&self, answer: &Answer) {
        if answer.status >= 400 {
            let whole = format!("{} {:?}\n{}", answer.status, answer.headers, answer.text);
            self.0
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(whole);
        }
    }

    /// Those so far.
    #[must_use]
    pub fn all(&self) -> Vec<String> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}
