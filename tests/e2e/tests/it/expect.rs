//! What answers have in common.

use std::collections::BTreeMap;

use serde_json::Value;
use udam_testkit::Response;

/// A problem as RFC 9457 has it, of this status and code.
#[track_caller]
pub(crate) fn assert_problem(answer: &Response, status: u16, code: &str) {
    assert_eq!(
        (answer.status, answer.code()),
        (status, code),
        "{}",
        answer.text
    );
    assert_eq!(answer.header("content-type"), "application/problem+json");
    assert_eq!(answer["status"], status);
    assert_eq!(answer["type"], format!("urn:udam:problem:{code}"));
    for told in ["title", "detail"] {
        assert!(
            !answer[told].as_str().unwrap_or_default().is_empty(),
            "{}",
            answer.text
        );
    }
    assert_eq!(
        answer["errors"].is_array(),
        code == "invalid_request",
        "{}",
        answer.text
    );
    assert!(!answer.header("x-request-id").is_empty());
    assert_eq!(answer["request_id"], answer.header("x-request-id"));
}

/// A request that does not fit, in these fields and no others.
#[track_caller]
pub(crate) fn assert_wrong_fields(answer: &Response, fields: &[&str]) {
    assert_problem(answer, 422, "invalid_request");
    assert_eq!(answer.invalid_fields(), fields, "{}", answer.text);
}

/// An answer in JSON, with what every one carries.
#[track_caller]
pub(crate) fn assert_answer(answer: &Response, status: u16) {
    assert_eq!(answer.status, status, "{}", answer.text);
    assert_eq!(answer.header("content-type"), "application/json");
    assert!(!answer.header("x-request-id").is_empty());
}

/// An answer that no cache may keep.
#[track_caller]
pub(crate) fn assert_not_stored(answer: &Response) {
    assert_eq!(answer.header("cache-control"), "no-store");
}

/// An object with these fields and no others.
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

/// An identifier of this kind.
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

/// An instant in UTC, as RFC 3339 has it.
#[track_caller]
pub(crate) fn assert_instant(value: &Value) {
    let text = value.as_str().unwrap_or_default();
    assert!(
        text.ends_with('Z') && text.parse::<jiff::Timestamp>().is_ok(),
        "{value} is no instant"
    );
}

/// How many of the answers were of each kind, named by status and code: `201`,
/// `409 insufficient_units`.
pub(crate) fn tally<'a>(
    answers: impl IntoIterator<Item = &'a Response>,
) -> BTreeMap<String, usize> {
    let mut tally = BTreeMap::new();
    for answer in answers {
        let kind = format!("{} {}", answer.status, answer.code());
        *tally.entry(kind.trim_end().to_owned()).or_default() += 1;
    }
    tally
}

/// So many answers of each kind, and no others.
#[track_caller]
pub(crate) fn assert_tally<'a>(
    answers: impl IntoIterator<Item = &'a Response>,
    expected: &[(&str, usize)],
) {
    let expected = expected
        .iter()
        .map(|(kind, count)| ((*kind).to_owned(), *count));
    assert_eq!(tally(answers), expected.collect());
}
