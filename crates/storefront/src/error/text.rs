use std::borrow::Cow;

use super::PageError;

/// Text of an error's page.
pub(crate) struct ErrorText<'a> {
    pub(crate) heading: &'static str,
    /// What happened, in one or two sentences.
    pub(crate) explanation: Cow<'a, str>,
    /// Advice on what to do next, as a sentence.
    pub(crate) advice: Cow<'static, str>,
}

impl<'a> ErrorText<'a> {
    const fn new(heading: &'static str, explanation: &'a str, advice: &'static str) -> Self {
        Self {
            heading,
            explanation: Cow::Borrowed(explanation),
            advice: Cow::Borrowed(advice),
        }
    }
}

impl PageError {
    /// The text of its page.
    pub(crate) fn text(&self) -> ErrorText<'_> {
        match self {
            Self::LoginRequired { .. } => LOGIN_REQUIRED,
            Self::StepUpRequired { .. } => STEP_UP_REQUIRED,
            Self::SecondFactorNeeded => SECOND_FACTOR_NEEDED,
            Self::NotFound => NOT_FOUND,
            Self::MethodNotAllowed(_) => METHOD_NOT_ALLOWED,
            Self::Forbidden => FORBIDDEN,
            Self::CsrfRejected => CSRF_REJECTED,
            Self::BadRequest => BAD_REQUEST,
            Self::PayloadTooLarge(limit) => ErrorText {
                explanation: Cow::Owned(format!("A form can hold at most {} KiB.", limit.kib())),
                ..PAYLOAD_TOO_LARGE
            },
            Self::Conflict(reason) => ErrorText {
                explanation: Cow::Borrowed(reason),
                ..CONFLICT
            },
            Self::Gone(reason) => ErrorText {
                explanation: Cow::Borrowed(reason),
                ..GONE
            },
            Self::RateLimited(seconds) => ErrorText {
                advice: Cow::Owned(retry_advice(*seconds)),
                ..RATE_LIMITED
            },
            Self::Overloaded => OVERLOADED,
            Self::OutcomeUnknown { advice, .. } => ErrorText {
                advice: Cow::Borrowed(advice),
                ..OUTCOME_UNKNOWN
            },
            Self::PaymentProviderFailed(_) => PAYMENT_PROVIDER_FAILED,
            Self::PaymentsUnavailable => PAYMENTS_UNAVAILABLE,
            Self::Internal(_) => INTERNAL,
        }
    }
}

fn retry_advice(seconds: u64) -> String {
    let plural = if seconds == 1 { "second" } else { "seconds" };
    format!("Wait {seconds} {plural}, then try again.")
}

const LOGIN_REQUIRED: ErrorText<'_> = ErrorText::new(
    "Login required",
    "This page belongs to an account.",
    "Log in to continue.",
);
const STEP_UP_REQUIRED: ErrorText<'_> = ErrorText::new(
    "Is it you?",
    "This needs a recent code of your second factor.",
    "Enter one, and try again.",
);

const SECOND_FACTOR_NEEDED: ErrorText<'_> = ErrorText::new(
    "Second factor needed",
    "Operators need a second factor, and your account has none.",
    "Add one on your account page, then come back.",
);

const NOT_FOUND: ErrorText<'_> = ErrorText::new(
    "Not found",
    "There is nothing at this address, or you do not have access to it.",
    "Check the address, or search the catalogue.",
);

const METHOD_NOT_ALLOWED: ErrorText<'_> = ErrorText::new(
    "Method not allowed",
    "This address does not accept that kind of request.",
    "Go back to the previous page and use its buttons.",
);

const FORBIDDEN: ErrorText<'_> = ErrorText::new(
    "Not allowed",
    "This belongs to another account.",
    "Log in with the account that owns it.",
);

const CSRF_REJECTED: ErrorText<'_> = ErrorText::new(
    "This form is out of date",
    "It was opened before you logged in or out, or it did not come from this site. Nothing was done.",
    "Go back, reload the page and submit the form again. Cookies must be enabled.",
);

const BAD_REQUEST: ErrorText<'_> = ErrorText::new(
    "Bad request",
    "The form was incomplete, or this site could not read it.",
    "Go back, reload the page and submit the form again.",
);

/// Its explanation says how much a form can hold.
const PAYLOAD_TOO_LARGE: ErrorText<'_> =
    ErrorText::new("Form too large", "", "Go back and shorten your text.");

/// Its explanation is the reason.
const CONFLICT: ErrorText<'_> = ErrorText::new(
    "Not possible right now",
    "",
    "Check the current state, then decide again.",
);

/// Its explanation is the reason.
const GONE: ErrorText<'_> = ErrorText::new(
    "No longer available",
    "",
    "Place another order to get a new token.",
);

/// Its advice says how long to wait.
const RATE_LIMITED: ErrorText<'_> = ErrorText::new(
    "Too many requests",
    "You have sent too many requests in a short time.",
    "",
);

const OVERLOADED: ErrorText<'_> = ErrorText::new(
    "Service busy",
    "Too many requests are being processed right now. Nothing was charged.",
    "Try again in a moment.",
);

/// Its advice depends on what was asked for.
const OUTCOME_UNKNOWN: ErrorText<'_> = ErrorText::new(
    "No answer",
    "The database did not answer, so we do not know whether your request was carried out.",
    "",
);

const PAYMENT_PROVIDER_FAILED: ErrorText<'_> = ErrorText::new(
    "Payment provider unavailable",
    "The payment provider did not answer. Your order is saved, and nothing was charged.",
    "Open it under Orders, and try to pay again in a moment.",
);

const PAYMENTS_UNAVAILABLE: ErrorText<'_> = ErrorText::new(
    "Payments unavailable",
    "This marketplace cannot take payments yet.",
    "Place an order that is small enough for your tab.",
);

const INTERNAL: ErrorText<'_> = ErrorText::new(
    "Internal error",
    "Something went wrong on our side. The error has been logged.",
    "Check the current state before you try again. If it keeps happening, tell the operator what you did \
     and when.",
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_limit_says_how_long_to_wait() {
        let advice = |seconds| PageError::RateLimited(seconds).text().advice.into_owned();
        assert_eq!(advice(1), "Wait 1 second, then try again.");
        assert_eq!(advice(42), "Wait 42 seconds, then try again.");
    }
}
