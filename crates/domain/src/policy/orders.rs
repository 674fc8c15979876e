use thiserror::Error;

use super::{ChargeLimits, CreditTerms, HoldTerms, Inquiries, TabLimits, Verification};
use crate::money::{Currency, Money};
use crate::time::{SignedDuration, Timestamp, after};

/// Unchecked terms of an [`OrderPolicy`], as an operator configures them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderTerms {
    /// Total from which an order is paid before it is fulfilled; below it, an order goes on the tab. Zero if
    /// every order is paid first.
    pub small_order_limit: Money,
    /// Most that a tab may stand at, inclusive. One charge must be able to clear it, with the smallest charge
    /// to spare. Zero if there are no tabs: every order is paid first, whatever the limit of small ones.
    pub tab_limit: Money,
    /// Time for which units are held for an order that awaits payment. While orders can be paid through a
    /// checkout, the provider must be able to keep one open for so long.
    pub reservation_ttl: SignedDuration,
    /// Lifetime of a token, from its issue.
    pub token_ttl: SignedDuration,
    /// Whether there is a provider to send buyers to.
    pub checkout: Checkout,
    /// Limits of the payment provider.
    pub charges: ChargeLimits,
    /// Limits of tabs that no payment has shown to be good.
    pub credit: CreditTerms,
    /// Limits of orders that await payment.
    pub holds: HoldTerms,
    /// Effect of an inquiry about a payment.
    pub inquiries: Inquiries,
}

/// Whether orders can be paid through a payment provider's checkout.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Checkout {
    /// They can.
    Available,
    /// There is none: an order that needs it is rejected, and nothing is held for it.
    Unavailable,
}

/// [`OrderTerms`] whose parts fit together: all amounts are in one currency, no limit is negative, a small
/// order fits on an empty tab, a full tab fits into one charge, and every time is above zero and one that the
/// provider allows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderPolicy(OrderTerms);

/// Why terms make no policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum OrderPolicyError {
    /// The amounts are in different currencies.
    #[error("the limits of orders, tabs and charges must be in one currency")]
    CurrencyMismatch,
    /// A limit is below zero.
    #[error("the limits of orders and tabs must not be negative")]
    NegativeLimit,
    /// No tab could bear the largest of the small orders.
    #[error("the small-order limit must not be above the tab limit")]
    SmallOrderAboveTab,
    /// No single charge could clear the tab. An order that is too small to be charged without it could then
    /// never be paid.
    #[error("the tab limit must be at most {most}, so that one charge can clear a tab")]
    TabAboveCharge {
        /// Highest tab limit: the largest charge less the smallest.
        most: Money,
    },
    /// The smallest charge is above the largest, a limit is not above zero, or likewise with the holds.
    #[error("the provider's limits leave no room for any charge")]
    NoChargePossible,
    /// The provider keeps no checkout open for as long as a reservation lasts.
    #[error("a reservation must last from {shortest} to {longest}")]
    ReservationOutOfRange {
        /// Shortest reservation that the provider allows.
        shortest: SignedDuration,
        /// Longest reservation that the provider allows.
        longest: SignedDuration,
    },
    /// A token would be expired as it is issued.
    #[error("a token must last for some time")]
    TokenTooShort,
}

