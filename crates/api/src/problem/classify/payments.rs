use udam_domain::marketplace::{EventReplay, ReplayError};
use udam_domain::{CheckoutError, GatewayError, OpenChargeError, ReceiveEventError, WebhookError};
use udam_web::Severity;

use super::{Classification, Classify, Problem, broken, expected};

impl Classify for GatewayError {
    fn classify(&self) -> Classification {
        match self {
            Self::Unavailable(_) => {
                Classification(Problem::PaymentProviderError(None), Severity::Degraded)
            }
            Self::Refused(_) | Self::Denied(_) => broken(Problem::PaymentRefused(None)),
        }
    }
}

impl Classify for OpenChargeError {
    fn classify(&self) -> Classification {
        match self {
            Self::NotFound => expected(Problem::NotFound),
            Self::InvalidState(state) => expected(Problem::OrderIs(*state)),
            Self::NothingOwed => expected(Problem::NothingOwed),
            Self::Unchargeable(reason) => expected(Problem::Unchargeable(*reason)),
            Self::TooManySessions(retry) => expected(Problem::TooManyCheckouts(*retry, None)),
            Self::Unavailable(error) => error.classify(),
        }
    }
}

impl Classify for CheckoutError {
    fn classify(&self) -> Classification {
        match self {
            Self::PaymentsUnavailable => expected(Problem::PaymentsUnavailable),
            Self::Charge(error) => error.classify(),
            Self::Refused { .. } => broken(Problem::PaymentRefused(None)),
            Self::Gateway(error) => error.classify(),
        }
    }
}

impl Classify for WebhookError {
    fn classify(&self) -> Classification {
        match self {
            Self::BadSignature => expected(Problem::BadSignature),
            // The provider has signed it: an operator must find out why it is inconsistent.
            Self::Malformed => broken(Problem::MalformedJson),
        }
    }
}

impl Classify for ReceiveEventError {
    fn classify(&self) -> Classification {
        match self {
            Self::Webhook(error) => error.classify(),
            Self::Unavailable(error) => error.classify(),
        }
    }
}

impl Classify for ReplayError {
    fn classify(&self) -> Classification {
        match self {
            Self::NotAllowed(_) => expected(Problem::Forbidden),
            Self::NotFound => expected(Problem::NotFound),
            Self::EmptyPeriod => expected(Problem::field("to", "must be after 'from'")),
            Self::TooMany => expected(Problem::field(
                "to",
                format_args!(
                    "must be so soon after 'from' that at most {} events have happened in between",
                    EventReplay::MOST_EVENTS
                ),
            )),
            Self::Provider(error) => error.classify(),
            Self::Unavailable(error) => error.classify(),
        }
    }
}
