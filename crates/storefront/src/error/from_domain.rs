//! Mapping of the domain's errors to page errors.

use udam_domain::listing::{NotCallable, StockChange};
use udam_domain::marketplace::{
    ChangeListingError, EventReplay, OpenTokenError, OtherCurrency, PrivateEndpoint, PublishError,
    ReplayError,
};
use udam_domain::money::Money;
use udam_domain::order::{NoCredit, OrderState, Rejection, TabCarrier};
use udam_domain::policy::Unchargeable;
use udam_domain::{
    ChangeOrderError, CheckoutError, EditListingError, HashingError, HiddenCharacters,
    OpenChargeError, PlaceOrderError, ResolveAlertError, RevealKeyError, RevokeTokenError,
    SendComplaintError, StoreError, SuspendError, VaultError,
};
use udam_web::RateLimited;
use udam_web::body::ReadBodyError;

use super::PageError;
use super::accounts::SUSPENDED;
use crate::format;

impl From<RateLimited> for PageError {
    fn from(limited: RateLimited) -> Self {
        Self::RateLimited(limited.retry_after)
    }
}

impl From<ReadBodyError> for PageError {
    fn from(error: ReadBodyError) -> Self {
        match error {
            ReadBodyError::TooLarge(limit) => Self::PayloadTooLarge(limit),
            ReadBodyError::TimedOut | ReadBodyError::BrokenOff => Self::BadRequest,
            ReadBodyError::Overloaded => Self::Overloaded,
        }
    }
}

impl From<askama::Error> for PageError {
    fn from(error: askama::Error) -> Self {
        Self::Internal(error.into())
    }
}

impl From<StoreError> for PageError {
    fn from(error: StoreError) -> Self {
        match &error {
            StoreError::Overloaded => Self::Overloaded,
            StoreError::Unreachable(_) => Self::OutcomeUnknown {
                advice: "Check the current state before you try again; an order would be listed under Orders.",
                cause: error.into(),
            },
            StoreError::Failed(_) => Self::Internal(error.into()),
        }
    }
}

impl From<HashingError> for PageError {
    fn from(error: HashingError) -> Self {
        match error {
            HashingError::Overloaded => Self::Overloaded,
            HashingError::Failed => Self::Internal(error.into()),
        }
    }
}

impl From<VaultError> for PageError {
    fn from(error: VaultError) -> Self {
        Self::Internal(error.into())
    }
}

impl From<OtherCurrency> for PageError {
    fn from(error: OtherCurrency) -> Self {
        let settled = error.settled;
        Self::Conflict(format!(
            "Prices must be in {settled}, which is what this marketplace takes."
        ))
    }
}

impl From<PrivateEndpoint> for PageError {
    fn from(_: PrivateEndpoint) -> Self {
        Self::Conflict(
            "The address of the service must be one that buyers can reach, not a private one."
                .into(),
        )
    }
}

impl From<HiddenCharacters> for PageError {
    fn from(_: HiddenCharacters) -> Self {
        Self::Conflict(
            "The name of the service must not contain characters that cannot be seen.".into(),
        )
    }
}

impl From<PublishError> for PageError {
    fn from(error: PublishError) -> Self {
        match error {
            PublishError::Currency(error) => error.into(),
            PublishError::Endpoint(error) => error.into(),
            PublishError::Hidden(error) => error.into(),
            // The form is shown again with it.
            PublishError::NameTaken | PublishError::NotCallable(_) => Self::BadRequest,
            PublishError::Suspended => Self::Conflict(SUSPENDED.into()),
            PublishError::EmailUnverified => Self::Conflict(
                "You can sell once your email address is verified: your account's page sends you a link."
                    .into(),
            ),
            PublishError::TooMany(refused) => Self::Conflict(format!(
                "A new account publishes {} listings in a day at most. You can publish more from {} on.",
                refused.most,
                format::instant(refused.retry.until)
            )),
            PublishError::Vault(error) => error.into(),
            PublishError::Unavailable(error) => error.into(),
        }
    }
}

impl From<ChangeListingError> for PageError {
    fn from(error: ChangeListingError) -> Self {
        match error {
            ChangeListingError::Currency(error) => error.into(),
            ChangeListingError::Endpoint(error) => error.into(),
            ChangeListingError::Hidden(error) => error.into(),
            ChangeListingError::Vault(error) => error.into(),
            ChangeListingError::Edit(EditListingError::NotFound) => Self::NotFound,
            ChangeListingError::Edit(EditListingError::NotYours) => Self::Forbidden,
            ChangeListingError::Edit(EditListingError::NotCallable(error)) => {
                Self::Conflict(format!("Nothing was changed: {error}."))
            }
            ChangeListingError::Edit(EditListingError::UncheckedKey(_)) => {
                Self::Conflict(format!("Nothing was changed: {}.", NotCallable::ShortKey))
            }
            ChangeListingError::Edit(EditListingError::TooManyUnits(change)) => {
                Self::Conflict(match change {
                    StockChange::Add(_) => {
                        "Adding that many units would exceed the maximum per listing.".into()
                    }
                    StockChange::Set(_) | StockChange::Keep => {
                        "That many units exceed the maximum per listing.".into()
                    }
                })
            }
            ChangeListingError::Edit(EditListingError::Unavailable(error)) => error.into(),
        }
    }
}