impl OrderPolicy {
    /// The policy of these terms.
    ///
    /// # Errors
    /// The first [`OrderPolicyError`] that applies.
    pub fn new(terms: OrderTerms) -> Result<Self, OrderPolicyError> {
        let currency = terms.small_order_limit.currency();
        let credit = [
            Some(terms.credit.new_tab_limit),
            terms.credit.new_tabs_per_network,
        ];
        let limits = || {
            [Some(terms.small_order_limit), Some(terms.tab_limit)]
                .into_iter()
                .chain(credit)
                .flatten()
        };
        if limits().any(|limit| limit.currency() != currency) {
            return Err(OrderPolicyError::CurrencyMismatch);
        }
        match terms.charges.checked_currency() {
            None => return Err(OrderPolicyError::NoChargePossible),
            Some(other) if other != currency => return Err(OrderPolicyError::CurrencyMismatch),
            Some(_) => {}
        }
        if limits().any(|limit| limit.minor() < 0) {
            return Err(OrderPolicyError::NegativeLimit);
        }
        let has_tabs = terms.tab_limit.minor() > 0;
        if has_tabs && terms.small_order_limit.minor() > terms.tab_limit.minor() {
            return Err(OrderPolicyError::SmallOrderAboveTab);
        }
        let most = terms.charges.largest_tab();
        if terms.tab_limit.minor() > most.minor() {
            return Err(OrderPolicyError::TabAboveCharge { most });
        }
        let (shortest, longest) = (terms.charges.shortest_hold, terms.charges.longest_hold);
        if terms.reservation_ttl < shortest || terms.reservation_ttl > longest {
            return Err(OrderPolicyError::ReservationOutOfRange { shortest, longest });
        }
        if terms.token_ttl <= SignedDuration::ZERO {
            return Err(OrderPolicyError::TokenTooShort);
        }
        let small_order_limit = terms.small_order_limit;
        Ok(Self(OrderTerms {
            small_order_limit: if has_tabs {
                small_order_limit
            } else {
                terms.tab_limit
            },
            ..terms
        }))
    }

    /// The same policy with or without a checkout.
    #[must_use]
    pub fn with_checkout(self, checkout: Checkout) -> Self {
        Self(OrderTerms { checkout, ..self.0 })
    }

    /// The policy with tabs that need a verified address, or do not.
    #[must_use]
    pub fn with_verification(self, verification: Verification) -> Self {
        let credit = CreditTerms {
            verification,
            ..self.0.credit
        };
        Self(OrderTerms { credit, ..self.0 })
    }

    /// The one currency that everything settles in.
    #[must_use]
    pub const fn currency(&self) -> Currency {
        self.0.small_order_limit.currency()
    }

    /// See [`OrderTerms::small_order_limit`]. Zero as well if there are no tabs.
    #[must_use]
    pub const fn small_order_limit(&self) -> Money {
        self.0.small_order_limit
    }

    /// See [`OrderTerms::tab_limit`].
    #[must_use]
    pub const fn tab_limit(&self) -> Money {
        self.0.tab_limit
    }

    /// Returns whether buyers who have never paid are limited by their networks.
    #[must_use]
    pub const fn counts_networks(&self) -> bool {
        self.0.credit.new_tabs_per_network.is_some()
            || self.0.holds.new_open_checkouts_per_network.is_some()
    }

    /// Returns the limits of tabs, that of new buyers not above that of all.
    #[must_use]
    pub fn tab_limits(&self) -> TabLimits {
        let (any, new) = (self.0.tab_limit, self.0.credit.new_tab_limit);
        TabLimits {
            any,
            new: if new.minor() < any.minor() { new } else { any },
        }
    }

    /// See [`OrderTerms::checkout`].
    #[must_use]
    pub const fn checkout(&self) -> Checkout {
        self.0.checkout
    }

    /// See [`OrderTerms::credit`].
    #[must_use]
    pub const fn credit(&self) -> &CreditTerms {
        &self.0.credit
    }

    /// See [`OrderTerms::holds`].
    #[must_use]
    pub const fn holds(&self) -> &HoldTerms {
        &self.0.holds
    }

    /// See [`OrderTerms::inquiries`].
    #[must_use]
    pub const fn inquiries(&self) -> Inquiries {
        self.0.inquiries
    }

    /// See [`OrderTerms::charges`].
    #[must_use]
    pub const fn charges(&self) -> &ChargeLimits {
        &self.0.charges
    }

    /// Returns the end of a reservation that begins at `start`.
    #[must_use]
    pub fn reserved_until(&self, start: Timestamp) -> Timestamp {
        after(start, self.0.reservation_ttl)
    }

    /// Returns the expiry time of a token issued at `start`.
    #[must_use]
    pub fn token_expires(&self, start: Timestamp) -> Timestamp {
        after(start, self.0.token_ttl)
    }
}

#[cfg(test)]
mod tests;
