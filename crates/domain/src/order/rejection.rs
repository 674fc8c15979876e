use thiserror::Error;

use super::credit::NoCredit;
use super::holds::TabCarrier;
use crate::money::{Money, MoneyError};
use crate::time::Timestamp;
use crate::units::{Stock, Units};

/// Why an order is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Rejection {
    /// An operator has suspended the listing, its seller or the buyer.
    #[error("the listing, its seller or the buyer is suspended")]
    Suspended,
    /// Its seller has taken the listing off sale.
    #[error("the listing is not on sale")]
    ListingUnavailable,
    /// Fewer units are left than requested.
    #[error("the order asks for more than the {available} units that are left")]
    InsufficientUnits {
        /// Units that are left.
        available: Stock,
    },
    /// It asks for more units than the seller allows in one order.
    #[error("the order asks for more than the {most} units that the seller allows in one")]
    TooManyUnits {
        /// Largest number of units of one order.
        most: Units,
    },
    /// It would have to be paid through a provider, and there is none.
    #[error("the order needs a payment provider, and there is none")]
    PaymentsUnavailable,
    /// It costs more than one charge can.
    #[error("the order costs more than can be charged at once")]
    TotalTooLarge,
    /// It costs a finer amount than can be charged: paid at once, or put on a tab that is paid some day.
    #[error("the order does not cost a multiple of {finest} {}, the finest amount that can be charged", finest.currency())]
    TotalTooFine {
        /// Amount that the total must be a multiple of.
        finest: Money,
    },
    /// It has to be paid first, for this reason, and it costs less than can be charged, even with the tab.
    #[error("the order has to be paid first, and costs less than can be charged; {reason}")]
    TooSmallToPay {
        /// Smallest amount that can be charged.
        smallest: Money,
        /// Why it is not put on the tab.
        reason: NoCredit,
    },
    /// Its buyer owes something, and this unfinished payment carries it: that one comes first.
    #[error("{0} includes what is on the tab, and comes first")]
    TabInCheckout(TabCarrier),
    /// As many orders of its buyer await payment as may.
    #[error("{most} orders of the buyer may await payment at once")]
    TooManyOpenCheckouts {
        /// Most orders that may.
        most: u32,
    },
    /// As many orders of buyers of the same network who have never paid await payment as may.
    #[error(
        "{most} orders of buyers of one network who have not paid before may await payment at once"
    )]
    TooManyOpenCheckoutsOfNetwork {
        /// Most orders that may.
        most: u32,
    },
    /// Its buyer has held units of the listing before without paying.
    #[error("the buyer may hold units of the listing again from {until} on")]
    HeldBefore {
        /// End of the pause, UTC.
        until: Timestamp,
    },
    /// The listing, the tab and the marketplace do not settle in one currency.
    #[error("the listing is priced in another currency than the marketplace settles in")]
    CurrencyMismatch,
    /// A unit no longer has the price that the buyer was shown.
    #[error("a unit costs {now} {} now", now.currency())]
    PriceChanged {
        /// Price of one unit now.
        now: Money,
    },
}

impl From<MoneyError> for Rejection {
    fn from(error: MoneyError) -> Self {
        match error {
            MoneyError::Overflow => Self::TotalTooLarge,
            MoneyError::CurrencyMismatch(..) => Self::CurrencyMismatch,
        }
    }
}
