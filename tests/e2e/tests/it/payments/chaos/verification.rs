//! Compares the results with what they must be.

use std::collections::{BTreeMap, HashMap, HashSet};

use anyhow::Result;
use serde_json::Value;
use udam_testkit::SandboxState;

use super::books;
use super::market::ChaosMarket;
use super::purchase::Outcome;

/// Beginning of the ids of sessions that the marketplace has not opened.
pub(super) const FOREIGN: &str = "cs_test_foreign";

/// Kinds of alerts that what happens here must raise, and no others.
const ALERTS: [&str; 8] = [
    "dispute_reversed",
    "dispute_unattributed",
    "foreign_session",
    "refund_failed",
    "refund_refused",
    "refund_unattributed",
    "refunded_and_lost",
    "second_payment",
];

/// The state of every order, as its buyer sees it.
async fn order_states(market: &ChaosMarket) -> Result<HashMap<String, String>> {
    let mut states = HashMap::new();
    for buyer in &market.buyers {
        let mut cursor = String::new();
        loop {
            let path = format!("/v1/orders?limit=100{cursor}");
            let page = market
                .retry(buyer, async |buyer| buyer.get(&path).await)
                .await?;
            for order in page.items() {
                let text = |name: &str| order[name].as_str().unwrap_or_default().to_owned();
                states.insert(text("id"), text("status"));
            }
            match page.text_at("/next_cursor") {
                "" => break,
                next => cursor = format!("&cursor={next}"),
            }
        }
    }
    Ok(states)
}

/// Checks that every order has ended as it must, and returns the number of orders in each state.
pub(super) async fn check_orders(
    market: &ChaosMarket,
    outcomes: &[Outcome],
) -> Result<BTreeMap<String, usize>> {
    let known = order_states(market).await?;
    let (mut counts, mut wrong, mut placed) = (BTreeMap::new(), Vec::new(), HashSet::new());
    for outcome in outcomes {
        let Outcome::Ordered {
            purchase,
            order,
            ends,
        } = outcome
        else {
            *counts.entry("refused".to_owned()).or_default() += 1;
            continue;
        };
        assert!(
            placed.insert(order),
            "{order} was acknowledged to two purchases"
        );
        let status = known.get(order).map_or("unknown", String::as_str);
        *counts.entry(status.to_owned()).or_default() += 1;
        if !ends.contains(&status) {
            wrong.push(format!(
                "{order} is {status} and must be {ends:?}: {purchase:?}"
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(
        placed.len(),
        known.len(),
        "there are orders that were not acknowledged"
    );
    Ok(counts)
}

/// Checks that no order has two sessions, no refund was sent twice, and the balance is right.
pub(super) async fn check_money(market: &ChaosMarket) -> Result<SandboxState> {
    let state = market.sandbox.state().await?;
    let mut seen = HashSet::new();
    let own = |session: &&Value| {
        let id = session["id"].as_str();
        !id.is_some_and(|id| id.starts_with(FOREIGN))
    };
    for session in state.sessions().iter().filter(own) {
        let reference = session["client_reference_id"].as_str().unwrap_or_default();
        assert!(seen.insert(reference), "{reference} has two sessions");
    }
    let sent = state.refunds().iter();
    let sent: Vec<_> = sent
        .filter_map(|refund| refund["metadata"]["refund_id"].as_str())
        .collect();
    let distinct: HashSet<_> = sent.iter().collect();
    assert_eq!(distinct.len(), sent.len(), "a refund was sent twice");
    let accepted = "SELECT count(*) FROM refunds
                    WHERE origin = 'marketplace' AND reference IS NOT NULL";
    let accepted: i64 = market.database.query_one(accepted, &[]).await?.get(0);
    assert_eq!(i64::try_from(sent.len())?, accepted);

    let wrong = books::differences(&market.database, &state).await?;
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    Ok(state)
}

/// Checks that no event waits for its payment: all payments have been reported.
pub(super) async fn check_waiting_events(market: &ChaosMarket) -> Result<()> {
    let waiting = "SELECT count(*) FROM out_of_order_events";
    let waiting: i64 = market.database.query_one(waiting, &[]).await?.get(0);
    assert_eq!(waiting, 0, "events have not been applied");
    Ok(())
}

/// Checks that exactly the fulfilled orders have an active token.
pub(super) async fn check_tokens(market: &ChaosMarket) -> Result<()> {
    let unusable = "SELECT count(*) FROM orders o LEFT JOIN tokens t ON t.order_id = o.id
                    WHERE (o.state = 'fulfilled') <> coalesce(t.state = 'active', false)";
    let unusable: i64 = market.database.query_one(unusable, &[]).await?.get(0);
    assert_eq!(unusable, 0);
    Ok(())
}

/// Checks that each contradiction is one alert of an expected kind, and returns the number of each kind.
pub(super) async fn check_alerts(market: &ChaosMarket) -> Result<BTreeMap<String, i64>> {
    let kinds = "SELECT kind, count(*) FROM alerts GROUP BY kind";
    let rows = market.database.query(kinds, &[]).await?;
    let kinds: BTreeMap<String, i64> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
    for kind in kinds.keys() {
        assert!(ALERTS.contains(&kind.as_str()), "{kinds:?}");
    }
    Ok(kinds)
}
