use super::buyer::BuyerSnapshot;
use super::credit::{NoCredit, put_on_tab};
use super::rejection::Rejection;
use super::tab::PaymentRoute;
use crate::gateway::TermsVersion;
use crate::id::{AccountId, ListingId};
use crate::listing::{ListingState, Price};
use crate::money::Money;
use crate::policy::{Checkout, OrderPolicy};
use crate::time::Timestamp;
use crate::units::{Stock, Units};

/// Fields of the listing that a decision depends on, read under its lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListingSnapshot {
    /// Id of the listing.
    pub id: ListingId,
    /// Account of the seller.
    pub seller_id: AccountId,
    /// State that its seller has set.
    pub state: ListingState,
    /// Price of one unit.
    pub price: Price,
    /// Units that can be bought.
    pub available: Stock,
    /// Whether every order is paid before it is fulfilled, however small.
    pub pay_first: bool,
    /// Largest number of units of one order, if the seller sets one.
    pub max_units_per_order: Option<Units>,
    /// Version of its gateway terms; `None` if buyers are shown the key.
    pub terms: Option<TermsVersion>,
}

/// An order as requested.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OrderRequest {
    /// Number of units.
    pub units: Units,
    /// Price of one unit that the buyer was shown; `None` = any price.
    pub expected_price: Option<Money>,
}

/// An order that is accepted, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// It is fulfilled immediately, and its total goes on the tab.
    Instant {
        /// Total price.
        total: Money,
        /// Amount on the tab after the order.
        tab_open: Money,
        /// Expiry time of its token, UTC.
        token_expires_at: Timestamp,
    },
    /// Its units are held until it is paid.
    Checkout {
        /// Total price.
        total: Money,
        /// Time at which its reservation lapses, UTC.
        lapses_at: Timestamp,
    },
}

impl Decision {
    /// Payment method of the order.
    #[must_use]
    pub const fn route(&self) -> PaymentRoute {
        match self {
            Self::Instant { .. } => PaymentRoute::Tab,
            Self::Checkout { .. } => PaymentRoute::Checkout,
        }
    }

    /// Total price of the order.
    #[must_use]
    pub const fn total(&self) -> Money {
        match self {
            Self::Instant { total, .. } | Self::Checkout { total, .. } => *total,
        }
    }
}

/// Decides whether an order is accepted, what it costs, how it is paid, and when its reservation
/// or its token ends.
///
/// An order strictly below the small-order limit is fulfilled immediately, as far as the buyer has credit
/// ([`NoCredit`] says who has none); any other is held for payment. It pays for the tab as well, so that an
/// order too small for a charge of its own may be held, but not one that is too small together with the tab. A
/// buyer may buy their own listing: sellers test so.
///
/// What its buyer holds already is looked at afterwards, and only for an order that is held:
/// [`OrderBatch`](super::OrderBatch) does both.
///
/// A listing that cannot be bought at any price is rejected first, then an outdated price, then a total
/// that cannot be paid: the buyer agrees to the price before anything is said about payment.
///
/// An order for more units than are left, and more than the seller allows in one, is rejected for the smaller of
/// the two numbers: it is the one that the next order can ask for.
///
/// A total that is too fine to be charged is rejected here, and not its price when it is listed: a unit may
/// cost 0.005 dinars if it is sold by twos. On the tab, it would keep all else that is owed from being charged.
///
/// # Errors
/// The first [`Rejection`] that applies; nothing is to be held or owed then.
pub fn decide(
    listing: &ListingSnapshot,
    buyer: &BuyerSnapshot,
    request: &OrderRequest,
    policy: &OrderPolicy,
    now: Timestamp,
) -> Result<Decision, Rejection> {
    if listing.state != ListingState::Active {
        return Err(Rejection::ListingUnavailable);
    }
    check_units(listing, request.units)?;
    let price = listing.price.amount();
    if price.currency() != policy.currency() {
        return Err(Rejection::CurrencyMismatch);
    }
    if request.expected_price.is_some_and(|shown| shown != price) {
        return Err(Rejection::PriceChanged { now: price });
    }
    let total = price.times(request.units)?;
    if total.compare(policy.charges().largest_order())?.is_gt() {
        return Err(Rejection::TotalTooLarge);
    }
    if policy.charges().is_too_fine(total) {
        let finest = policy.charges().finest;
        return Err(Rejection::TotalTooFine { finest });
    }
    let with_tab = total.checked_add(buyer.tab.open)?;
    let on_tab = if listing.pay_first {
        Err(NoCredit::PayFirst)
    } else {
        put_on_tab(buyer, total, policy, now)?
    };
    let reason = match on_tab {
        Ok(tab_open) => {
            return Ok(Decision::Instant {
                total,
                tab_open,
                token_expires_at: policy.token_expires(now),
            });
        }
        Err(reason) => reason,
    };
    if policy.checkout() == Checkout::Unavailable {
        return Err(Rejection::PaymentsUnavailable);
    }
    let smallest = policy.charges().smallest;
    if with_tab.compare(smallest)?.is_lt() {
        return Err(Rejection::TooSmallToPay { smallest, reason });
    }
    Ok(Decision::Checkout {
        total,
        lapses_at: policy.reserved_until(now),
    })
}

/// Checks the number of units against those left, and those that the seller allows in one order.
fn check_units(listing: &ListingSnapshot, units: Units) -> Result<(), Rejection> {
    let available = listing.available;
    match listing.max_units_per_order {
        Some(most) if units > most && available >= most.into() => {
            Err(Rejection::TooManyUnits { most })
        }
        _ if available < units.into() => Err(Rejection::InsufficientUnits { available }),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
