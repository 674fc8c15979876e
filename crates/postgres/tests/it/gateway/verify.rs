//! What `udam verify` finds of calls.

use udam_domain::id::{AccessKeyId, CallId, TokenId};
use udam_postgres::consistency;

use super::market::{Market, gateway_terms};
use crate::fixtures::{Counting, at};

async fn findings(market: &Market) -> Vec<String> {
    let found = consistency::verify(&market.database.pool).await.unwrap();
    found.iter().map(ToString::to_string).collect()
}

/// A market with a call that has ended and one that is open, of a key with a limit.
async fn busy() -> (Market, TokenId) {
    let market = Market::with(gateway_terms()).await;
    let opened = market.open(50).await;
    let key = market.limited(opened.token, 40).await;
    let drawn = market.draw(key).await.unwrap();
    market.answer(&drawn, 200).await;
    market.draw(key).await.unwrap();
    market.verify().await;
    (market, opened.token)
}

/// What is found once this statement has damaged the market.
async fn damaged(statement: &str) -> (Vec<String>, TokenId) {
    let (market, token) = busy().await;
    market.database.sql.batch_execute(statement).await.unwrap();
    (findings(&market).await, token)
}

#[tokio::test]
async fn balances_are_compared_with_the_calls() {
    for damage in [
        "UPDATE token_balances SET left_units = left_units - 1",
        "UPDATE token_balances SET left_units = left_units + 1",
        "UPDATE token_balances SET units = units + 1, left_units = left_units + 1",
        "UPDATE calls SET units = units + 1; UPDATE access_keys SET taken_units = taken_units + 1 \
            WHERE max_units IS NOT NULL",
    ] {
        let (found, token) = damaged(damage).await;
        assert_eq!(found.len(), 1, "{damage}: {found:?}");
        assert!(
            found[0].starts_with(&format!("token {token}: ")),
            "{found:?}"
        );
    }
    let (found, token) = damaged("DELETE FROM open_calls; DELETE FROM calls").await;
    let text = format!(
        "token {token}: 50 units were bought, 0 are open and 0 were charged by the calls that are kept; \
        by its balance 43 of 50 are left"
    );
    assert_eq!(found[0], text);
}

#[tokio::test]
async fn counters_of_keys_are_compared_with_the_calls() {
    let damage = "UPDATE access_keys SET taken_units = 9 WHERE max_units IS NOT NULL";
    let (found, token) = damaged(damage).await;
    assert_eq!(found.len(), 1, "{found:?}");
    let has = |text: &str| found[0].contains(text);
    assert!(has(&token.to_string()) && has("has taken 9 units, and its calls sum to 7"));
}

#[tokio::test]
async fn what_refers_to_nothing_is_found() {
    let damage = "UPDATE orders SET terms_version = 9";
    let (found, _) = damaged(damage).await;
    assert!(
        found
            .iter()
            .any(|text| text.contains("terms of version 9 do not exist"))
    );
    assert!(found.iter().any(|text| text.starts_with("call cal_")));
    let damage = "UPDATE listings SET terms_version = 7";
    let (found, _) = damaged(damage).await;
    assert_eq!(found.len(), 1);
    assert!(found[0].starts_with("listing lst_"), "{found:?}");
}

#[tokio::test]
async fn a_call_is_of_a_key_of_its_token_and_ends_once() {
    let (market, _) = busy().await;
    let again = "INSERT INTO open_calls (id, token_id, key_id, taken, began_at, deadline) \
        SELECT id, token_id, key_id, 1, began_at, began_at FROM calls";
    market.database.run(again, &[]).await;
    let found = findings(&market).await;
    assert!(
        found
            .iter()
            .any(|text| text.ends_with(": it has ended and is open"))
    );

    let (market, _) = busy().await;
    let call = CallId::mint(at(60), &Counting);
    let key = AccessKeyId::mint(at(60), &Counting);
    let stray = "INSERT INTO open_calls (id, token_id, key_id, taken, began_at, deadline) \
        VALUES ($1, $2, $3, 1, now(), now())";
    let token = TokenId::mint(at(60), &Counting);
    market
        .database
        .run(stray, &[&call.uuid(), &token.uuid(), &key.uuid()])
        .await;
    let found = findings(&market).await;
    let texts = [
        format!("token {token}: it has open calls and no balance"),
        format!("call {call}: its access key does not exist, or is that of another token"),
    ];
    assert_eq!(found, texts);
}