impl From<Rejection> for PageError {
    fn from(rejection: Rejection) -> Self {
        match rejection {
            Rejection::Suspended => Self::Conflict(SUSPENDED.into()),
            Rejection::ListingUnavailable => Self::Conflict("This listing is not on sale.".into()),
            Rejection::InsufficientUnits { available } if available.is_empty() => {
                Self::Conflict("The last units have just been sold.".into())
            }
            Rejection::InsufficientUnits { available } => {
                let left = format::units(available.get());
                Self::Conflict(format!("Only {left} left."))
            }
            Rejection::TooManyUnits { most } => {
                let most = format::units(most.get());
                Self::Conflict(format!("The seller allows {most} in one order at most."))
            }
            Rejection::PaymentsUnavailable => Self::PaymentsUnavailable,
            Rejection::TotalTooLarge => {
                Self::Conflict("The total is more than can be charged at once.".into())
            }
            Rejection::TotalTooFine { finest } => {
                let finest = format::money(finest);
                Self::Conflict(format!(
                    "The total must be a multiple of {finest} to be charged."
                ))
            }
            Rejection::TooSmallToPay { smallest, reason } => {
                Self::Conflict(too_small_to_pay(smallest, reason))
            }
            Rejection::TabInCheckout(TabCarrier::Order(_)) => Self::Conflict(
                "The payment of another order of yours includes your tab, and comes first.".into(),
            ),
            Rejection::TabInCheckout(TabCarrier::Tab) => {
                Self::Conflict("A payment of your tab is open, and comes first.".into())
            }
            Rejection::TooManyOpenCheckouts { most } => Self::Conflict(format!(
                "You may have {} unpaid at once.",
                format::orders(most)
            )),
            Rejection::TooManyOpenCheckoutsOfNetwork { most } => Self::Conflict(format!(
                "Buyers at your address who have not paid before may have {} unpaid at once.",
                format::orders(most)
            )),
            Rejection::HeldBefore { until } => Self::Conflict(format!(
                "You have held units of this listing without paying, and may again from {} on.",
                format::instant(until)
            )),
            Rejection::CurrencyMismatch => Self::Conflict(
                "The listing is priced in a currency that this marketplace does not take.".into(),
            ),
            Rejection::PriceChanged { now } => {
                let price = format::money(now);
                Self::Conflict(format!("The price is now {price} per unit."))
            }
        }
    }
}

/// Why an order has to be paid first, and cannot be.
fn too_small_to_pay(smallest: Money, reason: NoCredit) -> String {
    let smallest = format::money(smallest);
    let why = match reason {
        NoCredit::TabOverdue { .. } => "your tab has not been paid for too long".to_owned(),
        NoCredit::TabFull { limit } => {
            format!("your tab may stand at {} at most", format::money(limit))
        }
        NoCredit::NewTabFull { limit } => format!(
            "your tab may stand at {} at most until you have made a payment",
            format::money(limit)
        ),
        NoCredit::NewTabsOfNetworkFull { .. } => {
            "buyers at your address who have never paid have put enough on their tabs today"
                .to_owned()
        }
        NoCredit::EmailUnverified => {
            "your email address is not verified, which your account's page changes".to_owned()
        }
        NoCredit::PayFirst => "its seller asks for payment before delivery".to_owned(),
        _ => "every order is paid first here".to_owned(),
    };
    format!(
        "This order has to be paid first, because {why}, and the smallest payment is {smallest}."
    )
}

impl From<PlaceOrderError> for PageError {
    fn from(error: PlaceOrderError) -> Self {
        match error {
            PlaceOrderError::Unauthenticated => Self::LoginRequired {
                return_to: "/".into(),
            },
            PlaceOrderError::ListingNotFound => Self::NotFound,
            PlaceOrderError::IdempotencyKeyReused => Self::Conflict(
                "This form has already placed a different order. Reload the page to place another."
                    .into(),
            ),
            PlaceOrderError::Rejected(rejection) => rejection.into(),
            PlaceOrderError::Unavailable(error) => error.into(),
        }
    }
}

fn order_is(state: OrderState) -> PageError {
    let state = format::status(state.into()).to_lowercase();
    PageError::Conflict(format!("The order is now {state}."))
}

