//! The account without HTTP and without a clock.

mod disputes;
mod payments;
mod refunds;
mod repeats;
mod sessions;

use fastrand::Rng;
use serde_json::Value;

use super::balance::Balance;
use super::*;
use crate::model::{
    Cause, Currency, DisputeStatus, Metadata, NewDispute, NewEvent, NewLineItem, NewRefund,
    NewSession, RefundOutcome, RefundStatus, RefundTarget, RepeatedPayment, SessionOptions,
};
use crate::uses::Uses;

const NOW: i64 = 1_700_000_000;

fn account() -> Account {
    let settings = AccountSettings {
        page_base_url: "http://sandbox".to_owned(),
        min_session_seconds: 1_800,
    };
    Account::new(settings, Rng::with_seed(1))
}

fn at(seconds: i64) -> Cause {
    Cause::at(NOW + seconds)
}

fn new_session(prices: &[(i64, i64)]) -> NewSession {
    let item = |(unit_amount, quantity): &(i64, i64)| NewLineItem {
        name: "Calls".to_owned(),
        description: None,
        unit_amount: *unit_amount,
        quantity: *quantity,
    };
    NewSession {
        currency: Currency::from_code("usd").unwrap(),
        items: prices.iter().map(item).collect(),
        expires_at: Some(NOW + 1_800),
        options: SessionOptions::default(),
    }
}

/// Opens a session over 10.00 USD.
fn open(account: &mut Account) -> String {
    let new = new_session(&[(250, 4)]);
    account.open_session(new, &at(0)).unwrap()
}

/// Opens the same session and pays it. Returns its id and its payment intent's.
fn paid(account: &mut Account) -> (String, String) {
    let session = open(account);
    account.pay(&session, PayWhen::Open, &at(1)).unwrap();
    let payment = account.sessions.find(&session).unwrap();
    let payment = payment.payment_intent.clone().unwrap();
    account.take_new_events();
    (session, payment)
}

/// Types of the events recorded since the last call.
fn event_types(account: &mut Account) -> Vec<String> {
    let events = account.take_new_events();
    let event_type = |id: &String| account.events.find(id).unwrap().kind.to_string();
    events.iter().map(event_type).collect()
}

fn balance(account: &Account, payment: &str) -> Balance {
    account.balance(account.payments.find(payment).unwrap())
}

fn new_refund(payment: &str, amount: Option<i64>) -> NewRefund {
    NewRefund {
        target: RefundTarget::Payment(payment.to_owned()),
        amount,
        reason: None,
        metadata: Metadata::new(),
        outcome: None,
    }
}

fn outcome(status: RefundStatus) -> RefundOutcome {
    RefundOutcome {
        status,
        failure_reason: "insufficient_funds".to_owned(),
    }
}
