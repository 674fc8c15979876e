use std::collections::HashMap;

use serde_json::Value;

/// All that a sandbox knows, at some moment.
#[derive(Debug, Clone)]
pub struct SandboxState {
    whole: Value,
    /// Where the payment of each session is.
    payments: HashMap<String, usize>,
}

impl SandboxState {
    pub(super) fn new(whole: Value) -> Self {
        let payments = list(&whole, "payment_intents").iter().enumerate();
        let payments = payments.map(|(at, payment)| (text(payment, "session").to_owned(), at));
        Self {
            payments: payments.collect(),
            whole,
        }
    }

    /// Its sessions.
    #[must_use]
    pub fn sessions(&self) -> &[Value] {
        list(&self.whole, "sessions")
    }

    /// Its refunds.
    #[must_use]
    pub fn refunds(&self) -> &[Value] {
        list(&self.whole, "refunds")
    }

    /// The sessions that were opened for an order, or for the charge of a tab.
    #[must_use]
    pub fn sessions_for(&self, reference: &str) -> Vec<&Value> {
        self.sessions()
            .iter()
            .filter(|session| text(session, "client_reference_id") == reference)
            .collect()
    }

    /// How many payments have come in.
    #[must_use]
    pub fn payments(&self) -> usize {
        list(&self.whole, "payment_intents")
            .iter()
            .filter(|payment| amount(payment, "amount_received") > 0)
            .count()
    }

    /// What is left of what was paid on a session, after refunds and disputes, in minor units.
    #[must_use]
    pub fn net(&self, session: &str) -> i64 {
        let payment = self.payments.get(session);
        let payment = payment.and_then(|at| list(&self.whole, "payment_intents").get(*at));
        payment.map_or(0, |payment| amount(payment, "net"))
    }

    /// The amounts that were given back of what was paid on a session, in minor units.
    #[must_use]
    pub fn refunds_of(&self, session: &str) -> Vec<i64> {
        let payment = self.payments.get(session);
        let payment = payment.and_then(|at| list(&self.whole, "payment_intents").get(*at));
        let Some(payment) = payment.map(|payment| text(payment, "id")) else {
            return Vec::new();
        };
        self.refunds()
            .iter()
            .filter(|refund| text(refund, "payment_intent") == payment)
            .map(|refund| amount(refund, "amount"))
            .collect()
    }

    /// How often webhooks were attempted in all.
    #[must_use]
    pub fn attempts(&self) -> usize {
        list(&self.whole, "deliveries")
            .iter()
            .map(|delivery| list(delivery, "attempts").len())
            .sum()
    }
}

fn list<'a>(object: &'a Value, name: &str) -> &'a [Value] {
    let items = object.get(name).and_then(Value::as_array);
    items.map(Vec::as_slice).unwrap_or_default()
}

fn text<'a>(object: &'a Value, name: &str) -> &'a str {
    object.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn amount(object: &Value, name: &str) -> i64 {
    object.get(name).and_then(Value::as_i64).unwrap_or_default()
}
