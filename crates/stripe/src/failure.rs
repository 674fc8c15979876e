use stripe::{ApiErrorsCode, StripeError};
use thiserror::Error;
use udam_domain::GatewayError;
use udam_domain::secret::Secret;

/// How much of Stripe's own explanation is kept.
const LONGEST_MESSAGE: usize = 300;

/// What was wrong with a call to Stripe, as far as it may be told: no key, no form, no answer's body.
#[derive(Debug, Error)]
pub(crate) enum Failure {
    #[error("stripe answered {status}, {kind}: {message}")]
    Answered {
        status: u16,
        kind: String,
        message: String,
    },
    #[error("stripe did not answer in time")]
    TooSlow,
    #[error("the connection to stripe failed: {0}")]
    Connection(String),
    #[error("stripe's answer could not be read")]
    Unreadable,
    #[error("stripe has more of them than can be listed at once")]
    TooMany,
    #[error("stripe reports the refund as {0}")]
    RefundFailed(String),
    #[error("stripe would not expire the session, which is still open")]
    StillOpen(#[source] Box<GatewayError>),
    #[error("no request can carry the {0}")]
    Unsendable(&'static str),
}

impl Failure {
    /// What the library reports, without what it must not tell. Its own error prints all that Stripe
    /// has answered, and Stripe's explanation may quote the key.
    pub(crate) fn of(error: StripeError, secret_key: &Secret) -> Self {
        match error {
            StripeError::Stripe(reported, status) => Self::Answered {
                status,
                kind: [
                    Some(reported.type_.as_str()),
                    reported.code.as_ref().map(ApiErrorsCode::as_str),
                    reported.param.as_deref(),
                ]
                .into_iter()
                .flatten()
                .collect::<Vec<_>>()
                .join(" "),
                message: scrubbed(reported.message.as_deref().unwrap_or_default(), secret_key),
            },
            StripeError::Timeout => Self::TooSlow,
            StripeError::ClientError(reason) | StripeError::ConfigError(reason) => {
                Self::Connection(reason)
            }
            // The library drops the status of an error answer that is not Stripe's JSON: the 502 of
            // something in between looks the same as nonsense.
            StripeError::JSONDeserialize(_) => Self::Unreadable,
        }
    }

    /// Whether asking again may go better.
    pub(crate) const fn is_passing(&self) -> bool {
        match self {
            // 409 and 429 are locks and limits, 424 is a failure of somebody behind Stripe. What is
            // neither an error of ours nor of Stripe's makes no sense, as any garbage.
            Self::Answered { status, .. } => {
                !matches!(status, 400..=499) || matches!(status, 409 | 424 | 429)
            }
            Self::TooSlow
            | Self::Connection(_)
            | Self::Unreadable
            | Self::TooMany
            | Self::StillOpen(_) => true,
            Self::RefundFailed(_) | Self::Unsendable(_) => false,
        }
    }
}

impl From<Failure> for GatewayError {
    fn from(failure: Failure) -> Self {
        if failure.is_passing() {
            Self::Unavailable(failure.into())
        } else {
            Self::Refused(failure.into())
        }
    }
}

/// Stripe's explanation without anything that looks like a key.
fn scrubbed(message: &str, secret_key: &Secret) -> String {
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
    words.join(" ").chars().take(LONGEST_MESSAGE).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_explanation_is_kept_but_for_keys() {
        let key = Secret::new("odd-key".into());
        assert_eq!(
            scrubbed(
                "Invalid API Key provided: sk_test_****1234, not odd-key.",
                &key
            ),
            "Invalid API Key provided: [redacted] not [redacted]"
        );
        assert_eq!(
            scrubbed("No such payment_intent: 'pi_1'", &key),
            "No such payment_intent: 'pi_1'"
        );
    }

    #[test]
    fn a_cut_off_key_is_still_a_key() {
        let key = Secret::new(format!("sk_live_{}", "x".repeat(400)));
        let message = format!("{} {}", "a".repeat(200), key.expose());
        assert!(!scrubbed(&message, &key).contains("xxx"));
    }

    #[test]
    fn locks_limits_and_failures_pass_and_refusals_do_not() {
        let answered = |status| Failure::Answered {
            status,
            kind: String::new(),
            message: String::new(),
        };
        for status in [302, 409, 424, 429, 500, 502, 503, 504, 599] {
            assert!(answered(status).is_passing(), "{status}");
        }
        for status in [400, 401, 402, 403, 404, 410, 422] {
            assert!(!answered(status).is_passing(), "{status}");
        }
    }
}
