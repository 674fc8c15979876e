//! `udam verify`

use anyhow::Result;
use serde_json::json;
use udam_testkit::{Client, Market, MarketBuilder, wait_for, weather_listing};

use crate::setup::{publish, with_fields};

/// A market with two listings, and a buyer with an order of each.
struct Fixture {
    market: Market,
    buyer: Client,
    listings: [String; 2],
    orders: [String; 2],
}

async fn fixture() -> Result<Fixture> {
    let market = MarketBuilder::new().start().await?;
    let seller = market.sign_up("seller").await?;
    let tides = publish(
        &seller,
        with_fields(weather_listing(10), [("service_name", json!("Tides"))]),
    )
    .await?;
    let maps = publish(
        &seller,
        with_fields(weather_listing(10), [("service_name", json!("Maps"))]),
    )
    .await?;
    let buyer = market.sign_up("buyer").await?;
    let mut orders = Vec::new();
    for listing in [&tides, &maps] {
        orders.push(buyer.buy(listing, 2).await?.id().to_owned());
    }
    let refunded = buyer.buy(&maps, 1).await?;
    seller
        .post(
            &format!("/v1/orders/{}/refund", refunded.id()),
            json!({"return_units": true}),
        )
        .await?;
    let orders = orders.try_into().unwrap();
    Ok(Fixture {
        market,
        buyer,
        listings: [tides, maps],
        orders,
    })
}

impl Fixture {
    async fn assert_found(&self, tampering: &str, subject: &str) -> Result<()> {
        assert_eq!(self.market.verify().await?, "No inconsistencies found.\n");
        self.market.database.execute(tampering).await?;
        let output = self.market.run(&["verify"]).await?;
        assert_eq!(output.code, Some(1), "{}", output.stderr);
        let rows: Vec<_> = output.stdout.lines().collect();
        assert!(
            rows.len() == 1 && rows[0].starts_with(subject),
            "no {subject} in {rows:?}"
        );
        Ok(())
    }
}

const TIDES: &str = "(SELECT id FROM listings WHERE service_name = 'Tides')";

#[tokio::test]
async fn units_that_were_never_listed_are_found() -> Result<()> {
    let fixture = fixture().await?;
    let tampering = format!(
        "UPDATE listing_stock SET available = available + 1, listed = listed + 1
         WHERE listing_id = {TIDES}"
    );
    fixture
        .assert_found(&tampering, &format!("listing {}: ", fixture.listings[0]))
        .await
}

#[tokio::test]
async fn units_sold_without_an_order_are_found() -> Result<()> {
    let fixture = fixture().await?;
    let tampering = format!(
        "UPDATE listing_stock SET available = available - 1, sold = sold + 1
         WHERE listing_id = {TIDES}"
    );
    fixture
        .assert_found(&tampering, &format!("listing {}: ", fixture.listings[0]))
        .await
}

#[tokio::test]
async fn revenue_without_an_order_is_found() -> Result<()> {
    let fixture = fixture().await?;
    let tampering = format!(
        "UPDATE listing_stock SET revenue_minor = revenue_minor + 1 WHERE listing_id = {TIDES}"
    );
    fixture
        .assert_found(&tampering, &format!("listing {}: ", fixture.listings[0]))
        .await
}

#[tokio::test]
async fn a_missing_stock_is_found() -> Result<()> {
    let fixture = fixture().await?;
    let tampering = format!("DELETE FROM listing_stock WHERE listing_id = {TIDES}");
    fixture
        .assert_found(&tampering, &format!("listing {}: ", fixture.listings[0]))
        .await
}

#[tokio::test]
async fn a_tab_that_is_not_the_sum_of_its_orders_is_found() -> Result<()> {
    let fixture = fixture().await?;
    // A listing shows the id of its seller's account.
    let own = fixture.buyer.publish(weather_listing(0)).await?;
    let subject = format!("account {}: ", own.text_at("/seller/id"));
    fixture
        .assert_found(
            "UPDATE tabs SET open_minor = open_minor - 1 WHERE open_minor > 0",
            &subject,
        )
        .await
}

#[tokio::test]
async fn a_fulfilled_order_without_a_token_is_found() -> Result<()> {
    let fixture = fixture().await?;
    let tampering = format!("DELETE FROM tokens WHERE listing_id = {TIDES}");
    fixture
        .assert_found(&tampering, &format!("order {}: ", fixture.orders[0]))
        .await
}

#[tokio::test]
async fn a_token_for_more_than_was_ordered_is_found() -> Result<()> {
    let fixture = fixture().await?;
    let tampering = format!("UPDATE tokens SET units = units + 1 WHERE listing_id = {TIDES}");
    fixture
        .assert_found(&tampering, &format!("order {}: ", fixture.orders[0]))
        .await
}

