use serde_json::{Value, json};

/// Renders a `list`. `url` is the path that it is read from.
pub(crate) fn list(url: &str, data: &[Value], has_more: bool) -> Value {
    json!({
        "object": "list",
        "data": data,
        "has_more": has_more,
        "url": url,
    })
}

/// As [`list`], of objects that are JSON text already.
pub(crate) fn list_of_texts(url: &str, data: &[String], has_more: bool) -> String {
    format!(
        r#"{{"object":"list","data":[{data}],"has_more":{has_more},"url":{url}}}"#,
        data = data.join(","),
        url = Value::from(url),
    )
}
