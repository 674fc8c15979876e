use serde_json::{Value, json};

/// A `list`, of which `url` is the address.
pub(crate) fn list(url: &str, data: &[Value], has_more: bool) -> Value {
    json!({
        "object": "list",
        "data": data,
        "has_more": has_more,
        "url": url,
    })
}

/// The same, of objects that are JSON text already.
pub(crate) fn list_of_texts(url: &str, data: &[String], has_more: bool) -> String {
    format!(
        r#"{{"object":"list","data":[{data}],"has_more":{has_more},"url":{url}}}"#,
        data = data.join(","),
        url = Value::from(url),
    )
}
