//! Errors of the API: RFC 9457 problems with stable codes.
//!
//! Clients see a `Problem`. It has no field for the text of an error: its sentences are this module's or the
//! domain's own. An `ApiError` is a problem with its cause, which is only logged.

mod answer;
mod api_error;
mod catalogue;
mod classify;
mod detail;
mod limited;
mod members;

use std::borrow::Cow;
use std::fmt;

use actix_web::http::{Method, StatusCode};
use udam_domain::account::Obligation;
use udam_domain::account::Scope;
use udam_domain::id::OrderId;
use udam_domain::listing::TooManyListings;
use udam_domain::money::Money;
use udam_domain::order::{NoCredit, OrderState, TabCarrier};
use udam_domain::policy::Unchargeable;
use udam_domain::time::{RetryAfter, Timestamp};
use udam_domain::units::{Stock, Units};
use udam_web::Check;
use udam_web::body::ReadBodyError;

pub(crate) use answer::MEDIA_TYPE;
pub(crate) use api_error::{ApiError, merged};
pub use catalogue::{Code, Entry, markdown};
pub(crate) use classify::Classify;
pub(crate) use limited::Limited;
pub(crate) use members::{FieldError, KeptOrder, LogInChallenge};

/// Why a request failed, as far as its client may know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Problem {
    /// The head is no HTTP.
    MalformedRequest,
    /// The head did not arrive in time.
    RequestTimeout,
    /// The head is larger than any that is read.
    RequestHeadTooLarge,
    /// The body is not a JSON object.
    MalformedJson,
    /// The body did not arrive in time.
    BodyTooSlow,
    /// The request has no valid session.
    Unauthenticated,
    /// The webhook has no valid signature.
    BadSignature,
    /// The address or the password is wrong.
    InvalidCredentials,
    /// The password is right, and the second factor is missing.
    SecondFactorRequired(LogInChallenge),
    /// The code of the second factor is wrong, or was used before.
    InvalidSecondFactor,
    /// The login that waited for the second factor has ended.
    ChallengeExpired,
    /// The second factor must be proved again.
    StepUpRequired,
    /// The account has no second factor, and needs one.
    SecondFactorNeeded,
    /// No second factor was begun lately.
    NoFactorBegun,
    /// The API key of the request does not have this scope.
    ScopeMissing(Scope),
    /// The call takes a session, and no API key.
    SessionRequired,
    /// The account has as many API keys as it may have.
    TooManyApiKeys,
    /// It belongs to another account.
    Forbidden,
    /// An operator has suspended the account, or the listing or its seller.
    Suspended,
    /// It does not exist, or the client may not see it.
    NotFound,
    /// The path exists, for these other methods.
    MethodNotAllowed(Vec<Method>),
    /// Fewer units are left than were ordered: this many.
    InsufficientUnits(Stock),
    /// More units were ordered than the seller allows in one order: this many.
    TooManyUnits(Units),
    /// The listing is off sale.
    ListingUnavailable,
    /// A unit no longer costs what the buyer was shown, but this.
    PriceChanged(Money),
    /// Another account has the address.
    EmailTaken,
    /// The name looks like one of the marketplace.
    NameReserved,
    /// The name looks like that of another seller.
    NameTaken,
    /// The order is in a state that does not allow it.
    OrderIs(OrderState),
    /// Others depend on the account.
    AccountNeeded(Vec<Obligation>),
    /// The order's payment is disputed.
    DisputeOpen,
    /// A complaint about the order is open.
    ComplaintOpen,
    /// The tab has nothing that can be paid now.
    NothingOwed,
    /// The provider cannot charge the amount, for this reason.
    Unchargeable(Unchargeable),
    /// The token's payment is disputed.
    TokenSuspended,
    /// The token was revoked.
    TokenRevoked,
    /// The token has expired.
    TokenExpired,
    /// The token reveals its seller's key: it has no access keys.
    TokenRevealsKey,
    /// The token has as many access keys as it may have.
    TooManyAccessKeys,
    /// The body is larger than this limit, in KiB.
    PayloadTooLarge(usize),
    /// The `Content-Type` is not JSON.
    UnsupportedMediaType,
    /// These fields are invalid.
    InvalidRequest(Vec<FieldError>),
    /// The idempotency key belongs to a different order.
    IdempotencyKeyReused,
    /// The client has to wait.
    RateLimited(Limited),
    /// Too many sessions were opened at the provider lately. The order, if there is one, is kept.
    TooManyCheckouts(RetryAfter, Option<KeptOrder>),
    /// The seller is new, and has published enough for a day.
    TooManyListings(TooManyListings),
    /// An internal error.
    InternalError,
    /// The payment provider failed. The order, if there is one, is kept.
    PaymentProviderError(Option<OrderId>),
    /// The payment provider refuses, and would refuse a repeat. The order, if there is one, is kept.
    PaymentRefused(Option<KeptOrder>),
    /// The server is overloaded.
    Overloaded,
    /// The server is not ready, for want of this.
    NotReady(Check),
    /// The order has to be paid first, and costs less than this amount, which is the smallest that can be charged.
    TooSmallToPay(Money, NoCredit),
    /// The buyer owes something, and this payment, which comes first, carries it.
    TabInCheckout(TabCarrier),
    /// So many orders of the buyer, or of new buyers at the same address, await payment at most.
    TooManyOpenCheckouts {
        /// Most orders that may.
        most: u32,
        /// Whether all new buyers at the address count.
        of_address: bool,
    },
    /// The buyer has held units of the listing without paying, and may again from this time on.
    HeldBefore(Timestamp),
    /// There is no payment provider.
    PaymentsUnavailable,
    /// No mail is sent.
    MailUnavailable,
    /// The address of the account is not verified.
    EmailUnverified,
}