impl From<ChangeOrderError> for PageError {
    fn from(error: ChangeOrderError) -> Self {
        match error {
            ChangeOrderError::NotFound => Self::NotFound,
            ChangeOrderError::InvalidState(state) => order_is(state),
            ChangeOrderError::DisputeOpen => Self::Conflict(
                "The buyer's bank disputes the payment of this order, and holds the money. You can refund the \
                 order once the dispute has ended in your favor."
                    .into(),
            ),
            ChangeOrderError::NotAllowed(_) => Self::Forbidden,
            ChangeOrderError::Unavailable(error) => error.into(),
        }
    }
}

impl From<SuspendError> for PageError {
    fn from(error: SuspendError) -> Self {
        match error {
            SuspendError::NotFound => Self::NotFound,
            SuspendError::NotAllowed(_) => Self::Forbidden,
            SuspendError::Unavailable(error) => error.into(),
        }
    }
}

impl From<ResolveAlertError> for PageError {
    fn from(error: ResolveAlertError) -> Self {
        match error {
            ResolveAlertError::NotFound => Self::NotFound,
            ResolveAlertError::NotAllowed(_) => Self::Forbidden,
            ResolveAlertError::Unavailable(error) => error.into(),
        }
    }
}

impl From<ReplayError> for PageError {
    fn from(error: ReplayError) -> Self {
        match error {
            ReplayError::NotAllowed(_) => Self::Forbidden,
            ReplayError::NotFound => Self::NotFound,
            ReplayError::EmptyPeriod => {
                Self::Conflict("The period must end after it begins.".into())
            }
            ReplayError::TooMany => Self::Conflict(format!(
                "The period has more than {} events. Choose a shorter one.",
                EventReplay::MOST_EVENTS
            )),
            error @ ReplayError::Provider(_) => Self::PaymentProviderFailed(error.into()),
            ReplayError::Unavailable(error) => error.into(),
        }
    }
}

impl From<SendComplaintError> for PageError {
    fn from(error: SendComplaintError) -> Self {
        match error {
            SendComplaintError::NotFound => Self::NotFound,
            SendComplaintError::InvalidState(state) => order_is(state),
            SendComplaintError::AlreadyOpen => Self::Conflict(
                "You have complained about this order before, and the operator has yet to resolve it."
                    .into(),
            ),
            SendComplaintError::TooMany(retry) => Self::RateLimited(retry.seconds),
            SendComplaintError::Unavailable(error) => error.into(),
        }
    }
}

impl From<CheckoutError> for PageError {
    fn from(error: CheckoutError) -> Self {
        match error {
            CheckoutError::PaymentsUnavailable => Self::PaymentsUnavailable,
            CheckoutError::Charge(OpenChargeError::NotFound) => Self::NotFound,
            CheckoutError::Charge(OpenChargeError::InvalidState(state)) => order_is(state),
            CheckoutError::Charge(OpenChargeError::NothingOwed) => Self::Conflict(
                "There is nothing on your tab to pay, or an order that awaits payment includes it."
                    .into(),
            ),
            CheckoutError::Charge(OpenChargeError::Unchargeable(reason)) => {
                let reason = match reason {
                    Unchargeable::TooSmall => "The amount is less than can be charged at once.",
                    Unchargeable::TooLarge => "The amount is more than can be charged at once.",
                    Unchargeable::TooFine => "The amount is finer than can be charged.",
                };
                Self::Conflict(reason.into())
            }
            CheckoutError::Charge(OpenChargeError::TooManySessions(retry)) => {
                Self::RateLimited(retry.seconds)
            }
            CheckoutError::Charge(OpenChargeError::Unavailable(error)) => error.into(),
            error @ (CheckoutError::Refused { .. } | CheckoutError::Gateway(_)) => {
                Self::PaymentProviderFailed(error.into())
            }
        }
    }
}

impl From<OpenTokenError> for PageError {
    fn from(error: OpenTokenError) -> Self {
        match error {
            // Without a gateway, there is nothing to show.
            OpenTokenError::Reveal(RevealKeyError::NotFound | RevealKeyError::NoKey) => {
                Self::NotFound
            }
            OpenTokenError::Reveal(RevealKeyError::Revoked) => {
                Self::Gone("The token was revoked and no longer grants access.".into())
            }
            OpenTokenError::Reveal(RevealKeyError::Suspended) => {
                Self::Conflict("The token is suspended while its payment is disputed.".into())
            }
            OpenTokenError::Reveal(RevealKeyError::Expired) => {
                Self::Gone("The token has expired.".into())
            }
            OpenTokenError::Reveal(RevealKeyError::SuspendedByOperator) => {
                Self::Conflict(SUSPENDED.into())
            }
            OpenTokenError::Reveal(RevealKeyError::Unavailable(error)) => error.into(),
            OpenTokenError::Vault(error) => error.into(),
        }
    }
}

impl From<RevokeTokenError> for PageError {
    fn from(error: RevokeTokenError) -> Self {
        match error {
            RevokeTokenError::NotFound => Self::NotFound,
            RevokeTokenError::Unavailable(error) => error.into(),
        }
    }
}
