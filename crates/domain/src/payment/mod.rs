//! Payments of orders: charges, events of the provider, refunds and disputes.
//!
//! A [`Charge`] asks a buyer to pay an order at once, and with it the small orders that are open on the
//! tab. [`charge_order`] and [`charge_tab`] decide which charge that is. Each message of the provider
//! becomes a [`PaymentEvent`], and [`PaymentEventKind::effect`] selects its rule: [`settle`] decides what
//! a payment does, [`end_charge`] what the end of a charge does, and [`reverse`] what refunds and
//! disputes do. [`give_back()`] decides what is owed when a seller refunds.
//!
//! All of them are pure functions over snapshots that a store reads under lock. The store
//! writes what they return.

mod admission;
mod alert;
mod attribution;
mod books;
mod carrying;
mod charge;
mod dispute;
mod earned_credit;
mod effect;
mod ending;
mod event;
mod giving_back;
mod opening;
mod out_of_order;
mod paid_charge;
mod received;
mod reference;
mod refund;
mod reversal;
mod reversing;
mod settlement;

pub use crate::order::{PaymentRoute, Tab};
pub use admission::{SESSION_PERIOD, admit_session};
pub use alert::{AlertKind, PaymentAlert};
pub use carrying::{CarryingCharge, TabOrder};
pub use charge::{
    Charge, ChargeState, ChargedOrder, CheckoutSession, RefundDue, SessionReport, SessionStatus,
};
pub use dispute::{Dispute, DisputeState, DisputedOrder, ReportedDispute, Taken};
pub use earned_credit::earns_credit;
pub use effect::EventEffect;
pub use ending::{ChargeEnd, EndedCharge, EndingCharge, end_charge};
pub use event::{ListedEvents, Payment, PaymentEvent, PaymentEventKind};
pub use giving_back::{ChargeToRefund, GiveBack, OrderToRefund, give_back, give_back_revoked};
pub use opening::{
    ChargeOrder, ChargeTab, NewCharge, OrderCharge, OrderToCharge, TabCharge, TabChargeSnapshot,
    UncarriedOrder, charge_order, charge_tab,
};
pub use out_of_order::{OutOfOrderEvent, in_order_of_happening};
pub use paid_charge::{PaidCharge, PaidOrder, PaidToken};
pub use received::{EventName, EventNumber, EventState, EventSubject, ReceivedEvent};
pub use reference::{EventId, ProviderReference};
pub use refund::{
    Refund, RefundIds, RefundOrigin, RefundOutcome, RefundState, ReportedRefund, retry_at,
};
pub use reversal::{Reversal, ReversalReport, Reversed, TokenChange};
pub use reversing::reverse;
pub use settlement::{
    CarriedOrder, ChargeSnapshot, ClearedOrders, OwnOrder, Settled, Settlement, settle,
};
