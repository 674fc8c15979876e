use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use udam_domain::gateway::{CallPath, Method};
use udam_domain::marketplace::ProbeCall;
use udam_domain::{ProbeAnswer, ProbeFailed};
use utoipa::ToSchema;

use super::{milliseconds, schemas};
use crate::fields::{Fields, FromFields, Recorded};
use crate::reading::{text, variant};
use crate::settings::WireRules;

/// Longest query of a probe, in bytes.
const MAX_QUERY_LENGTH: usize = 2_000;

/// The call that a probe makes.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it only describes what is read below")]
pub(crate) struct ProbeBody {
    /// Method. By default, `GET`.
    method: Option<schemas::CallMethod>,
    /// Path, which is added to the address of the service. By default, `/`.
    path: Option<schemas::CallPathText>,
    /// Query, without its question mark.
    #[schema(max_length = 2_000, pattern = "^[!-~]*$", example = "lat=52.52")]
    query: Option<String>,
}

impl FromFields for ProbeCall {
    fn from_fields(fields: &mut Fields, _rules: WireRules) -> Result<Self, Recorded> {
        let method = fields.optional("method", variant);
        let path = fields.optional("path", |value| path(text(value)?));
        let query = fields.optional("query", |value| query(text(value)?));
        Ok(Self {
            method: method?.unwrap_or(Method::Get),
            path: match path? {
                Some(path) => path,
                None => root().ok_or(Recorded)?,
            },
            query: query?,
        })
    }
}

fn root() -> Option<CallPath> {
    CallPath::new("/".to_owned())
}

fn path(text: String) -> Result<CallPath, String> {
    let most = CallPath::KEPT;
    let path = Some(text).filter(|text| text.len() <= most && !text.contains(['?', '#']));
    path.and_then(CallPath::new).ok_or_else(|| {
        format!("must be a path such as /v1, of at most {most} printable ASCII characters, without a query")
    })
}

fn query(text: String) -> Result<String, String> {
    let is_query = text
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && byte != b'#');
    if is_query && text.len() <= MAX_QUERY_LENGTH {
        Ok(text)
    } else {
        Err(format!(
            "must be at most {MAX_QUERY_LENGTH} printable ASCII characters, percent-encoded where they are others"
        ))
    }
}

/// Result of a probe.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProbeResponse {
    /// The way the call ended.
    #[schema(value_type = schemas::CallOutcome)]
    outcome: &'static str,
    /// The answer of the service; `null` if it has sent none.
    #[schema(required = true)]
    answer: Option<ProbeAnswerResponse>,
}

/// Answer of a service to a probe. Its key is masked wherever the service repeats it.
#[derive(Debug, Serialize, ToSchema)]
struct ProbeAnswerResponse {
    /// Status.
    #[schema(minimum = 100, maximum = 999, example = 200)]
    status: u16,
    /// Headers, in the order of arrival.
    headers: Vec<ProbeHeaderResponse>,
    /// Beginning of the body, at most 16 KiB of it.
    #[schema(example = "{\"rain\": 0.2}")]
    body: String,
    /// Encoding of `body`: `base64` unless the body is UTF-8.
    #[schema(value_type = String, pattern = "^(text|base64)$", example = "text")]
    body_encoding: &'static str,
    /// Whether the body is longer.
    truncated: bool,
    /// Time to the head of the answer, in milliseconds.
    #[schema(minimum = 0, example = 48)]
    latency_ms: u64,
}

/// A header of an answer.
#[derive(Debug, Serialize, ToSchema)]
struct ProbeHeaderResponse {
    /// Name.
    #[schema(example = "content-type")]
    name: String,
    /// Value.
    #[schema(example = "application/json")]
    value: String,
}

impl From<ProbeFailed> for ProbeResponse {
    fn from(failed: ProbeFailed) -> Self {
        Self {
            outcome: failed.outcome.name(),
            answer: None,
        }
    }
}

impl From<ProbeAnswer> for ProbeResponse {
    fn from(answer: ProbeAnswer) -> Self {
        let headers = answer.headers.into_iter();
        let headers = headers.map(|(name, value)| ProbeHeaderResponse { name, value });
        let (body, body_encoding) = match text_of(answer.body, answer.is_truncated) {
            Ok(text) => (text, "text"),
            Err(bytes) => (STANDARD.encode(bytes), "base64"),
        };
        Self {
            outcome: "answered",
            answer: Some(ProbeAnswerResponse {
                status: answer.status,
                headers: headers.collect(),
                body,
                body_encoding,
                truncated: answer.is_truncated,
                latency_ms: milliseconds(answer.latency),
            }),
        }
    }
}

/// The text of a body that is UTF-8, also if it was cut within a character, which is left out then.
fn text_of(body: Vec<u8>, is_cut: bool) -> Result<String, Vec<u8>> {
    String::from_utf8(body).or_else(|error| {
        let (valid, cut) = (
            error.utf8_error().valid_up_to(),
            error.utf8_error().error_len().is_none(),
        );
        let mut bytes = error.into_bytes();
        if !(is_cut && cut) {
            return Err(bytes);
        }
        bytes.truncate(valid);
        String::from_utf8(bytes).map_err(std::string::FromUtf8Error::into_bytes)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_that_was_cut_within_a_character_is_still_text() {
        assert_eq!(text_of("né".into(), false).unwrap(), "né");
        assert_eq!(text_of(b"n\xc3".to_vec(), true).unwrap(), "n");
        assert_eq!(text_of(b"n\xc3".to_vec(), false).unwrap_err(), b"n\xc3");
        assert_eq!(
            text_of(b"\xff\xfe".to_vec(), true).unwrap_err(),
            b"\xff\xfe"
        );
    }
}
