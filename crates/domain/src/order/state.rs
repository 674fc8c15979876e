use strum::{Display, EnumString, IntoStaticStr, VariantArray};

use crate::units::{Stock, Units};

/// State of an order. Its name, in snake case, is what storage and clients know it by.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Display, EnumString, IntoStaticStr, VariantArray,
)]
#[strum(serialize_all = "snake_case")]
pub enum OrderState {
    /// Placed and not paid. Its units are held.
    AwaitingPayment,
    /// Paid or on the tab; its token is issued.
    Fulfilled,
    /// Its reservation lapsed unpaid.
    Expired,
    /// Canceled by its buyer, its seller or an operator, or its payment failed.
    Canceled,
    /// Refunded by its seller or at the provider, or lost to a dispute.
    Refunded,
}

impl OrderState {
    /// All states, in the order of their declaration.
    pub const ALL: &[Self] = Self::VARIANTS;

    /// Whether the order's units are held: no longer on sale, and not sold yet.
    #[must_use]
    pub const fn holds_units(self) -> bool {
        matches!(self, Self::AwaitingPayment)
    }

    /// Whether an order in this state can be canceled.
    #[must_use]
    pub const fn is_cancelable(self) -> bool {
        matches!(transition(self, OrderEvent::Canceled), Transition::Move(_))
    }

    /// Whether its seller can refund an order in this state.
    #[must_use]
    pub const fn is_refundable(self) -> bool {
        let refund = OrderEvent::Refunded(ReturnedUnits::StaySold);
        matches!(transition(self, refund), Transition::Move(_))
    }

    /// Whether the order's total counts as revenue of its seller.
    #[must_use]
    pub const fn is_revenue(self) -> bool {
        matches!(self, Self::Fulfilled)
    }

    /// Whether the units of an order in this state are sold. While it is fulfilled they are. Those of a refunded
    /// order stay sold if it had been fulfilled, as its token shows, unless they went back on sale.
    ///
    /// Wherever units sold are counted, this is what counts: in the stock of a listing, and in the sales of a day.
    #[must_use]
    pub const fn is_sold(self, had_token: bool, returned: ReturnedUnits) -> bool {
        match self.fulfillment() {
            Fulfillment::Never => false,
            Fulfillment::Current => true,
            Fulfillment::Former => had_token && matches!(returned, ReturnedUnits::StaySold),
        }
    }

    /// Whether an order in this state has ended: it expired, was canceled, or was refunded.
    #[must_use]
    pub const fn is_closed(self) -> bool {
        matches!(self, Self::Expired | Self::Canceled | Self::Refunded)
    }

    /// Whether an order in this state has ended unpaid: its payment is no longer requested, so that
    /// its charge, if it is open, is closed with it.
    #[must_use]
    pub const fn closes_charge(self) -> bool {
        matches!(self, Self::Expired | Self::Canceled)
    }

    /// Whether an order in this state has been fulfilled.
    #[must_use]
    pub const fn fulfillment(self) -> Fulfillment {
        match self {
            Self::AwaitingPayment | Self::Expired | Self::Canceled => Fulfillment::Never,
            Self::Fulfilled => Fulfillment::Current,
            Self::Refunded => Fulfillment::Former,
        }
    }
}

/// Whether an order has been fulfilled, and with that what else exists of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fulfillment {
    /// Not so far: the order has no token, and no charge has paid for it.
    Never,
    /// It is fulfilled: it has a token and, unless it was put on the tab, a charge that has paid for it.
    Current,
    /// It was, unless it was paid too late to be fulfilled; its token, if it has one, is revoked.
    Former,
}

/// An event that may change the state of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OrderEvent {
    /// Its payment is confirmed.
    Paid(StockOnHand),
    /// Its reservation has lapsed.
    Lapsed,
    /// Its buyer, its seller or an operator cancels it.
    Canceled,
    /// Its payment has failed finally.
    PaymentFailed,
    /// Its seller refunds it.
    Refunded(ReturnedUnits),
    /// A dispute was lost: the buyer's bank has returned the money.
    DisputeLost,
    /// A dispute that had been lost was won after all: the money is with the marketplace again. Only for an
    /// order that [`DisputeLost`](Self::DisputeLost) has refunded.
    DisputeReversed(FormerToken),
}

/// The token of an order as it was when a dispute about the order was lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FormerToken {
    /// It granted access, or was suspended by the dispute.
    Usable,
    /// It had been revoked.
    Revoked,
}

/// Whether the listing still has the units of an order that is paid late.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StockOnHand {
    /// It has as many units as the order is for.
    Enough,
    /// It has fewer.
    Short,
}

impl StockOnHand {
    /// Whether `available` units are enough for an order of `units`.
    #[must_use]
    pub fn of(available: Stock, units: Units) -> Self {
        match available.take(units) {
            Some(_) => Self::Enough,
            None => Self::Short,
        }
    }
}

