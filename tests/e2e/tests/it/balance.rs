//! Compares the provider's balance with the database.

use std::collections::HashSet;

use anyhow::Result;
use udam_testkit::{Market, Sandbox, SandboxState, wait_until};

/// Charges, each with the total of the fulfilled orders that it has paid for; 0 if it is unpaid.
const CHARGES: &str = "
    SELECT c.id::text, coalesce(c.session, ''), c.state = 'paid', (
        SELECT coalesce(sum(o.total_minor), 0)::bigint FROM orders o
        WHERE o.charge_id = c.id AND o.state = 'fulfilled' AND c.state = 'paid'
    )
    FROM charges c";

/// A charge, and the total of the orders that it has paid for.
#[derive(Debug, PartialEq, Eq)]
struct Charge {
    id: String,
    session: String,
    paid: bool,
    bought: i64,
}

/// Describes every difference.
pub(crate) async fn mismatches(market: &Market, state: &SandboxState) -> Result<Vec<String>> {
    let rows = market.database.connect().await?.query(CHARGES, &[]).await?;
    let charges = rows.iter().map(|row| Charge {
        id: row.get(0),
        session: row.get(1),
        paid: row.get(2),
        bought: row.get(3),
    });
    let charges: Vec<Charge> = charges.collect();
    let off = charges
        .iter()
        .filter(|charge| charge.bought != state.net(&charge.session))
        .map(|charge| {
            let net = state.net(&charge.session);
            format!("{charge:?}, and the provider has {net} of it")
        });
    let mut wrong: Vec<String> = off.collect();
    let known: HashSet<&str> = charges
        .iter()
        .map(|charge| charge.session.as_str())
        .collect();
    for session in state.sessions() {
        let id = session["id"].as_str().unwrap_or_default();
        if state.net(id) != 0 && !known.contains(id) {
            wrong.push(format!("{id} was paid and belongs to no charge"));
        }
    }
    Ok(wrong)
}

/// Waits until the balance of each payment is exactly the total of the fulfilled orders that it has paid
/// for.
pub(crate) async fn assert_balanced(market: &Market, sandbox: &Sandbox) -> Result<()> {
    let mut wrong = Vec::new();
    let waited = wait_until("the balance to match", async || {
        wrong = mismatches(market, &sandbox.state().await?).await?;
        Ok(wrong.is_empty())
    })
    .await;
    assert!(waited.is_ok(), "{}", wrong.join("\n"));
    Ok(())
}
