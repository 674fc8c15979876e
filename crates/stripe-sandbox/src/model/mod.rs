//! The objects of a Stripe account as plain data, without behaviour.

mod currency;
mod dispute;
mod event;
mod object;
mod payment;
mod refund;
mod session;

pub(crate) use currency::Currency;
pub(crate) use dispute::{Dispute, DisputeMovement, DisputeStatus, NewDispute};
pub(crate) use event::{Cause, Event, EventType, NewEvent};
pub(crate) use object::StripeObject;
pub(crate) use payment::{Charge, ChargeStatus, Payment, PaymentStatus};
pub(crate) use refund::{
    NewRefund, Refund, RefundFailure, RefundOutcome, RefundStatus, RefundTarget,
};
pub(crate) use session::{
    LineItem, Metadata, NewLineItem, NewSession, RepeatedPayment, Session, SessionOptions,
    SessionStatus,
};