/// Use of the units of a refunded order, as the seller decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum ReturnedUnits {
    /// They stay sold: the buyer may have used them.
    #[default]
    StaySold,
    /// They are for sale again.
    ForSale,
}

/// Effect of a transition on the listing's units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StockEffect {
    /// Nothing.
    None,
    /// Held units become sold.
    HeldToSold,
    /// Held units become available.
    HeldToAvailable,
    /// Available units become sold.
    AvailableToSold,
    /// Sold units become available.
    SoldToAvailable,
}

/// Effect of a transition on the order's token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TokenEffect {
    /// Nothing.
    None,
    /// It is issued.
    Issue,
    /// It is revoked.
    Revoke,
    /// It was revoked, and is active again.
    Restore,
}

/// Effect of a transition on the buyer's money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MoneyEffect {
    /// Nothing.
    None,
    /// The amount paid or owed for the order is returned.
    GiveBack,
}

/// A move to another state, with all that goes with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Move {
    /// The new state.
    pub to: OrderState,
    /// Effect on the listing's units.
    pub stock: StockEffect,
    /// Effect on the order's token.
    pub token: TokenEffect,
    /// Effect on the buyer's money.
    pub money: MoneyEffect,
}

/// Result of applying an event to an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Transition {
    /// The order moves.
    Move(Move),
    /// The state stays: the event is late or a repeat.
    Unchanged,
    /// The state stays, and the caller gets an error.
    Refused,
}

/// Applies `event` to an order in `state`. Total: defined for every pair.
///
/// Events from outside (payments, lapses, disputes) arrive late, twice and in any order, so that none
/// of them is ever refused where it can occur; only requests of a buyer or seller are.
#[must_use]
pub const fn transition(state: OrderState, event: OrderEvent) -> Transition {
    use MoneyEffect as Money;
    use OrderEvent as On;
    use OrderState as At;
    use StockEffect as Stock;
    use TokenEffect as Token;

    const fn go(to: At, stock: Stock, token: Token, money: Money) -> Transition {
        Transition::Move(Move {
            to,
            stock,
            token,
            money,
        })
    }

    match (state, event) {
        (At::AwaitingPayment, On::Paid(_)) => {
            go(At::Fulfilled, Stock::HeldToSold, Token::Issue, Money::None)
        }
        (At::AwaitingPayment, On::Lapsed) => go(
            At::Expired,
            Stock::HeldToAvailable,
            Token::None,
            Money::None,
        ),
        (At::AwaitingPayment, On::Canceled | On::PaymentFailed) => go(
            At::Canceled,
            Stock::HeldToAvailable,
            Token::None,
            Money::None,
        ),
        // The money came after the units had gone back on sale.
        (At::Expired | At::Canceled, On::Paid(StockOnHand::Enough)) => go(
            At::Fulfilled,
            Stock::AvailableToSold,
            Token::Issue,
            Money::None,
        ),
        (At::Expired | At::Canceled, On::Paid(StockOnHand::Short)) => {
            go(At::Refunded, Stock::None, Token::None, Money::GiveBack)
        }
        (At::Fulfilled, On::Refunded(ReturnedUnits::ForSale)) => go(
            At::Refunded,
            Stock::SoldToAvailable,
            Token::Revoke,
            Money::GiveBack,
        ),
        (At::Fulfilled, On::Refunded(ReturnedUnits::StaySold)) => {
            go(At::Refunded, Stock::None, Token::Revoke, Money::GiveBack)
        }
        // The bank has given the money back already.
        (At::Fulfilled, On::DisputeLost) => {
            go(At::Refunded, Stock::None, Token::Revoke, Money::None)
        }
        (At::Refunded, On::DisputeReversed(FormerToken::Usable)) => {
            go(At::Fulfilled, Stock::None, Token::Restore, Money::None)
        }
        (At::Refunded, On::DisputeReversed(FormerToken::Revoked)) => {
            go(At::Fulfilled, Stock::None, Token::None, Money::None)
        }
        (
            At::Fulfilled | At::AwaitingPayment | At::Expired | At::Canceled,
            On::DisputeReversed(_),
        )
        | (At::Fulfilled | At::Refunded, On::Paid(_) | On::Lapsed | On::PaymentFailed)
        | (At::Refunded, On::Refunded(_) | On::DisputeLost)
        | (At::Expired | At::Canceled, On::Lapsed | On::PaymentFailed)
        | (At::Canceled, On::Canceled) => Transition::Unchanged,
        (At::Fulfilled | At::Refunded | At::Expired, On::Canceled)
        | (At::AwaitingPayment | At::Expired | At::Canceled, On::Refunded(_) | On::DisputeLost) => {
            Transition::Refused
        }
    }
}

#[cfg(test)]
mod tests;
