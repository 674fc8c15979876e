//! How orders are paid for, and what becomes of their money.
//!
//! A [`Charge`] is what a buyer is asked to pay in one go: an order, and with it the small orders that are
//! open on the tab. [`charge_order`] and [`charge_tab`] say which charge that is. What the provider says
//! becomes a [`PaymentEvent`], of which [`PaymentEventKind::effect`] says what it is about: [`settle`] says
//! what a payment does, [`end_charge`] what the end of a charge does, and [`reverse`] what refunds and
//! disputes do. [`give_back`] says what is owed when a seller refunds.
//!
//! All of them are functions over snapshots that a store reads under lock. They touch nothing; the store
//! writes what they say.

mod alert;
mod charge;
mod dispute;
mod effect;
mod ending;
mod event;
mod opening;
mod out_of_order;
mod reference;
mod refund;
mod reversal;
mod settlement;

pub use crate::order::{PaymentRoute, Tab};
pub use alert::PaymentAlert;
pub use charge::{
    Charge, ChargeState, ChargedOrder, CheckoutSession, RefundDue, SessionReport, SessionStatus,
};
pub use dispute::DisputeState;
pub use effect::EventEffect;
pub use ending::{ChargeEnd, EndedCharge, end_charge};
pub use event::{EventId, Payment, PaymentEvent, PaymentEventKind};
pub use opening::{
    ChargeOrder, ChargeTab, NewCharge, OrderCharge, OrderToCharge, TabCharge, TabChargeSnapshot,
    UncarriedOrder, charge_order, charge_tab,
};
pub use out_of_order::{OutOfOrderEvent, in_order_of_happening};
pub use reference::ProviderReference;
pub use refund::{
    ChargeToRefund, GiveBack, NewRefund, OrderToRefund, RefundProgress, RefundSnapshot, give_back,
};
pub use reversal::{PaidCharge, PaidOrder, Reversal, ReversalKind, Reversed, TokenChange, reverse};
pub use settlement::{
    CarriedOrder, ChargeSnapshot, ClearedOrders, OwnOrder, Settled, Settlement, settle,
};
