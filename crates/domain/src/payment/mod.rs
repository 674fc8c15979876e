//! How orders are paid for.
//!
//! A [`Charge`] is what a buyer is asked to pay in one go: an order, and with it the small orders that
//! are open on the tab. What the provider says becomes a [`PaymentEvent`]; [`settle`] says what a
//! payment comes to, whatever has happened to the orders meanwhile.

mod charge;
mod event;
mod opening;
mod settlement;

pub use charge::{
    Charge, ChargeState, ChargedOrder, CheckoutSession, ProviderReference, RefundDue,
    SessionReport, SessionStatus,
};
pub use event::{EventId, Payment, PaymentEvent, PaymentEventKind};
pub use opening::{
    ChargeOrder, ChargeTab, NewCharge, OrderCharge, OrderToCharge, TabCharge, TabChargeSnapshot,
    UncarriedOrder, charge_order, charge_tab,
};
pub use settlement::{CarriedOrder, ChargeSnapshot, OwnOrder, Settled, Settlement, settle};

pub use crate::order::{PaymentRoute, Tab};
