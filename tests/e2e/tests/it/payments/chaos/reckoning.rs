//! What everything has come to, held against what it must have come to.

use std::collections::{BTreeMap, HashMap, HashSet};

use anyhow::Result;
use udam_testkit::SandboxState;

use super::story::Outcome;
use super::town::Town;
use crate::payments::money;

/// Where every order of every buyer stands, as its buyer sees it.
async fn standings(town: &Town) -> Result<HashMap<String, String>> {
    let mut standings = HashMap::new();
    for buyer in &town.buyers {
        let mut cursor = String::new();
        loop {
            let path = format!("/v1/orders?limit=100{cursor}");
            let page = town
                .insist(buyer, async |buyer| buyer.get(&path).await)
                .await?;
            for order in page.items() {
                let text = |name: &str| order[name].as_str().unwrap_or_default().to_owned();
                standings.insert(text("id"), text("status"));
            }
            match page.text_at("/next_cursor") {
                "" => break,
                next => cursor = format!("&cursor={next}"),
            }
        }
    }
    Ok(standings)
}

/// How many orders have ended in each way; every one must have ended as it had to.
pub(super) async fn of_orders(
    town: &Town,
    outcomes: &[Outcome],
) -> Result<BTreeMap<String, usize>> {
    let standings = standings(town).await?;
    let (mut tally, mut wrong, mut placed) = (BTreeMap::new(), Vec::new(), HashSet::new());
    for outcome in outcomes {
        let Outcome::Ordered { wish, order, ends } = outcome else {
            *tally.entry("turned away".to_owned()).or_default() += 1;
            continue;
        };
        assert!(placed.insert(order), "{order} was answered to two wishes");
        let status = standings.get(order).map_or("unknown", String::as_str);
        *tally.entry(status.to_owned()).or_default() += 1;
        if !ends.contains(&status) {
            wrong.push(format!(
                "{order} is {status} and must be {ends:?}: {wish:?}"
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(
        placed.len(),
        standings.len(),
        "there are orders that nobody was told of"
    );
    Ok(tally)
}

/// No order has two sessions, no refund was given twice, and the money is where it belongs.
pub(super) async fn of_money(town: &Town) -> Result<SandboxState> {
    let books = town.sandbox.state().await?;
    let mut seen = HashSet::new();
    for session in books.sessions() {
        let reference = session["client_reference_id"].as_str().unwrap_or_default();
        assert!(seen.insert(reference), "{reference} has two sessions");
    }
    let given = books.refunds().iter();
    let given: Vec<_> = given
        .filter_map(|refund| refund["metadata"]["refund_id"].as_str())
        .collect();
    let distinct: HashSet<_> = given.iter().collect();
    assert_eq!(distinct.len(), given.len(), "a refund was given twice");
    let owed = "SELECT count(*) FROM refunds";
    let owed: i64 = town.database.query_one(owed, &[]).await?.get(0);
    assert_eq!(i64::try_from(given.len())?, owed);

    let wrong = money::misfits(&town.market, &books).await?;
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    Ok(books)
}

/// Nothing that was told of a payment waits for it: all of them have come.
pub(super) async fn of_news(town: &Town) -> Result<()> {
    let waiting = "SELECT count(*) FROM payment_news";
    let waiting: i64 = town.database.query_one(waiting, &[]).await?.get(0);
    assert_eq!(waiting, 0, "news of payments was not acted on");
    Ok(())
}

/// Whoever was served can open what they bought, and nobody else can.
pub(super) async fn of_tokens(town: &Town) -> Result<()> {
    let unusable = "SELECT count(*) FROM orders o LEFT JOIN tokens t ON t.order_id = o.id
                    WHERE (o.state = 'fulfilled') <> coalesce(t.state = 'active', false)";
    let unusable: i64 = town.database.query_one(unusable, &[]).await?.get(0);
    assert_eq!(unusable, 0);
    Ok(())
}
