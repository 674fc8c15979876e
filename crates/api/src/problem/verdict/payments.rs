use udam_domain::{CheckoutError, GatewayError, OpenChargeError, ReceiveEventError, WebhookError};
use udam_web::Severity;

use super::{Judged, Problem, Verdict, broken, expected};

impl Judged for GatewayError {
    fn verdict(&self) -> Verdict {
        let problem = Problem::PaymentProviderError(None);
        match self {
            Self::Unavailable(_) => Verdict(problem, Severity::Degraded),
            Self::Refused(_) => broken(problem),
        }
    }
}

impl Judged for OpenChargeError {
    fn verdict(&self) -> Verdict {
        match self {
            Self::NotFound => expected(Problem::NotFound),
            Self::InvalidState(state) => expected(Problem::OrderIs(*state)),
            Self::NothingOwed => expected(Problem::NothingOwed),
            Self::Unchargeable(_) => expected(Problem::ChargeTooSmall),
            Self::Unavailable(error) => error.verdict(),
        }
    }
}

impl Judged for CheckoutError {
    fn verdict(&self) -> Verdict {
        match self {
            Self::PaymentsUnavailable => expected(Problem::PaymentsUnavailable),
            Self::Charge(error) => error.verdict(),
            Self::Gateway(error) => error.verdict(),
        }
    }
}

impl Judged for WebhookError {
    fn verdict(&self) -> Verdict {
        match self {
            Self::BadSignature => expected(Problem::BadSignature),
            // The provider has signed it: somebody must find out why it makes no sense here.
            Self::Malformed => broken(Problem::MalformedJson),
        }
    }
}

impl Judged for ReceiveEventError {
    fn verdict(&self) -> Verdict {
        match self {
            Self::Webhook(error) => error.verdict(),
            Self::Unavailable(error) => error.verdict(),
        }
    }
}
