//! Compares the database with the provider's statements.

use std::collections::{HashMap, HashSet};

use anyhow::Result;
use serde_json::Value;
use tokio_postgres::{Client, Row};
use udam_testkit::SandboxState;

/// Paid charges. What its orders keep is what the fulfilled ones cost, less what has gone back of them.
const CHARGES: &str = "
    SELECT
        c.id::text, c.payment,
        (
            SELECT coalesce(sum(o.total_minor - coalesce(o.refunded_minor, 0)), 0)::bigint
            FROM orders o WHERE o.charge_id = c.id AND o.state = 'fulfilled'
        ),
        (
            SELECT coalesce(sum(r.amount_minor), 0)::bigint FROM refunds r
            WHERE r.charge_id = c.id AND r.state IN ('pending', 'given') AND r.other_payment IS NULL
        ),
        (
            SELECT coalesce(sum(d.amount_minor), 0)::bigint FROM disputes d
            WHERE d.charge_id = c.id AND d.state = 'lost'
        ),
        EXISTS (
            SELECT FROM alerts a WHERE a.charge_id = c.id AND a.kind IN (
                'dispute_unattributed', 'refund_unattributed', 'refunded_and_lost'
            )
        )
    FROM charges c WHERE c.state = 'paid'";

/// A paid charge. Amounts are in minor units.
#[derive(Debug)]
struct Charge {
    id: String,
    payment: String,
    kept: i64,
    refunded: i64,
    lost: i64,
    /// Whether an operator knows that the provider has less than the orders keep.
    alerted: bool,
}

impl From<&Row> for Charge {
    fn from(row: &Row) -> Self {
        Self {
            id: row.get(0),
            payment: row.get(1),
            kept: row.get(2),
            refunded: row.get(3),
            lost: row.get(4),
            alerted: row.get(5),
        }
    }
}

impl Charge {
    fn agrees_with(&self, statement: &Value) -> bool {
        let amount = |name: &str| statement[name].as_i64().unwrap_or_default();
        let kept = amount("net");
        self.refunded == amount("amount_refunded")
            && self.lost == amount("amount_charged_back")
            && amount("amount_disputed") == 0
            && amount("amount_refunds_pending") == 0
            && (self.kept == kept || (self.kept > kept && self.alerted))
    }
}

/// Describes every difference between a charge and the statement of its payment, and every payment that is kept
/// without a charge or an alert.
pub(super) async fn differences(database: &Client, state: &SandboxState) -> Result<Vec<String>> {
    let by_id = |statement| (text(statement, "id"), statement);
    let statements: HashMap<&str, &Value> = state.statements().iter().map(by_id).collect();
    let charges: Vec<Charge> = database
        .query(CHARGES, &[])
        .await?
        .iter()
        .map(Charge::from)
        .collect();
    let mut wrong = Vec::new();
    for charge in &charges {
        let statement = statements.get(charge.payment.as_str());
        if !statement.is_some_and(|statement| charge.agrees_with(statement)) {
            let id = &charge.id;
            wrong.push(format!("{id}: {charge:?} is at the provider {statement:?}"));
        }
    }
    let alerts = "SELECT subject FROM alerts WHERE kind = 'foreign_session'";
    let alerts = database.query(alerts, &[]).await?;
    let foreign = alerts.iter().map(|row| row.get::<_, String>(0));
    let own = charges.iter().map(|charge| charge.payment.clone());
    let known: HashSet<String> = own.chain(foreign).collect();
    for statement in state.statements() {
        let id = text(statement, "id");
        if statement["net"] != 0 && !known.contains(id) {
            wrong.push(format!("no charge and no alert has {statement}"));
        }
    }
    Ok(wrong)
}

fn text<'a>(object: &'a Value, name: &str) -> &'a str {
    object[name].as_str().unwrap_or_default()
}
