use stripe::{ApiErrorsCode, StripeError};
use thiserror::Error;
use udam_domain::GatewayError;
use udam_domain::secret::Secret;

/// Maximum length of Stripe's message, in characters.
const MAX_MESSAGE_LENGTH: usize = 300;

/// Why a request to Stripe failed. It has neither the secret key, nor the form, nor the response's body.
#[derive(Debug, Error)]
pub(crate) enum Failure {
    #[error("stripe responded with {status}, {kind}: {message}")]
    Response {
        status: u16,
        /// Type, code and parameter of the error, as far as given.
        kind: String,
        message: String,
    },
    #[error("stripe did not respond in time")]
    Timeout,
    #[error("the connection to stripe failed: {0}")]
    Connection(String),
    #[error("stripe's response could not be read")]
    Unreadable,
    #[error("stripe's list has more pages than are read")]
    ListTooLong,
    #[error("stripe refused to expire the session, which is still open")]
    StillOpen(#[source] Box<GatewayError>),
    #[error("the {0} is not valid in a request")]
    InvalidArgument(&'static str),
}

impl Failure {
    /// Converts the library's error, which prints Stripe's whole response, and redacts keys, which
    /// Stripe's message may quote.
    pub(crate) fn new(error: StripeError, secret_key: &Secret) -> Self {
        match error {
            StripeError::Stripe(error, status) => Self::Response {
                status,
                kind: [
                    Some(error.type_.as_str()),
                    error.code.as_ref().map(ApiErrorsCode::as_str),
                    error.param.as_deref(),
                ]
                .into_iter()
                .flatten()
                .collect::<Vec<_>>()
                .join(" "),
                message: redacted(error.message.as_deref().unwrap_or_default(), secret_key),
            },
            StripeError::Timeout => Self::Timeout,
            StripeError::ClientError(reason) | StripeError::ConfigError(reason) => {
                Self::Connection(reason)
            }
            // The library drops the status of an error response that is not Stripe's JSON: a proxy's 502
            // looks the same as garbage.
            StripeError::JSONDeserialize(_) => Self::Unreadable,
        }
    }

    /// Whether there is no such object at Stripe.
    pub(crate) const fn is_not_found(&self) -> bool {
        matches!(self, Self::Response { status: 404, .. })
    }

    /// Whether a retry may succeed.
    pub(crate) const fn is_transient(&self) -> bool {
        match self {
            // 409 and 429 are locks and limits, 424 is a failure of a dependency of Stripe's. A status
            // outside 4xx and 5xx is no error of the request.
            Self::Response { status, .. } => {
                !matches!(status, 400..=499) || matches!(status, 409 | 424 | 429)
            }
            Self::Timeout
            | Self::Connection(_)
            | Self::Unreadable
            | Self::ListTooLong
            | Self::StillOpen(_) => true,
            Self::InvalidArgument(_) => false,
        }
    }
}

impl From<Failure> for GatewayError {
    fn from(failure: Failure) -> Self {
        match failure {
            // The key is unknown, revoked, or lacks a permission, or the account is closed.
            Failure::Response {
                status: 401 | 403, ..
            } => Self::Denied(failure.into()),
            _ if failure.is_transient() => Self::Unavailable(failure.into()),
            _ => Self::Refused(failure.into()),
        }
    }
}

/// Redacts every word of Stripe's message that contains or resembles a key.
fn redacted(message: &str, secret_key: &Secret) -> String {
    let words: Vec<&str> = message
        .split_whitespace()
        .map(|word| {
            let is_key = word.contains(secret_key.expose())
                || ["sk_", "rk_", "pk_", "whsec_"]
                    .iter()
                    .any(|prefix| word.contains(prefix));
            if is_key { "[redacted]" } else { word }
        })
        .collect();
    words.join(" ").chars().take(MAX_MESSAGE_LENGTH).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_in_a_message_are_redacted() {
        let key = Secret::new("odd-key".into());
        assert_eq!(
            redacted(
                "Invalid API Key provided: sk_test_****1234, not odd-key.",
                &key
            ),
            "Invalid API Key provided: [redacted] not [redacted]"
        );
        assert_eq!(
            redacted("No such payment_intent: 'pi_1'", &key),
            "No such payment_intent: 'pi_1'"
        );
    }

    #[test]
    fn a_key_at_the_maximum_length_is_redacted() {
        let key = Secret::new(format!("sk_live_{}", "x".repeat(400)));
        let message = format!("{} {}", "a".repeat(200), key.expose());
        assert!(!redacted(&message, &key).contains("xxx"));
    }

    #[test]
    fn locks_limits_and_server_errors_are_transient() {
        let response = |status| Failure::Response {
            status,
            kind: String::new(),
            message: String::new(),
        };
        for status in [302, 409, 424, 429, 500, 502, 503, 504, 599] {
            assert!(response(status).is_transient(), "{status}");
        }
        for status in [400, 401, 402, 403, 404, 410, 422] {
            assert!(!response(status).is_transient(), "{status}");
        }
        for (status, denied) in [(400, false), (401, true), (403, true), (404, false)] {
            let error = GatewayError::from(response(status));
            assert_eq!(matches!(error, GatewayError::Denied(_)), denied, "{status}");
            assert_eq!(
                matches!(error, GatewayError::Refused(_)),
                !denied,
                "{status}"
            );
        }
    }
}