impl From<ReadBodyError> for Problem {
    fn from(error: ReadBodyError) -> Self {
        match error {
            ReadBodyError::TooLarge(limit) => Self::PayloadTooLarge(limit.kib()),
            ReadBodyError::TimedOut => Self::BodyTooSlow,
            // The client has disconnected.
            ReadBodyError::BrokenOff => Self::MalformedJson,
            ReadBodyError::Overloaded => Self::Overloaded,
        }
    }
}

impl Problem {
    /// The problem of a single field.
    pub(crate) fn field(field: &'static str, rule: impl fmt::Display) -> Self {
        Self::InvalidRequest(vec![FieldError::new(field, rule)])
    }

    /// Code of the problem.
    #[must_use]
    pub(crate) const fn code(&self) -> Code {
        match self {
            Self::MalformedRequest => Code::MalformedRequest,
            Self::RequestTimeout => Code::RequestTimeout,
            Self::RequestHeadTooLarge => Code::RequestHeadTooLarge,
            Self::MalformedJson | Self::BodyTooSlow => Code::MalformedJson,
            Self::Unauthenticated | Self::BadSignature => Code::Unauthenticated,
            Self::InvalidCredentials => Code::InvalidCredentials,
            Self::SecondFactorRequired(_) => Code::SecondFactorRequired,
            Self::InvalidSecondFactor => Code::InvalidSecondFactor,
            Self::ChallengeExpired => Code::ChallengeExpired,
            Self::StepUpRequired => Code::StepUpRequired,
            Self::SecondFactorNeeded => Code::SecondFactorNeeded,
            Self::ScopeMissing(_) => Code::ScopeMissing,
            Self::SessionRequired => Code::SessionRequired,
            Self::TooManyApiKeys => Code::TooManyApiKeys,
            Self::Forbidden => Code::Forbidden,
            Self::Suspended => Code::Suspended,
            Self::NotFound => Code::NotFound,
            Self::MethodNotAllowed(_) => Code::MethodNotAllowed,
            Self::InsufficientUnits(_) => Code::InsufficientUnits,
            Self::TooManyUnits(_) => Code::TooManyUnits,
            Self::ListingUnavailable => Code::ListingUnavailable,
            Self::PriceChanged(_) => Code::PriceChanged,
            Self::EmailTaken => Code::EmailTaken,
            Self::NameReserved => Code::NameReserved,
            Self::NameTaken => Code::NameTaken,
            Self::OrderIs(_)
            | Self::NothingOwed
            | Self::Unchargeable(_)
            | Self::TokenSuspended
            | Self::TokenRevealsKey
            | Self::NoFactorBegun => Code::InvalidState,
            Self::TooManyAccessKeys => Code::TooManyAccessKeys,
            Self::AccountNeeded(_) => Code::AccountNeeded,
            Self::DisputeOpen => Code::DisputeOpen,
            Self::ComplaintOpen => Code::ComplaintOpen,
            Self::TokenRevoked => Code::TokenRevoked,
            Self::TokenExpired => Code::TokenExpired,
            Self::PayloadTooLarge(_) => Code::PayloadTooLarge,
            Self::UnsupportedMediaType => Code::UnsupportedMediaType,
            Self::InvalidRequest(_) => Code::InvalidRequest,
            Self::IdempotencyKeyReused => Code::IdempotencyKeyReused,
            Self::RateLimited(_) => Code::RateLimited,
            Self::TooManyCheckouts(..) => Code::TooManyCheckouts,
            Self::TooManyListings(_) => Code::TooManyListings,
            Self::InternalError => Code::InternalError,
            Self::PaymentProviderError(_) | Self::PaymentRefused(_) => Code::PaymentProviderError,
            Self::Overloaded | Self::NotReady(_) => Code::Overloaded,
            Self::TooSmallToPay(_, reason) => match reason {
                NoCredit::EmailUnverified => Code::EmailUnverified,
                NoCredit::TabOverdue { .. } => Code::TabOverdue,
                NoCredit::TabFull { .. } => Code::TabLimit,
                NoCredit::NewTabFull { .. } => Code::NewTabLimit,
                NoCredit::NewTabsOfNetworkFull { .. } => Code::NewTabPerAddress,
                _ => Code::PayFirst,
            },
            Self::TabInCheckout(_) => Code::TabInCheckout,
            Self::TooManyOpenCheckouts { .. } => Code::TooManyOpenCheckouts,
            Self::HeldBefore(_) => Code::HeldBefore,
            Self::PaymentsUnavailable => Code::PaymentsUnavailable,
            Self::MailUnavailable => Code::MailUnavailable,
            Self::EmailUnverified => Code::EmailUnverified,
        }
    }

