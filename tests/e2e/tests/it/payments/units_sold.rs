//! The number of units sold, wherever it is shown.

use anyhow::{Context, Result};
use reqwest::Method;
use serde_json::json;
use udam_testkit::expect_status;

use crate::paid_market::{PaidMarket, buy_on_tab};

/// The seller's page with listings and the sales of the last days, without white space.
async fn page(fixture: &PaidMarket) -> Result<String> {
    let seller = &fixture.seller;
    let cookie = format!("__Host-udam_session={}", seller.session());
    let request = seller
        .signed_out()
        .request(Method::GET, "/my/listings")
        .header("Cookie", cookie);
    let page = seller.send(request).await?;
    assert_eq!(page.status, 200, "{}", page.text);
    Ok(page.text.split_whitespace().collect())
}

/// All numbers between these texts.
fn numbers(text: &str, before: &str, after: &str) -> Result<Vec<u64>> {
    let found = text.split(before).skip(1);
    found
        .map(|rest| {
            let number = rest.split(after).next().context("the end of a number")?;
            Ok(number.replace(',', "").parse()?)
        })
        .collect()
}

/// Units sold of all listings. Fails if a place shows another number.
async fn units_sold(fixture: &PaidMarket) -> Result<u64> {
    let own = fixture.seller.get("/v1/me/listings").await?;
    let listings = own.items().iter();
    let sold: u64 = listings
        .map(|own| own["units_sold"].as_u64().unwrap())
        .sum();
    let page = page(fixture).await?;
    let recent = numbers(&page, "<dt>Unitssold</dt><dd>", "</dd>")?;
    assert_eq!(recent, [sold], "the last days on the page");
    let rows = numbers(&page, "data-label=\"Unitssold\"><bdi>", "</bdi>")?;
    assert_eq!(rows.iter().sum::<u64>(), sold, "the rows of the page");
    // It recomputes the number from the orders.
    fixture.market.verify().await?;
    Ok(sold)
}

#[tokio::test]
async fn units_sold_are_one_number_over_the_life_of_orders() -> Result<()> {
    let fixture = PaidMarket::start().await?;
    let cheap = fixture.publish_cheap("0.50").await?;
    let (buyer, seller) = (&fixture.buyer, &fixture.seller);
    let refund = async |id: &str, return_units: bool| {
        let path = format!("/v1/orders/{id}/refund");
        let body = json!({"return_units": return_units});
        let refunded = seller.post(&path, body).await?;
        expect_status(refunded, 200).map(drop)
    };
    // On the tab: fulfilled, refunded with the units kept, and with the units returned.
    let kept = buy_on_tab(buyer, &cheap, 3).await?;
    let returned = buy_on_tab(buyer, &cheap, 2).await?;
    buy_on_tab(buyer, &cheap, 1).await?;
    assert_eq!(units_sold(&fixture).await?, 6);
    refund(kept.id(), false).await?;
    assert_eq!(units_sold(&fixture).await?, 6);
    refund(returned.id(), true).await?;
    assert_eq!(units_sold(&fixture).await?, 4);
    // Through checkout: open, canceled, lapsed, paid, refunded.
    let canceled = fixture.order(4).await?;
    assert_eq!(units_sold(&fixture).await?, 4);
    assert_eq!(buyer.cancel(canceled.id()).await?.status, 200);
    assert_eq!(units_sold(&fixture).await?, 4);
    let lapsed = fixture.order(4).await?;
    fixture.lapse(1).await?;
    fixture.wait_for_status(&lapsed, "expired").await?;
    assert_eq!(units_sold(&fixture).await?, 4);
    let paid = fixture.buy_and_pay(5).await?;
    assert_eq!(units_sold(&fixture).await?, 9);
    refund(paid.id(), true).await?;
    assert_eq!(units_sold(&fixture).await?, 4);
    fixture.finish().await
}
