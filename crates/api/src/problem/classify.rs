//! Maps each error of the domain to a problem and a severity.

mod accounts;
mod factors;
mod gateway;
mod payments;

use std::error::Error;

use udam_domain::account::{AttemptKind, TooManyAttempts};
use udam_domain::listing::{NotCallable, StockChange};
use udam_domain::marketplace::{
    ChangeListingError, OpenTokenError, OtherCurrency, PrivateEndpoint, PublishError,
};
use udam_domain::order::Rejection;
use udam_domain::{
    ChangeOrderError, EditListingError, HashingError, HiddenCharacters, PlaceOrderError,
    ResolveAlertError, RevealKeyError, RevokeTokenError, SendComplaintError, StoreError,
    SuspendError, VaultError,
};
use udam_web::{NotReady, Severity};

use super::{ApiError, Code, Limited, Problem};

/// The problem of an error, and its severity.
pub(crate) struct Classification(Problem, Severity);

const fn expected(problem: Problem) -> Classification {
    Classification(problem, Severity::Expected)
}

fn tried_too_often(kind: AttemptKind, limited: &TooManyAttempts) -> Classification {
    let seconds = limited.retry_after_seconds();
    expected(Problem::RateLimited(Limited::attempts(kind, seconds)))
}

const fn strained() -> Classification {
    Classification(Problem::Overloaded, Severity::Overloaded)
}

const fn broken(problem: Problem) -> Classification {
    Classification(problem, Severity::Broken)
}

/// An error with a problem and a severity.
pub(crate) trait Classify {
    fn classify(&self) -> Classification;

    /// Code of the problem.
    fn code(&self) -> Code {
        self.classify().0.code()
    }
}

impl<E: Classify + Error + Send + Sync + 'static> From<E> for ApiError {
    fn from(error: E) -> Self {
        let Classification(problem, severity) = error.classify();
        Self {
            problem,
            severity,
            cause: Some(Box::new(error)),
        }
    }
}

impl Classify for StoreError {
    fn classify(&self) -> Classification {
        match self {
            Self::Overloaded => strained(),
            Self::Unreachable(_) => broken(Problem::Overloaded),
            Self::Failed(_) => broken(Problem::InternalError),
        }
    }
}

impl Classify for HashingError {
    fn classify(&self) -> Classification {
        match self {
            Self::Overloaded => strained(),
            Self::Failed => broken(Problem::InternalError),
        }
    }
}

impl Classify for VaultError {
    fn classify(&self) -> Classification {
        match self {
            Self::Unsealable | Self::Unopenable => broken(Problem::InternalError),
            Self::Unavailable(_) => broken(Problem::Overloaded),
        }
    }
}

impl Classify for NotReady {
    fn classify(&self) -> Classification {
        match self {
            Self::Database(_) => broken(Problem::NotReady(self.failed())),
            Self::ReadOnly | Self::Migrations => {
                Classification(Problem::NotReady(self.failed()), Severity::Overloaded)
            }
            Self::Stopping => expected(Problem::NotReady(self.failed())),
        }
    }
}

impl Classify for OtherCurrency {
    fn classify(&self) -> Classification {
        expected(Problem::field("price_per_unit", self))
    }
}

impl Classify for PrivateEndpoint {
    fn classify(&self) -> Classification {
        expected(Problem::field(
            "endpoint_url",
            "must be an address that buyers can reach, not a private one",
        ))
    }
}

impl Classify for HiddenCharacters {
    fn classify(&self) -> Classification {
        expected(Problem::field("service_name", self))
    }
}

impl Classify for PublishError {
    fn classify(&self) -> Classification {
        match self {
            Self::Currency(error) => error.classify(),
            Self::Endpoint(error) => error.classify(),
            Self::NotCallable(error) => error.classify(),
            Self::Hidden(error) => error.classify(),
            Self::EmailUnverified => expected(Problem::EmailUnverified),
            Self::TooMany(error) => expected(Problem::TooManyListings(*error)),
            Self::NameTaken => expected(Problem::NameTaken),
            Self::Suspended => expected(Problem::Suspended),
            Self::Vault(error) => error.classify(),
            Self::Unavailable(error) => error.classify(),
        }
    }
}

impl Classify for ChangeListingError {
    fn classify(&self) -> Classification {
        match self {
            Self::Currency(error) => error.classify(),
            Self::Endpoint(error) => error.classify(),
            Self::Hidden(error) => error.classify(),
            Self::Vault(error) => error.classify(),
            Self::Edit(EditListingError::NotFound) => expected(Problem::NotFound),
            Self::Edit(EditListingError::NotYours) => expected(Problem::Forbidden),
            Self::Edit(EditListingError::NotCallable(error)) => error.classify(),
            // The use case has checked it, unless the store asks for one key again and again.
            Self::Edit(EditListingError::UncheckedKey(_)) => NotCallable::ShortKey.classify(),
            Self::Edit(EditListingError::TooManyUnits(change)) => expected(Problem::field(
                match change {
                    StockChange::Set(_) => "available_units",
                    StockChange::Add(_) | StockChange::Keep => "add_units",
                },
                "must not make the listing hold more units than a listing may",
            )),
            Self::Edit(EditListingError::Unavailable(error)) => error.classify(),
        }
    }
}

