//! What each error of the domain means to a client, and to the log.

mod payments;

use std::error::Error;

use udam_domain::listing::StockChange;
use udam_domain::marketplace::{
    ChangeListingError, ChangePasswordError, LogInError, OpenTokenError, PublishError,
    RegisterError,
};
use udam_domain::order::Rejection;
use udam_domain::{
    ChangeOrderError, EditListingError, HashingError, PlaceOrderError, RevealKeyError,
    RevokeTokenError, StoreError, VaultError,
};
use udam_web::{NotReady, Severity};

use super::{Code, Problem, Refusal};

/// What an error comes to at this edge.
pub(crate) struct Verdict(Problem, Severity);

const fn expected(problem: Problem) -> Verdict {
    Verdict(problem, Severity::Expected)
}

const fn strained() -> Verdict {
    Verdict(Problem::Overloaded, Severity::Overloaded)
}

const fn broken(problem: Problem) -> Verdict {
    Verdict(problem, Severity::Broken)
}

/// An error that a client and the log can be told of.
pub(crate) trait Judged {
    fn verdict(&self) -> Verdict;

    /// What a client is told that it is.
    fn code(&self) -> Code {
        self.verdict().0.code()
    }
}

impl<E: Judged + Error + Send + Sync + 'static> From<E> for Refusal {
    fn from(error: E) -> Self {
        let Verdict(problem, severity) = error.verdict();
        Self {
            problem,
            severity,
            cause: Some(Box::new(error)),
        }
    }
}

impl Judged for StoreError {
    fn verdict(&self) -> Verdict {
        match self {
            Self::Overloaded => strained(),
            Self::Unreachable(_) => broken(Problem::Overloaded),
            Self::Failed(_) => broken(Problem::InternalError),
        }
    }
}

impl Judged for HashingError {
    fn verdict(&self) -> Verdict {
        match self {
            Self::Overloaded => strained(),
            Self::Failed => broken(Problem::InternalError),
        }
    }
}

impl Judged for VaultError {
    fn verdict(&self) -> Verdict {
        match self {
            Self::Unsealable | Self::Unopenable => broken(Problem::InternalError),
        }
    }
}

impl Judged for NotReady {
    fn verdict(&self) -> Verdict {
        match self {
            Self::Database(_) => broken(Problem::Overloaded),
            Self::Migrations => strained(),
            Self::Stopping => expected(Problem::Overloaded),
        }
    }
}

impl Judged for RegisterError {
    fn verdict(&self) -> Verdict {
        match self {
            Self::EmailTaken => expected(Problem::EmailTaken),
            Self::Hashing(error) => error.verdict(),
            Self::Unavailable(error) => error.verdict(),
        }
    }
}

impl Judged for LogInError {
    fn verdict(&self) -> Verdict {
        match self {
            Self::InvalidCredentials => expected(Problem::InvalidCredentials),
            Self::Hashing(error) => error.verdict(),
            Self::Unavailable(error) => error.verdict(),
        }
    }
}

impl Judged for ChangePasswordError {
    fn verdict(&self) -> Verdict {
        match self {
            Self::InvalidCredentials => expected(Problem::InvalidCredentials),
            Self::Hashing(error) => error.verdict(),
            Self::Unavailable(error) => error.verdict(),
        }
    }
}

impl Judged for PublishError {
    fn verdict(&self) -> Verdict {
        match self {
            Self::Vault(error) => error.verdict(),
            Self::Unavailable(error) => error.verdict(),
        }
    }
}

impl Judged for ChangeListingError {
    fn verdict(&self) -> Verdict {
        match self {
            Self::Vault(error) => error.verdict(),
            Self::Edit(EditListingError::NotFound) => expected(Problem::NotFound),
            Self::Edit(EditListingError::NotYours) => expected(Problem::Forbidden),
            Self::Edit(EditListingError::TooManyUnits(change)) => expected(Problem::field(
                match change {
                    StockChange::Set(_) => "available_units",
                    StockChange::Add(_) | StockChange::Keep => "add_units",
                },
                "must not make the listing hold more units than a listing may",
            )),
            Self::Edit(EditListingError::Unavailable(error)) => error.verdict(),
        }
    }
}

impl Judged for Rejection {
    fn verdict(&self) -> Verdict {
        expected(match self {
            Self::ListingUnavailable => Problem::ListingUnavailable,
            Self::InsufficientUnits { available } => Problem::InsufficientUnits(*available),
            Self::PaymentsUnavailable => Problem::PaymentsUnavailable,
            Self::TotalTooLarge => Problem::field(
                "units_requested",
                "must not cost more than can be charged at once",
            ),
            Self::CurrencyMismatch => Problem::field(
                "listing_id",
                "must be a listing in the currency that this marketplace settles in",
            ),
            Self::PriceChanged { .. } => {
                Problem::field("price_per_unit", "must be what a unit costs now")
            }
        })
    }
}

impl Judged for PlaceOrderError {
    fn verdict(&self) -> Verdict {
        match self {
            Self::Unauthenticated => expected(Problem::Unauthenticated),
            Self::ListingNotFound => expected(Problem::NotFound),
            Self::IdempotencyKeyReused => expected(Problem::IdempotencyKeyReused),
            Self::Rejected(rejection) => rejection.verdict(),
            Self::Unavailable(error) => error.verdict(),
        }
    }
}

impl Judged for ChangeOrderError {
    fn verdict(&self) -> Verdict {
        match self {
            Self::NotFound => expected(Problem::NotFound),
            Self::InvalidState(state) => expected(Problem::OrderIs(*state)),
            Self::Unavailable(error) => error.verdict(),
        }
    }
}

impl Judged for OpenTokenError {
    fn verdict(&self) -> Verdict {
        match self {
            Self::Reveal(RevealKeyError::NotFound) => expected(Problem::NotFound),
            Self::Reveal(RevealKeyError::Revoked) => expected(Problem::TokenRevoked),
            Self::Reveal(RevealKeyError::Suspended) => expected(Problem::TokenSuspended),
            Self::Reveal(RevealKeyError::Expired) => expected(Problem::TokenExpired),
            Self::Reveal(RevealKeyError::Unavailable(error)) => error.verdict(),
            Self::Vault(error) => error.verdict(),
        }
    }
}

impl Judged for RevokeTokenError {
    fn verdict(&self) -> Verdict {
        match self {
            Self::NotFound => expected(Problem::NotFound),
            Self::Unavailable(error) => error.verdict(),
        }
    }
}
