use async_trait::async_trait;
use thiserror::Error;

use super::StoreError;
use crate::id::{ChargeId, RefundId, TokenId};
use crate::order::OrderState;
use crate::payment::{Charge, CheckoutSession, PaymentEvent};
use crate::policy::Unchargeable;
use crate::time::{RetryAfter, Timestamp};

pub use crate::payment::{AlertKind, ChargeOrder, ChargeTab, PaymentAlert};

/// Keeps charges, and applies the provider's events, each exactly once.
///
/// An implementation is given the [`OrderPolicy`](crate::policy::OrderPolicy) when it is made. It locks and
/// reads what a function of [`payment`](crate::payment) takes, calls it, and writes what it returns, all in
/// one step: no amount, deadline or state is of its own making. It shares its orders, tabs, tokens and
/// listings with [`OrderStore`](super::OrderStore), and its charges and refunds with
/// [`PaymentBacklog`](super::PaymentBacklog).
///
/// # What it keeps
/// - Each charge with its state, whether its session *may still be paid* (`true` from the start, `false` once
///   it was paid or [`end_charge`](crate::payment::end_charge) has ended it), the reference of its payment, the
///   highest sum that the provider has reported as refunded, and all refunds and disputes of it.
/// - For each order, the charge that it *belongs to*: the one made for it, or the one that carries it off the
///   tab or has paid for it. An order is on the tab *uncarried* while it is fulfilled, was put on the tab, and
///   belongs to no charge.
/// - The ids of all events that were applied.
/// - The events about payments that no charge has yet.
///
/// # Cancellation
/// A call whose future is dropped has happened whole or not at all. Every call can be repeated.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait PaymentStore: Send + Sync {
    /// Returns the charge for an order that awaits payment, as
    /// [`charge_order`](crate::payment::charge_order) decides.
    ///
    /// The first call makes it. The order and the carried orders belong to it from then on, and the order's
    /// reservation lapses when the charge expires. Later calls return the same charge, with its session once
    /// that is recorded, whatever is on the tab by then and however the listing is named. Of two calls at once, one makes the charge.
    ///
    /// A call that returns a charge without a session lets the caller open one. It counts for the buyer and, if the
    /// buyer has never paid, for the network, as [`admit_session`](crate::payment::admit_session) decides by
    /// [`HoldTerms`](crate::policy::HoldTerms); that of a sweep counts if it makes the charge.
    ///
    /// # Errors
    /// - [`NotFound`](OpenChargeError::NotFound) if there is no such order, or
    ///   [`ChargeOrder::buyer_id`] is another account than its buyer.
    /// - [`InvalidState`](OpenChargeError::InvalidState) if it does not await payment.
    /// - [`Unchargeable`](OpenChargeError::Unchargeable) if nothing could ever pay for it. The order has been
    ///   canceled then, its units are on sale again, and no charge has been made.
    /// - [`TooManySessions`](OpenChargeError::TooManySessions); nothing has changed, and the order awaits payment.
    /// - [`Unavailable`](OpenChargeError::Unavailable); nothing has changed, or all of it has.
    async fn charge_order(&self, request: ChargeOrder) -> Result<Charge, OpenChargeError>;

    /// Returns a charge for the buyer's tab alone, as [`charge_tab`](crate::payment::charge_tab) decides: one
    /// that can still be paid, or a new one, to which the orders that it carries belong from then on. Calls are counted
    /// as those of [`charge_order`](Self::charge_order).
    ///
    /// # Errors
    /// - [`NothingOwed`](OpenChargeError::NothingOwed) if there is nothing to carry, or no such account.
    /// - [`Unchargeable`](OpenChargeError::Unchargeable) if what is on the tab cannot be charged; it stays
    ///   there.
    /// - [`TooManySessions`](OpenChargeError::TooManySessions); nothing has changed.
    /// - [`Unavailable`](OpenChargeError::Unavailable); nothing has changed, or all of it has.
    async fn charge_tab(&self, request: ChargeTab) -> Result<Charge, OpenChargeError>;

    /// Records the session on which a charge is paid. The first record stands, whatever is recorded later:
    /// the provider opens one session for a charge. Nothing happens if there is no such charge.
    ///
    /// [`Order::payment_url`](crate::order::Order::payment_url) of the charge's order is the session's from
    /// then on, while the order awaits payment.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn record_session(
        &self,
        charge: ChargeId,
        session: CheckoutSession,
    ) -> Result<(), StoreError>;

    /// Applies an event. The event's id is recorded together with all that the event changes, so that a repeat
    /// changes nothing and a failure leaves no trace.
    ///
    /// [`effect`](crate::payment::PaymentEventKind::effect) says which rule applies:
    ///
    /// - **Paid:** [`settle`](crate::payment::settle), over the charge, its order, and the small orders that
    ///   [`clears`](crate::payment::ChargeState::clears) selects. The order moves; the cleared orders belong to
    ///   the charge, and those that it carried and did not clear belong to none; the tab falls by
    ///   [`off_the_tab`](crate::payment::Settled::off_the_tab); what
    ///   [`Settled::refund`](crate::payment::Settled::refund) returns is owed. The charge is paid and has this
    ///   payment. Then the events that were kept about the payment are applied, in the order of
    ///   [`in_order_of_happening`](crate::payment::in_order_of_happening). A second payment is owed back as
    ///   [`PaidAgain`](crate::payment::Settlement::PaidAgain) says, once.
    /// - **Failed or expired:** [`end_charge`](crate::payment::end_charge). The order moves, the charge closes,
    ///   its session can no longer be paid, and the orders that it carries belong to no charge.
    /// - **Refunded or disputed:** [`reverse`](crate::payment::reverse), over the charge that has the payment, or
    ///   that has a refund of it as [`Refund::other_payment`](crate::payment::Refund::other_payment), with all
    ///   orders that belong to it. All that it returns is written.
    ///
    /// A move is written with all of its [effects](crate::order::Move): units, token, and, if it
    /// [closes the charge](crate::order::OrderState::closes_charge) that was made for the order, that charge is
    /// closed and the orders that it carries belong to none; its session may still be paid. A token is issued
    /// with [`ApplyEvent::token_id`] and expires by the policy, counted from [`ApplyEvent::at`]. Refunds take
    /// their ids from [`RefundIds`](crate::payment::RefundIds) starting with [`ApplyEvent::refund_id`]. Alerts
    /// are raised as [`AlertStore::raise`](super::AlertStore::raise) does.
    ///
    /// [`Tab::has_paid`](crate::order::Tab::has_paid) of the buyer is whether any charge
    /// [earns credit](crate::payment::earns_credit), from the event on that changes it.
    ///
    /// An event of the provider's is recorded for [`EventInbox`](super::EventInbox), with its effect or after it has failed.
    ///
    /// For each order of a dispute, what [`Dispute::audited`](crate::payment::Dispute::audited) names is
    /// written as an audit record without an account.
    ///
    /// # Returns
    /// - [`Repeated`](Applied::Repeated) for an event id that was applied before, whatever the event says, and
    ///   for the payment that a charge was settled by; the id of its event is recorded.
    /// - [`Ignored`](Applied::Ignored) for a charge that does not exist, for the end of a charge that is paid,
    ///   for a payment that no charge has yet (the event is kept), and for an event of no use. All of these
    ///   ids are recorded.
    /// - [`Alert`](Applied::Alert) with the alerts that an operator does not know yet, whatever else was done.
    /// - [`Done`](Applied::Done) otherwise.
    ///
    /// # Errors
    /// [`StoreError`]; nothing has changed then, or all of it has, and a repeat of the event says which.
    async fn apply(&self, event: ApplyEvent) -> Result<Applied, StoreError>;
}

