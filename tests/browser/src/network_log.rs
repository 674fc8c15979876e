//! The responses in chromedriver's performance log.

use serde_json::Value;

/// A document that the browser has loaded, by address, link or form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Document {
    /// `requestId`, by which the browser returns its body.
    pub(crate) request: String,
    /// URL, without a fragment.
    pub(crate) url: String,
    /// HTTP status.
    pub(crate) status: u64,
}

/// The top-level documents among these log entries, oldest first.
pub(crate) fn documents(entries: &[Value]) -> Vec<Document> {
    entries.iter().filter_map(document).collect()
}

fn document(entry: &Value) -> Option<Document> {
    let logged: Value = serde_json::from_str(entry.get("message")?.as_str()?).ok()?;
    let event = logged.get("message")?;
    let parameters = event.get("params")?;
    if event.get("method")? != "Network.responseReceived" || parameters.get("type")? != "Document" {
        return None;
    }
    // The top frame has the id of its page.
    if parameters.get("frameId")? != logged.get("webview")? {
        return None;
    }
    let response = parameters.get("response")?;
    Some(Document {
        request: parameters.get("requestId")?.as_str()?.to_owned(),
        url: response.get("url")?.as_str()?.to_owned(),
        status: response.get("status")?.as_u64()?,
    })
}
