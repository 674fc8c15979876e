//! The account without HTTP, at whatever time a test likes.

mod checkout;
mod disputes;
mod paying;
mod refunds;

use super::books::Balance;
use super::*;

const NOW: i64 = 1_700_000_000;

fn account() -> Account {
    let rules = Rules {
        pages: "http://sandbox".to_owned(),
        shortest_session: 1_800,
    };
    Account::new(rules, Chance::seeded(1))
}

fn at(seconds: i64) -> Occasion {
    Occasion::at(NOW + seconds)
}

fn new_session(prices: &[(i64, i64)]) -> NewSession {
    let item = |(unit_amount, quantity): &(i64, i64)| Item {
        name: "Calls".to_owned(),
        description: None,
        unit_amount: *unit_amount,
        quantity: *quantity,
    };
    NewSession {
        currency: Currency::parse("usd").unwrap(),
        items: prices.iter().map(item).collect(),
        expires_at: Some(NOW + 1_800),
        terms: Terms::default(),
    }
}

/// A session about 10.00 USD.
fn open(account: &mut Account) -> String {
    let wanted = new_session(&[(250, 4)]);
    account.open_session(wanted, &at(0)).unwrap()
}

/// The same, paid; its id and its payment intent's.
fn paid(account: &mut Account) -> (String, String) {
    let session = open(account);
    account.pay(&session, Timing::WhileOpen, &at(1)).unwrap();
    let payment = account.sessions.find(&session).unwrap();
    let payment = payment.payment_intent.clone().unwrap();
    account.take_events();
    (session, payment)
}

/// What happened since the last call.
fn happened(account: &mut Account) -> Vec<&'static str> {
    let events = account.take_events();
    let kind = |id: &String| account.events.find(id).unwrap().kind.name();
    events.iter().map(kind).collect()
}

fn balance(account: &Account, payment: &str) -> Balance {
    account.balance(account.payments.find(payment).unwrap())
}