/// Why there is no charge.
#[derive(Debug, Error)]
pub enum OpenChargeError {
    /// There is no such order, or it is another buyer's.
    #[error("there is no such order")]
    NotFound,
    /// The order does not await payment.
    #[error("the order is {0}")]
    InvalidState(OrderState),
    /// There is nothing on the tab, or other open charges carry all of it.
    #[error("there is nothing on the tab to pay for")]
    NothingOwed,
    /// The amount cannot be charged at once.
    #[error(transparent)]
    Unchargeable(#[from] Unchargeable),
    /// Too many sessions of the buyer, or of new buyers of the network, were opened lately.
    #[error("too many checkouts; the next one is opened at {}", .0.until)]
    TooManySessions(RetryAfter),
    /// The store failed.
    #[error("opening a charge failed")]
    Unavailable(#[from] StoreError),
}

/// An event to be applied. Its identifiers are drawn beforehand, so that applying it again applies it once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApplyEvent {
    /// The event.
    pub event: PaymentEvent,
    /// First identifier of refunds, should money be owed back or have gone back.
    pub refund_id: RefundId,
    /// Identifier of the token, should an order be fulfilled.
    pub token_id: TokenId,
    /// Time of the request, UTC.
    pub at: Timestamp,
}

/// Result of applying an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Applied {
    /// It was applied.
    Done,
    /// It had been applied before.
    Repeated,
    /// It concerns nothing that the marketplace knows so far, or changes nothing.
    Ignored,
    /// It was applied as far as it can be, and an operator must look into it.
    Alert(Vec<PaymentAlert>),
}
