//! Pages of the catalogue.

use std::collections::HashSet;

use anyhow::Result;
use futures::{StreamExt, TryStreamExt, stream};
use serde_json::json;
use udam_testkit::{Market, MarketBuilder, weather_listing};

use super::{names, three_services};
use crate::assertions::assert_invalid_fields;
use crate::setup::{publish, with_fields};

#[tokio::test]
async fn paging_repeats_and_misses_no_listing() -> Result<()> {
    const COUNT: usize = 230;
    let market = MarketBuilder::new().start().await?;
    let seller = market.sign_up("seller").await?;
    let listing = (0..COUNT).map(|number| {
        let price = format!("{}.00", 1 + number % 3);
        let values = [
            ("service_name", json!(format!("Service {number}"))),
            ("price_per_unit", json!(price)),
        ];
        publish(&seller, with_fields(weather_listing(1), values))
    });
    stream::iter(listing)
        .buffered(8)
        .try_collect::<Vec<_>>()
        .await?;

    let visitor = market.client()?;
    for query in [
        "limit=100",
        "limit=100&sort=price",
        "limit=100&sort=-price",
        "limit=100&q=service",
        "limit=33",
    ] {
        let names = names(&visitor, query).await?;
        let distinct: HashSet<_> = names.iter().collect();
        assert_eq!((names.len(), distinct.len()), (COUNT, COUNT), "{query}");
    }
    // A new listing does not shift the pages.
    let first = visitor.get("/v1/listings?limit=100").await?;
    publish(&seller, weather_listing(1)).await?;
    let second = visitor
        .get(&format!(
            "/v1/listings?limit=100&cursor={}",
            first.text_at("/next_cursor")
        ))
        .await?;
    let before: HashSet<_> = first
        .items()
        .iter()
        .map(|item| item["id"].to_string())
        .collect();
    let after: HashSet<_> = second
        .items()
        .iter()
        .map(|item| item["id"].to_string())
        .collect();
    assert_eq!((before.len(), after.len()), (100, 100));
    assert!(before.is_disjoint(&after));
    Ok(())
}

#[tokio::test]
async fn a_cursor_is_accepted_only_by_its_own_list() -> Result<()> {
    let market = Market::shared().await?;
    let (seller, id) = three_services(market).await?;
    let visitor = market.client()?;
    let page = visitor
        .get(&format!("/v1/listings?seller={id}&limit=1&sort=price"))
        .await?;
    let cursor = page.text_at("/next_cursor");
    // A cursor includes the sort order; another one is invalid.
    let next = visitor
        .get(&format!("/v1/listings?seller={id}&limit=1&cursor={cursor}"))
        .await?;
    assert_eq!(next.items()[0]["service_name"], "Maps of the moon");
    let otherwise = format!("/v1/listings?sort=newest&cursor={cursor}");
    assert_invalid_fields(&visitor.get(&otherwise).await?, &["cursor"]);
    for cursor in [
        "",
        "garbage",
        "AAAA",
        "%00",
        "..%2F",
        &"A".repeat(4000),
        &format!("{cursor}="),
        &cursor[1..],
    ] {
        let path = format!("/v1/listings?sort=price&cursor={cursor}");
        assert_invalid_fields(&visitor.get(&path).await?, &["cursor"]);
    }
    for list in [
        "/v1/orders",
        "/v1/tokens",
        "/v1/me/sales",
        "/v1/auth/sessions",
    ] {
        assert_invalid_fields(
            &seller.get(&format!("{list}?cursor={cursor}")).await?,
            &["cursor"],
        );
    }
    Ok(())
}

#[tokio::test]
async fn a_page_of_the_longest_listings_is_bounded_and_the_cursor_goes_on() -> Result<()> {
    const COUNT: usize = 100;
    const MAX_BYTES: usize = 256 * 1024;
    let market = MarketBuilder::new().start().await?;
    let sellers = [
        market.sign_up("first").await?,
        market.sign_up("second").await?,
        market.sign_up("third").await?,
    ];
    // Four bytes each.
    let description = "\u{1f30a}".repeat(10_000);
    let listing = (0..COUNT).map(|number| {
        let values = [
            ("service_name", json!(format!("Service {number}"))),
            ("description", json!(description)),
        ];
        let seller = &sellers[number % sellers.len()];
        publish(seller, with_fields(weather_listing(1), values))
    });
    stream::iter(listing)
        .buffered(8)
        .try_collect::<Vec<_>>()
        .await?;

    let visitor = market.client()?;
    for query in [
        "limit=100",
        "limit=100&sort=-price",
        "limit=100&q=service",
        "",
    ] {
        let page = visitor.get(&format!("/v1/listings?{query}")).await?;
        assert!(page.text.len() <= MAX_BYTES, "{query}: {}", page.text.len());
        assert_eq!(page.items()[0]["description"], description.as_str());
        let names = names(&visitor, query).await?;
        let distinct: HashSet<_> = names.iter().collect();
        assert_eq!((names.len(), distinct.len()), (COUNT, COUNT), "{query}");
    }
    for path in ["/v1/me/listings?limit=100", "/", "/feed.xml"] {
        let page = sellers[0].get(path).await?;
        assert_eq!(page.status, 200, "{path}");
        assert!(page.text.len() <= MAX_BYTES, "{path}: {}", page.text.len());
    }
    Ok(())
}
