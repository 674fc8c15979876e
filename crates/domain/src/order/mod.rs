//! Orders: their types, and the rules that accept and move them.

mod batch;
mod buyer;
mod change;
mod credit;
mod decision;
mod holding;
mod holds;
mod payment_url;
mod rejection;
mod release;
mod revocation;
mod sales;
mod state;
mod stock_delta;
mod tab;

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use crate::account::{Network, SessionDigest};
use crate::administration::Operator;
use crate::audit::{Actor, Reason};
use crate::id::{AccountId, ListingId, OrderId, RefundId, TokenId};
use crate::listing::ServiceName;
use crate::money::Money;
use crate::time::Timestamp;
use crate::units::Units;

pub use batch::{NewOrder, NewToken, OrderBatch, Outcome, PriorOrder};
pub use buyer::BuyerSnapshot;
pub use change::{ChangeRefused, cancel, refund};
pub use credit::NoCredit;
pub use decision::{Decision, ListingSnapshot, OrderRequest, decide};
pub use holds::{Holds, LetGo, TabCarrier};
pub use payment_url::payment_url;
pub use rejection::Rejection;
pub use release::{Reservation, release};
pub use revocation::refund_by_revoking;
pub use sales::{DailySales, Sale, SalesPeriod};
pub use state::{
    FormerToken, Fulfillment, MoneyEffect, Move, OrderEvent, OrderState, ReturnedUnits,
    StockEffect, StockOnHand, TokenEffect, Transition, transition,
};
pub use stock_delta::StockDelta;
pub use tab::{PaymentRoute, Tab};

/// A client's key for an order, so that a repeated request places it once: 1 to 255 printable
/// ASCII characters.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct IdempotencyKey(String);

/// The text is no idempotency key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("must be 1 to 255 printable ASCII characters")]
pub struct IdempotencyKeyError;

impl IdempotencyKey {
    /// Most characters of a key.
    pub const MAX_LENGTH: usize = 255;

    /// The key.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for IdempotencyKey {
    type Err = IdempotencyKeyError;

    fn from_str(text: &str) -> Result<Self, IdempotencyKeyError> {
        let printable = |byte: u8| matches!(byte, b' '..=b'~');
        if (1..=Self::MAX_LENGTH).contains(&text.len()) && text.bytes().all(printable) {
            Ok(Self(text.to_owned()))
        } else {
            Err(IdempotencyKeyError)
        }
    }
}

impl fmt::Display for IdempotencyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Authentication of a request to place an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Authority {
    /// A session, looked up in the transaction that places the order.
    Session(SessionDigest),
    /// An account that the caller has authenticated itself.
    Account(AccountId),
}

/// Request to place an order. Its identifiers are drawn beforehand, so that a store that runs its transaction
/// again places it once. A caller that asks again draws new ones: what finds the order is its idempotency key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaceOrder {
    /// The order's identifier.
    pub order_id: OrderId,
    /// Identifier of its token, used if it is fulfilled immediately.
    pub token_id: TokenId,
    /// Session or authenticated account that places the order.
    pub authority: Authority,
    /// Id of the listing.
    pub listing_id: ListingId,
    /// Number of units.
    pub units: Units,
    /// Price of one unit that the buyer was shown; `None` = any price.
    pub expected_price: Option<Money>,
    /// Idempotency key of the request; `None` if a repeat is a new order.
    pub idempotency_key: Option<IdempotencyKey>,
    /// Network that the request came from; `None` if networks are not counted.
    pub network: Option<Network>,
    /// Time of the request, UTC.
    pub placed_at: Timestamp,
}

/// An order that was placed, or that the same idempotency key had placed before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlacedOrder {
    /// The order, as it is now.
    pub order: Order,
    /// Whether an earlier request had placed it.
    pub replayed: bool,
}

/// An order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// Its identifier.
    pub id: OrderId,
    /// Account of the buyer.
    pub buyer_id: AccountId,
    /// Account of the seller.
    pub seller_id: AccountId,
    /// Id of the listing.
    pub listing_id: ListingId,
    /// Name of the service, as the listing has it now.
    pub service_name: ServiceName,
    /// Number of units.
    pub units: Units,
    /// Price of one unit when the order was placed.
    pub price_per_unit: Money,
    /// Total price.
    pub total: Money,
    /// Payment method.
    pub route: PaymentRoute,
    /// State of the order.
    pub state: OrderState,
    /// Time at which its reservation lapses, UTC; `None` unless it awaits payment.
    pub lapses_at: Option<Timestamp>,
    /// Its token, once it has been fulfilled.
    pub token_id: Option<TokenId>,
    /// URL of the checkout; `None` unless it awaits payment and a session is open.
    pub payment_url: Option<String>,
    /// Part of the tab that the charge made for it carries, which is paid with it; `None` unless it awaits payment
    /// and has a charge.
    pub tab_carried: Option<Money>,
    /// Amount that the provider has refunded.
    pub refunded: Money,
    /// Time at which its payment was applied, alone or together with the tab, UTC; `None` until then.
    pub paid_at: Option<Timestamp>,
    /// Creation time, UTC.
    pub created_at: Timestamp,
    /// Time at which its token was issued, UTC.
    pub fulfilled_at: Option<Timestamp>,
    /// Time at which it expired, was canceled or was refunded, UTC.
    pub closed_at: Option<Timestamp>,
}

/// Party that cancels an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CanceledBy {
    /// Its buyer or its seller.
    Party(Actor),
    /// An operator of the marketplace.
    Operator,
}

/// Request to cancel an order that awaits payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CancelOrder {
    /// Id of the order.
    pub order_id: OrderId,
    /// Party that asks for it.
    pub by: CanceledBy,
    /// Time of the request.
    pub at: Timestamp,
}

/// Account that refunds an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RefundedBy {
    /// Its seller.
    Seller(Actor),
    /// An operator of the marketplace, for a reason.
    Operator(Operator, Reason),
}

impl RefundedBy {
    /// The account that acts.
    #[must_use]
    pub const fn actor(&self) -> Actor {
        match self {
            Self::Seller(seller) => *seller,
            Self::Operator(operator, _) => operator.actor(),
        }
    }
}

/// Request to refund a fulfilled order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefundOrder {
    /// Id of the order.
    pub order_id: OrderId,
    /// Account that asks for it.
    pub by: RefundedBy,
    /// Time of the request.
    pub at: Timestamp,
    /// Whether its units are for sale again.
    pub units: ReturnedUnits,
    /// The refund's identifier, should its money have to go back through the provider.
    pub refund_id: RefundId,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_idempotency_key_is_short_printable_ascii() {
        assert!("a b-1".parse::<IdempotencyKey>().is_ok());
        for text in ["", "a\n", "é", &"k".repeat(256)] {
            assert_eq!(text.parse::<IdempotencyKey>(), Err(IdempotencyKeyError));
        }
    }
}
