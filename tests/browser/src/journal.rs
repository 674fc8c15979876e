use serde_json::Value;

/// A document that a browser was sent, as the answer to opening, following or sending something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Document {
    /// What its content is asked for by.
    pub(crate) request: String,
    /// Where it is.
    pub(crate) url: String,
    /// The status that it came with.
    pub(crate) status: u64,
}

/// The documents among what chromedriver has logged of the network, the oldest first. Those in frames
/// are left out.
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
    // The outermost frame goes by the name of its page.
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
