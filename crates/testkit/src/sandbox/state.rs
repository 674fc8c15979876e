use std::collections::HashMap;

use serde_json::Value;

/// Everything that a sandbox holds, at one moment.
#[derive(Debug, Clone)]
pub struct SandboxState {
    whole: Value,
    /// Index of each session's payment in `payment_intents`.
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

    /// All Checkout sessions.
    #[must_use]
    pub fn sessions(&self) -> &[Value] {
        list(&self.whole, "sessions")
    }

    /// All disputes.
    #[must_use]
    pub fn disputes(&self) -> &[Value] {
        list(&self.whole, "disputes")
    }

    /// All payment intents, each with its statement.
    #[must_use]
    pub fn statements(&self) -> &[Value] {
        list(&self.whole, "payment_intents")
    }

    /// All refunds, of any status.
    #[must_use]
    pub fn refunds(&self) -> &[Value] {
        list(&self.whole, "refunds")
    }

    /// The sessions with this `client_reference_id`: the id of an order, or of a charge for a tab.
    #[must_use]
    pub fn sessions_for(&self, reference: &str) -> Vec<&Value> {
        self.sessions()
            .iter()
            .filter(|session| text(session, "client_reference_id") == reference)
            .collect()
    }

    /// Number of payments of which an amount has been received.
    #[must_use]
    pub fn payments(&self) -> usize {
        list(&self.whole, "payment_intents")
            .iter()
            .filter(|payment| amount(payment, "amount_received") > 0)
            .count()
    }

    /// Remainder of a session's payment after refunds and disputes, in minor units; 0 if it has none.
    #[must_use]
    pub fn net(&self, session: &str) -> i64 {
        self.payment(session)
            .map_or(0, |payment| amount(payment, "net"))
    }

    /// The refunds of a session's payment that have neither failed nor been canceled, in minor units.
    #[must_use]
    pub fn refunds_of(&self, session: &str) -> Vec<i64> {
        let Some(payment) = self.payment(session).map(|payment| text(payment, "id")) else {
            return Vec::new();
        };
        self.refunds()
            .iter()
            .filter(|refund| text(refund, "payment_intent") == payment)
            .filter(|refund| !matches!(text(refund, "status"), "failed" | "canceled"))
            .map(|refund| amount(refund, "amount"))
            .collect()
    }

    /// Number of attempts to deliver a webhook.
    #[must_use]
    pub fn attempts(&self) -> usize {
        list(&self.whole, "deliveries")
            .iter()
            .map(|delivery| list(delivery, "attempts").len())
            .sum()
    }

    fn payment(&self, session: &str) -> Option<&Value> {
        let at = self.payments.get(session)?;
        list(&self.whole, "payment_intents").get(*at)
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
