//! Parameters of a search.

use anyhow::Result;
use serde_json::json;
use udam_testkit::{Market, weather_listing};

use super::{names, three_services};
use crate::assertions::assert_invalid_fields;
use crate::setup::{publish, seller_with_listing, with_fields};

#[tokio::test]
async fn the_newest_come_first_by_default() -> Result<()> {
    let market = Market::shared().await?;
    let (_, seller) = three_services(market).await?;
    let visitor = market.client()?;
    let (tides, quotes, maps) = (
        "Tides of the Baltic",
        "Quotes by the minute",
        "Maps of the moon",
    );
    for (query, expected) in [
        ("", [maps, quotes, tides]),
        ("&sort=newest", [maps, quotes, tides]),
        ("&sort=price", [tides, maps, quotes]),
        ("&sort=-price", [quotes, maps, tides]),
        ("&sort=price&limit=1", [tides, maps, quotes]),
        ("&sort=-price&limit=2", [quotes, maps, tides]),
    ] {
        assert_eq!(
            names(&visitor, &format!("seller={seller}{query}")).await?,
            expected,
            "{query}"
        );
    }
    Ok(())
}

#[tokio::test]
async fn a_query_narrows_the_catalogue_down() -> Result<()> {
    let market = Market::shared().await?;
    let (_, seller) = three_services(market).await?;
    let visitor = market.client()?;
    let (tides, quotes, maps) = (
        "Tides of the Baltic",
        "Quotes by the minute",
        "Maps of the moon",
    );
    for (query, expected) in [
        ("q=moon", vec![maps]),
        ("q=harbour&sort=newest", vec![quotes, tides]),
        ("q=baltic%20tide", vec![tides]),
        ("q=harbour+-baltic", vec![quotes]),
        ("q=harbour&sort=price&limit=1", vec![tides, quotes]),
        ("q=nothing+of+the+kind", vec![]),
        ("min_price=1.25", vec![maps, quotes]),
        ("max_price=1.25", vec![maps, tides]),
        ("min_price=0.51&max_price=1.99", vec![maps]),
        ("in_stock=true", vec![maps, tides]),
        ("in_stock=false", vec![quotes]),
        ("q=harbour&in_stock=true&max_price=1", vec![tides]),
    ] {
        assert_eq!(
            names(&visitor, &format!("seller={seller}&{query}")).await?,
            expected,
            "{query}"
        );
    }
    Ok(())
}

#[tokio::test]
async fn the_best_match_comes_first() -> Result<()> {
    let market = Market::shared().await?;
    let seller = market.sign_up("seller").await?;
    let word = "zeppelin";
    for (name, description) in [
        ("Zeppelin timetables", "Departures."),
        ("Departures", "Also of the zeppelin."),
    ] {
        publish(
            &seller,
            with_fields(
                weather_listing(1),
                [
                    ("service_name", json!(name)),
                    ("description", json!(description)),
                ],
            ),
        )
        .await?;
    }
    let visitor = market.client()?;
    for query in ["", "&sort=relevance", "&limit=1"] {
        let found = names(&visitor, &format!("q={word}{query}")).await?;
        assert_eq!(found, ["Zeppelin timetables", "Departures"], "{query}");
    }
    Ok(())
}

#[tokio::test]
async fn paused_and_archived_listings_are_not_in_the_catalogue() -> Result<()> {
    let market = Market::shared().await?;
    let (seller, listing) = seller_with_listing(market, weather_listing(1)).await?;
    let path = format!("/v1/listings/{listing}");
    let own = seller.get(&path).await?;
    let query = format!("/v1/listings?seller={}", own.text_at("/seller/id"));
    for (status, shown) in [("paused", 0), ("active", 1), ("archived", 0), ("active", 1)] {
        let changed = seller.patch(&path, json!({"status": status})).await?;
        assert_eq!((changed.status, &changed["status"]), (200, &status.into()));
        assert_eq!(
            market.client()?.get(&query).await?.items().len(),
            shown,
            "{status}"
        );
        assert_eq!(market.client()?.get(&path).await?["status"], status);
        assert_eq!(
            seller.get("/v1/me/listings").await?.items()[0]["status"],
            status
        );
    }
    Ok(())
}

#[tokio::test]
async fn all_invalid_parameters_are_reported_at_once() -> Result<()> {
    let visitor = Market::shared().await?.client()?;
    let query =
        "q=&seller=nobody&sort=oldest&min_price=cheap&max_price=-1&in_stock=perhaps&limit=0&page=2";
    let response = visitor.get(&format!("/v1/listings?{query}")).await?;
    let wrong = [
        "in_stock",
        "limit",
        "max_price",
        "min_price",
        "page",
        "q",
        "seller",
        "sort",
    ];
    assert_invalid_fields(&response, &wrong);
    for (query, field) in [
        ("limit=101", "limit"),
        ("limit=+1", "limit"),
        ("limit=1&limit=2", "limit"),
        ("sort=relevance", "sort"),
        ("min_price=2&max_price=1", "min_price"),
        ("min_price=0.001", "min_price"),
        ("seller=lst_01h455vb4pex5vsknk084sn02q", "seller"),
    ] {
        assert_invalid_fields(
            &visitor.get(&format!("/v1/listings?{query}")).await?,
            &[field],
        );
    }
    Ok(())
}
