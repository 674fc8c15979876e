//! `GET /v1/me/sales`

use anyhow::Result;
use reqwest::Method;
use serde_json::json;
use udam_testkit::{Client, Market, Response, weather_listing};

use crate::assertions::{assert_invalid_fields, assert_pages};
use crate::setup::{orders_of_one_buyer, seller_with_listing, with_fields};

pub(crate) const ROUTES: &[&str] = &["GET /v1/me/sales"];

#[tokio::test]
async fn sales_come_in_pages_the_newest_first() -> Result<()> {
    let market = Market::shared().await?;
    let (seller, listing) = seller_with_listing(market, weather_listing(9)).await?;
    let (_buyer, orders) = orders_of_one_buyer(market, &listing).await?;
    assert_pages(&seller, "/v1/me/sales", "id", &orders).await
}

/// The sales as CSV.
async fn csv(seller: &Client, query: &str) -> Result<Response> {
    let path = format!("/v1/me/sales{query}");
    let request = seller
        .request(Method::GET, &path)
        .header("Accept", "text/csv");
    seller.send(request).await
}

#[tokio::test]
async fn sales_show_the_public_name_of_the_buyer_and_never_the_address() -> Result<()> {
    let market = Market::shared().await?;
    let (seller, listing) = seller_with_listing(market, weather_listing(9)).await?;
    let buyer = market.sign_up("secret-buyer").await?;
    let order = buyer.buy(&listing, 2).await?;
    buyer
        .patch("/v1/me", json!({"name": "Grace Hopper"}))
        .await?;
    let sales = seller.get("/v1/me/sales").await?;
    assert_eq!(sales.items()[0]["order_id"], order.id());
    assert_eq!(sales.items()[0]["buyer_name"], "Grace Hopper");
    let csv = csv(&seller, "").await?;
    assert!(csv.text.contains(",Grace Hopper,"), "{}", csv.text);
    for text in [&sales.text, &csv.text] {
        assert!(
            !text.contains("secret-buyer") && !text.contains('@'),
            "{text}"
        );
    }
    Ok(())
}

#[tokio::test]
async fn all_sales_of_a_period_come_as_csv() -> Result<()> {
    let market = Market::shared().await?;
    let hostile = "=HYPERLINK(\"https://evil.example\",\"a, b\")";
    let listing = with_fields(
        weather_listing(500),
        [
            ("service_name", json!(hostile)),
            ("price_per_unit", json!("0.01")),
        ],
    );
    let (seller, listing) = seller_with_listing(market, listing).await?;
    let buyer = market.sign_up("buyer").await?;
    // More than a page of the store.
    let mut newest_first = Vec::new();
    for _ in 0..103 {
        newest_first.insert(0, buyer.buy(&listing, 2).await?.id().to_owned());
    }
    let all = csv(&seller, "").await?;
    assert_eq!(all.status, 200, "{}", all.text);
    assert_eq!(
        all.header("content-type"),
        "text/csv; charset=utf-8; header=present"
    );
    assert_eq!(all.header("cache-control"), "no-store");
    assert!(all.header("content-disposition").starts_with("attachment"));
    let lines: Vec<&str> = all.text.split_terminator("\r\n").collect();
    let ids: Vec<&str> = lines[1..]
        .iter()
        .filter_map(|line| line.split(',').next())
        .collect();
    assert_eq!(ids, newest_first);
    let name = "\"'=HYPERLINK(\"\"https://evil.example\"\",\"\"a, b\"\")\"";
    for line in &lines[1..] {
        assert!(
            line.contains(&format!(",{name},2,0.01,0.02,0.00,USD,")),
            "{line}"
        );
    }
    // All of them were placed today.
    let head = format!("{}\r\n", lines[0]);
    assert_eq!(csv(&seller, "?to=2026-01-01").await?.text, head);
    assert_eq!(csv(&seller, "?from=2026-01-01").await?.text, all.text);
    assert_eq!(
        seller
            .get("/v1/me/sales?to=2026-01-01")
            .await?
            .items()
            .len(),
        0
    );
    assert_eq!(
        seller
            .get("/v1/me/sales?from=2026-01-01")
            .await?
            .items()
            .len(),
        20
    );
    for (query, fields) in [
        ("?from=yesterday", &["from"][..]),
        ("?from=2026-02-02&to=2026-02-01", &["to"]),
        ("?limit=5", &["limit"]),
    ] {
        assert_invalid_fields(&csv(&seller, query).await?, fields);
    }
    Ok(())
}
