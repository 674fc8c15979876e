//! Assertions that many tests share.

use std::collections::BTreeMap;

use anyhow::Result;
use serde_json::Value;
use udam_testkit::{Client, Response};

/// The response is a problem (RFC 9457) with this status and code.
#[track_caller]
pub(crate) fn assert_problem(response: &Response, status: u16, code: &str) {
    assert_eq!(
        (response.status, response.code()),
        (status, code),
        "{}",
        response.text
    );
    assert_eq!(response.header("content-type"), "application/problem+json");
    assert_eq!(response["status"], status);
    assert_eq!(response["type"], format!("urn:udam:problem:{code}"));
    for member in ["title", "detail"] {
        assert!(
            !response[member].as_str().unwrap_or_default().is_empty(),
            "{}",
            response.text
        );
    }
    assert_eq!(
        response["errors"].is_array(),
        code == "invalid_request",
        "{}",
        response.text
    );
    assert!(!response.header("x-request-id").is_empty());
    assert_eq!(response["request_id"], response.header("x-request-id"));
}

/// The response reports these invalid fields and no others.
#[track_caller]
pub(crate) fn assert_invalid_fields(response: &Response, fields: &[&str]) {
    assert_problem(response, 422, "invalid_request");
    assert_eq!(response.invalid_fields(), fields, "{}", response.text);
}

/// The response has this status, JSON, and a request id.
#[track_caller]
pub(crate) fn assert_json(response: &Response, status: u16) {
    assert_eq!(response.status, status, "{}", response.text);
    assert_eq!(response.header("content-type"), "application/json");
    assert!(!response.header("x-request-id").is_empty());
}

/// The listing that a response has, as it is among others: nothing has been measured of its quality.
#[track_caller]
pub(crate) fn unmeasured(response: &Response) -> Value {
    let mut listing = response.json().clone();
    let quality = listing
        .as_object_mut()
        .and_then(|fields| fields.remove("quality"));
    assert_eq!(quality, Some(Value::Null), "{}", response.text);
    listing
}

/// The response must not be cached.
#[track_caller]
pub(crate) fn assert_no_store(response: &Response) {
    assert_eq!(response.header("cache-control"), "no-store");
}

/// The object has these fields, in this order, and no others.
#[track_caller]
pub(crate) fn assert_fields(value: &Value, fields: &[&str]) {
    let found: Vec<_> = value
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, _)| name.as_str())
        .collect();
    assert_eq!(found, fields, "{value}");
}

/// The value is a TypeID with this prefix.
#[track_caller]
pub(crate) fn assert_id(value: &Value, prefix: &str) {
    let suffix = value
        .as_str()
        .and_then(|id| id.strip_prefix(prefix)?.strip_prefix('_'));
    let well_formed = |suffix: &str| {
        suffix.len() == 26
            && suffix
                .chars()
                .all(|digit| "0123456789abcdefghjkmnpqrstvwxyz".contains(digit))
    };
    assert!(suffix.is_some_and(well_formed), "{value} is no {prefix}");
}

/// The value is a time in UTC (RFC 3339).
#[track_caller]
pub(crate) fn assert_timestamp(value: &Value) {
    let text = value.as_str().unwrap_or_default();
    assert!(
        text.ends_with('Z') && text.parse::<jiff::Timestamp>().is_ok(),
        "{value} is no instant"
    );
}

/// Number of responses by outcome, which is the status and the code of a problem: `201`,
/// `409 insufficient_units`.
pub(crate) fn count_by_outcome<'a>(
    responses: impl IntoIterator<Item = &'a Response>,
) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for response in responses {
        let kind = format!("{} {}", response.status, response.code());
        *counts.entry(kind.trim_end().to_owned()).or_default() += 1;
    }
    counts
}

/// There are this many responses of each outcome, and no others.
#[track_caller]
pub(crate) fn assert_outcomes<'a>(
    responses: impl IntoIterator<Item = &'a Response>,
    expected: &[(&str, usize)],
) {
    let expected = expected
        .iter()
        .map(|(kind, count)| ((*kind).to_owned(), *count));
    assert_eq!(count_by_outcome(responses), expected.collect());
}

/// The list has an item for each of five orders, the newest first, named in `field`, in pages of two.
pub(crate) async fn assert_pages(
    client: &Client,
    path: &str,
    field: &str,
    orders: &[Response],
) -> Result<()> {
    let expected: Vec<_> = orders.iter().map(|order| order["id"].clone()).collect();
    assert_pages_of(client, path, field, &expected).await
}

/// The list has five items with these values in `field`, in pages of two.
pub(crate) async fn assert_pages_of(
    client: &Client,
    path: &str,
    field: &str,
    expected: &[Value],
) -> Result<()> {
    let (mut found, mut cursor) = (Vec::new(), String::new());
    for size in [2, 2, 1] {
        let page = client.get(&format!("{path}?limit=2{cursor}")).await?;
        assert_eq!(page.items().len(), size, "{path}");
        found.extend(page.items().iter().map(|item| item[field].clone()));
        cursor = format!("&cursor={}", page.text_at("/next_cursor"));
    }
    assert_eq!(cursor, "&cursor=", "{path} has more than five items");
    assert_eq!(found, expected, "{path}");
    Ok(())
}