#[tokio::test]
async fn a_refunded_order_with_an_active_token_is_found() -> Result<()> {
    let fixture = fixture().await?;
    assert_eq!(
        fixture.market.verify().await?,
        "No inconsistencies found.\n"
    );
    fixture
        .market
        .database
        .execute("UPDATE tokens SET state = 'active'")
        .await?;
    let output = fixture.market.run(&["verify"]).await?;
    assert_eq!(output.code, Some(1));
    assert!(
        output.stdout.starts_with("order ord_") && output.stdout.lines().count() == 1,
        "{}",
        output.stdout
    );
    Ok(())
}

#[tokio::test]
async fn a_missing_order_is_found_in_stock_and_tab() -> Result<()> {
    let fixture = fixture().await?;
    let orders = format!("(SELECT id FROM orders WHERE listing_id = {TIDES})");
    let tampering = format!(
        "DELETE FROM tokens WHERE order_id IN {orders};
         DELETE FROM orders WHERE listing_id = {TIDES}"
    );
    fixture.market.database.execute(&tampering).await?;
    let output = fixture.market.run(&["verify"]).await?;
    assert_eq!(output.code, Some(1));
    let found = &output.stdout;
    assert!(
        found.contains(&format!("listing {}: ", fixture.listings[0]))
            && found.contains("account acc_"),
        "{found}"
    );
    assert!(
        !found.contains(&fixture.listings[1]) && !found.contains(&fixture.orders[1]),
        "{found}"
    );
    Ok(())
}

#[tokio::test]
async fn a_token_without_an_order_is_found() -> Result<()> {
    let tampering = "INSERT INTO tokens
        SELECT gen_random_uuid(), gen_random_uuid(), listing_id, buyer_id, seller_id, units, state,
            created_at, expires_at
        FROM tokens LIMIT 1";
    fixture().await?.assert_found(tampering, "order ord_").await
}

/// A market whose audit trail is linked, and the head of its chain.
async fn audited() -> Result<(Market, String)> {
    let market = MarketBuilder::new().start().await?;
    for name in ["ada", "bob", "cyd", "dan"] {
        market.sign_up(name).await?;
    }
    let head = wait_for("the audit trail to be linked", async || {
        let head = market.run(&["audit", "head"]).await?;
        let head = head.success()?.trim().to_owned();
        Ok(head.starts_with("4:").then_some(head))
    })
    .await?;
    Ok((market, head))
}

#[tokio::test]
async fn tampering_with_dropping_and_reordering_an_audit_record_is_found() -> Result<()> {
    for (tampering, subject) in [
        ("UPDATE audit_events SET at = at + interval '1 hour' WHERE id = 2", "audit record 2: "),
        ("DELETE FROM audit_events WHERE id = 2", "audit record 2: "),
        (
            "WITH swapped AS (
                SELECT a.action, a.at, a.account_id, a.address, a.subject_id
                FROM audit_events a WHERE a.id = 2
            )
            UPDATE audit_events e SET at = s.at, account_id = s.account_id, subject_id = s.subject_id
            FROM swapped s WHERE e.id = 3",
            "audit record 3: ",
        ),
        ("DELETE FROM audit_links WHERE position = 2", "audit trail: links 2 to 2 "),
    ] {
        let (market, head) = audited().await?;
        market.verify().await?;
        let with_head = ["verify", "--audit-head", &head];
        market.run(&with_head).await?.success()?;
        market.database.execute(tampering).await?;
        let output = market.run(&with_head).await?;
        assert_eq!(output.code, Some(1), "{}", output.stderr);
        let rows: Vec<_> = output.stdout.lines().collect();
        let is_found = rows.len() == 1 && rows[0].starts_with(subject);
        assert!(is_found, "no {subject} in {rows:?}");
    }
    Ok(())
}

#[tokio::test]
async fn the_end_of_the_audit_trail_that_was_cut_off_is_found_by_an_earlier_head() -> Result<()> {
    let (market, head) = audited().await?;
    let logged = wait_for("the head to be logged", async || {
        Ok(market.logs().contains(&head).then_some(true))
    });
    assert!(logged.await?);
    let cut = "DELETE FROM audit_links WHERE position = 4; DELETE FROM audit_events WHERE id = 4";
    market.database.execute(cut).await?;
    market.verify().await?;
    let output = market.run(&["verify", "--audit-head", &head]).await?;
    assert_eq!(output.code, Some(1), "{}", output.stderr);
    assert!(
        output
            .stdout
            .starts_with("audit trail: it does not have the head 4:")
    );
    Ok(())
}