    /// The status it comes with.
    #[must_use]
    pub(crate) const fn status(&self) -> StatusCode {
        self.code().entry().status
    }

    /// Explanation of this occurrence, and what to do next.
    #[must_use]
    pub(crate) fn detail(&self) -> Cow<'static, str> {
        match self {
            Self::NotReady(failed) => detail::not_ready(*failed).into(),
            Self::InsufficientUnits(left) if left.is_empty() => {
                "None are left; wait until units come back, or choose another listing.".into()
            }
            Self::AccountNeeded(found) => detail::obligations(found).into(),
            Self::InsufficientUnits(left) => detail::only_left(*left).into(),
            Self::TooManyUnits(most) => {
                let units = if *most == Units::MIN { "unit" } else { "units" };
                format!("The seller allows {most} {units} in one order at most; order fewer units.")
                    .into()
            }
            Self::PriceChanged(now) => {
                let currency = now.currency();
                format!(
                    "A unit costs {now} {currency} now, so nothing was ordered. If you still want it, order \
                     again with {now} as expected_price_per_unit."
                )
                .into()
            }
            Self::OrderIs(state) => format!(
                "The order is {state}, which does not allow this. Read it again to see its current \
                 state."
            )
            .into(),
            Self::BadSignature => {
                "The Stripe-Signature header does not hold for this body; check that the endpoint's \
                 signing secret is in STRIPE_WEBHOOK_SECRET, and that the server's clock is right."
                    .into()
            }
            Self::NothingOwed => {
                "There is nothing on your tab to pay for, or an order that awaits payment carries it."
                    .into()
            }
            Self::Unchargeable(Unchargeable::TooLarge) => {
                "There is more to pay than can be charged at once, so nothing is held or charged. Order \
                 fewer units, with another Idempotency-Key."
                    .into()
            }
            Self::Unchargeable(Unchargeable::TooFine) => {
                "The amount to pay is finer than can be charged, so nothing is held or charged. Let more \
                 add up, or order another number of units, with another Idempotency-Key."
                    .into()
            }
            Self::Unchargeable(Unchargeable::TooSmall) => {
                "There is less to pay than can be charged at once, so nothing is held or charged. Let \
                 more add up, or pay first what awaits payment; then order with another \
                 Idempotency-Key."
                    .into()
            }
            Self::TooSmallToPay(smallest, reason) => format!(
                "The order has to be paid first, because {reason}; the smallest payment is {smallest} {}, tab \
                 included. {}",
                smallest.currency(),
                self.code().entry().advice
            )
            .into(),
            Self::TabInCheckout(TabCarrier::Order(order)) => format!(
                "The payment of order {order} includes your tab, and comes first: pay it, or call \
                 POST /v1/orders/{order}/cancel."
            )
            .into(),
            Self::TabInCheckout(TabCarrier::Tab) => {
                "A payment of your tab is open, and comes first: POST /v1/tab/checkout returns where to pay it."
                    .into()
            }
            Self::TooManyOpenCheckouts { most, of_address } => {
                detail::too_many_open(*most, *of_address).into()
            }
            Self::HeldBefore(until) => format!(
                "You have held units of this listing without paying, and may again from {until} on, or once \
                 another payment of yours has arrived."
            )
            .into(),
            Self::TooManyCheckouts(retry, order) => {
                detail::too_many_checkouts(retry, order.as_ref()).into()
            }
            Self::TooManyListings(refused) => detail::too_many_listings(refused).into(),
            Self::PayloadTooLarge(limit) => format!("Send at most {limit} KiB.").into(),
            Self::PaymentProviderError(order) => detail::provider_failed(order.as_ref()),
            Self::PaymentRefused(order) => detail::refused(order.as_ref()).into(),
            Self::BodyTooSlow => {
                "The body did not arrive in time; send all of it at once.".into()
            }
            Self::TokenSuspended => {
                "The token is suspended while its payment is disputed; wait until the dispute is \
                 settled."
                    .into()
            }
            Self::ScopeMissing(scope) => detail::scope_missing(*scope).into(),
            Self::TooManyApiKeys => detail::too_many_api_keys().into(),
            Self::NoFactorBegun => detail::NO_FACTOR_BEGUN.into(),
            Self::TokenRevealsKey => {
                "The token reveals its seller's key, and is not used through the gateway: it has no access keys."
                    .into()
            }
            other => other.code().entry().advice.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn insufficient_units_has_the_number_of_units_left() {
        let detail = |left| Problem::InsufficientUnits(Stock::new(left).unwrap()).detail();
        assert!(detail(0).starts_with("None are left"));
        assert!(detail(1).starts_with("Only 1 unit is left"));
        assert!(detail(7).starts_with("Only 7 units are left"));
    }

    #[test]
    fn too_many_units_has_the_number_of_units_allowed() {
        let detail = |most| Problem::TooManyUnits(Units::new(most).unwrap()).detail();
        let one = "The seller allows 1 unit in one order at most; order fewer units.";
        assert_eq!(detail(1), one);
        assert!(detail(7).starts_with("The seller allows 7 units in one order"));
    }
}
