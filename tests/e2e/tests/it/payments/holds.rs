//! Units held by buyers who do not pay.

use anyhow::Result;
use udam_testkit::{MarketBuilder, Response};

use crate::paid_market::{PaidMarket, buy_on_tab, place_unpaid};

/// A market with the limits that servers have by themselves.
fn builder() -> MarketBuilder {
    MarketBuilder::new()
        .set("UDAM_OPEN_CHECKOUTS", "5")
        .set("UDAM_NEW_OPEN_CHECKOUTS", "1")
        .set("UDAM_HOLD_PAUSE", "1m")
}

fn assert_refused(response: &Response, code: &str) {
    assert_eq!(response.status, 409, "{}", response.text);
    assert_eq!(response["code"], code, "{}", response.text);
}

#[tokio::test]
async fn a_new_account_holds_one_order_and_pauses_after_it_lets_go() -> Result<()> {
    let fixture = PaidMarket::start_with(builder(), 100).await?;
    let buyer = &fixture.buyer;
    let order = fixture.order(50).await?;
    let second = buyer.buy(&fixture.listing, 50).await?;
    assert_refused(&second, "too_many_open_checkouts");
    assert_eq!(fixture.available().await?, 50);
    buyer.cancel(order.id()).await?;
    let again = buyer.buy(&fixture.listing, 100).await?;
    assert_refused(&again, "held_before");
    assert_eq!(fixture.available().await?, 100);
    let other = fixture.publish_cheap("6.00").await?;
    let other = place_unpaid(buyer, &other, 1).await?;
    fixture.pay(&other).await?;
    fixture.wait_for_status(&other, "fulfilled").await?;
    for _ in 0..5 {
        place_unpaid(buyer, &fixture.listing, 1).await?;
    }
    let sixth = buyer.buy(&fixture.listing, 1).await?;
    assert_refused(&sixth, "too_many_open_checkouts");
    fixture.finish().await
}

#[tokio::test]
async fn new_accounts_of_one_address_share_five_orders() -> Result<()> {
    let builder = builder().set("UDAM_RATE_LIMIT", "on");
    let fixture = PaidMarket::start_with(builder, 100).await?;
    for number in 0..7 {
        let buyer = fixture.market.sign_up(&format!("holder-{number}")).await?;
        let order = buyer.buy(&fixture.listing, 10).await?;
        if number < 5 {
            assert_eq!(order["status"], "awaiting_payment", "{}", order.text);
        } else {
            assert_refused(&order, "too_many_open_checkouts");
        }
    }
    assert_eq!(fixture.available().await?, 50);
    fixture.finish().await
}

#[tokio::test]
async fn a_seller_and_an_operator_put_held_units_back_on_sale() -> Result<()> {
    let fixture = PaidMarket::start_with(builder(), 100).await?;
    let order = fixture.order(100).await?;
    let stranger = fixture.market.sign_up("stranger").await?;
    assert_eq!(stranger.cancel(order.id()).await?.status, 404);
    let released = fixture.seller.cancel(order.id()).await?;
    assert_eq!(released["status"], "canceled", "{}", released.text);
    assert_eq!(fixture.available().await?, 100);
    assert_refused(
        &fixture.buyer.buy(&fixture.listing, 1).await?,
        "held_before",
    );

    let held = place_unpaid(&stranger, &fixture.listing, 100).await?;
    let market = &fixture.market;
    let listed = market
        .run(&["holds", "list", "--listing", &fixture.listing])
        .await?;
    let line = listed.stdout.trim_end();
    assert_eq!(line.split('\t').next(), Some(held.id()), "{line}");
    let released = market.run(&["holds", "release", held.id()]).await?;
    assert_eq!(released.code, Some(0), "{}", released.stderr);
    assert_eq!(fixture.available().await?, 100);
    assert_eq!(market.run(&["holds", "list"]).await?.stdout, "");
    let again = market
        .run(&["holds", "release", order.id(), &"x".repeat(3)])
        .await?;
    assert_eq!(again.code, Some(2), "{}", again.stderr);
    fixture.finish().await
}

#[tokio::test]
async fn a_tab_is_not_dodged_by_paying_other_orders() -> Result<()> {
    let fixture = PaidMarket::start().await?;
    let cheap = fixture.publish_cheap("3.00").await?;
    buy_on_tab(&fixture.buyer, &cheap, 1).await?;
    let carrier = fixture.order(1).await?;
    let dodging = fixture.buyer.buy(&fixture.listing, 1).await?;
    assert_refused(&dodging, "tab_in_checkout");
    let detail = dodging.text_at("/detail");
    assert!(detail.contains(carrier.id()), "{detail}");
    fixture.buyer.cancel(carrier.id()).await?;
    let paying = fixture.buy_and_pay(1).await?;
    assert_eq!(paying["status"], "fulfilled");
    assert_eq!(fixture.tab().await?, "0.00");
    fixture.order(1).await?;
    fixture.order(1).await?;
    fixture.finish().await
}