impl Classify for Rejection {
    fn classify(&self) -> Classification {
        expected(match self {
            Self::Suspended => Problem::Suspended,
            Self::ListingUnavailable => Problem::ListingUnavailable,
            Self::InsufficientUnits { available } => Problem::InsufficientUnits(*available),
            Self::TooManyUnits { most } => Problem::TooManyUnits(*most),
            Self::PaymentsUnavailable => Problem::PaymentsUnavailable,
            Self::TotalTooLarge => Problem::field(
                "units_requested",
                "must not cost more than can be charged at once",
            ),
            Self::TotalTooFine { finest } => Problem::field(
                "units_requested",
                format_args!(
                    "must make a total that is a multiple of {finest} {}, the finest amount that can be \
                     charged",
                    finest.currency()
                ),
            ),
            Self::TooSmallToPay { smallest, reason } => Problem::TooSmallToPay(*smallest, *reason),
            Self::TabInCheckout(carrier) => Problem::TabInCheckout(*carrier),
            Self::TooManyOpenCheckouts { most } => Problem::TooManyOpenCheckouts {
                most: *most,
                of_address: false,
            },
            Self::TooManyOpenCheckoutsOfNetwork { most } => Problem::TooManyOpenCheckouts {
                most: *most,
                of_address: true,
            },
            Self::HeldBefore { until } => Problem::HeldBefore(*until),
            Self::CurrencyMismatch => Problem::field(
                "listing_id",
                "must be a listing in the currency that this marketplace settles in",
            ),
            Self::PriceChanged { now } => Problem::PriceChanged(*now),
        })
    }
}

impl Classify for PlaceOrderError {
    fn classify(&self) -> Classification {
        match self {
            Self::Unauthenticated => expected(Problem::Unauthenticated),
            Self::ListingNotFound => expected(Problem::NotFound),
            Self::IdempotencyKeyReused => expected(Problem::IdempotencyKeyReused),
            Self::Rejected(rejection) => rejection.classify(),
            Self::Unavailable(error) => error.classify(),
        }
    }
}

impl Classify for ChangeOrderError {
    fn classify(&self) -> Classification {
        match self {
            Self::NotFound => expected(Problem::NotFound),
            Self::InvalidState(state) => expected(Problem::OrderIs(*state)),
            Self::DisputeOpen => expected(Problem::DisputeOpen),
            Self::NotAllowed(_) => expected(Problem::Forbidden),
            Self::Unavailable(error) => error.classify(),
        }
    }
}

impl Classify for SendComplaintError {
    fn classify(&self) -> Classification {
        match self {
            Self::NotFound => expected(Problem::NotFound),
            Self::InvalidState(state) => expected(Problem::OrderIs(*state)),
            Self::AlreadyOpen => expected(Problem::ComplaintOpen),
            Self::TooMany(retry) => {
                expected(Problem::RateLimited(Limited::complaints(retry.seconds)))
            }
            Self::Unavailable(error) => error.classify(),
        }
    }
}

impl Classify for OpenTokenError {
    fn classify(&self) -> Classification {
        match self {
            // Without a gateway, there is nothing to show.
            Self::Reveal(RevealKeyError::NotFound | RevealKeyError::NoKey) => {
                expected(Problem::NotFound)
            }
            Self::Reveal(RevealKeyError::Revoked) => expected(Problem::TokenRevoked),
            Self::Reveal(RevealKeyError::Suspended) => expected(Problem::TokenSuspended),
            Self::Reveal(RevealKeyError::Expired) => expected(Problem::TokenExpired),
            Self::Reveal(RevealKeyError::SuspendedByOperator) => expected(Problem::Suspended),
            Self::Reveal(RevealKeyError::Unavailable(error)) => error.classify(),
            Self::Vault(error) => error.classify(),
        }
    }
}

impl Classify for ResolveAlertError {
    fn classify(&self) -> Classification {
        match self {
            Self::NotFound => expected(Problem::NotFound),
            Self::NotAllowed(_) => expected(Problem::Forbidden),
            Self::Unavailable(error) => error.classify(),
        }
    }
}

impl Classify for SuspendError {
    fn classify(&self) -> Classification {
        match self {
            Self::NotFound => expected(Problem::NotFound),
            Self::NotAllowed(_) => expected(Problem::Forbidden),
            Self::Unavailable(error) => error.classify(),
        }
    }
}

impl Classify for RevokeTokenError {
    fn classify(&self) -> Classification {
        match self {
            Self::NotFound => expected(Problem::NotFound),
            Self::Unavailable(error) => error.classify(),
        }
    }
}
