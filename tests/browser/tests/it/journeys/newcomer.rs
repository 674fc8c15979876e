use anyhow::Result;
use udam_browser::{Browser, Device, Shop};
use udam_e2e::Client;

use super::steps::{
    KEY, PAID, SERVED, buy, count, find, log_in, log_out, nothing_was_complained_of, on_sale,
    open_token, pay_for, publish, register, reveal, sign_in,
};

#[tokio::test]
async fn a_newcomer_sells_and_another_one_buys_at_once_and_in_advance() -> Result<()> {
    const SERVICE: &str = "Quokka census";
    const BUYER: &str = "quokka-buyer@example.com";

    let shop = Shop::shared().await?;
    let browser = shop.browser(Device::DESKTOP).await?;
    register(&browser, "quokka-seller@example.com").await?;
    publish(&browser, SERVICE).await?;
    log_out(&browser).await?;
    register(&browser, BUYER).await?;
    log_out(&browser).await?;
    log_in(&browser, BUYER).await?;

    find(&browser, "quokka", SERVICE).await?;
    browser.fill("Units", "3").await?;
    browser.sees("Total 3.00 USD").await?;
    browser.misses("Show total").await?;
    buy(&browser, "3").await?;
    browser.sees(SERVED).await?;
    assert_eq!(reveal(&browser).await?, KEY);

    find(&browser, "census quokka", SERVICE).await?;
    let order = buy(&browser, "7").await?;
    browser.sees("Pay 7.00 USD and your tab").await?;
    pay_for(&browser, &order).await?;
    assert_eq!(reveal(&browser).await?, KEY);
    browser.open("/tab").await?;
    browser.sees("You owe nothing.").await?;

    browser.open(&order).await?;
    let token = open_token(&browser).await?;
    revoke(&browser).await?;
    let buyer = shop.join(BUYER).await?;
    opens_nothing(&browser, &buyer, &token).await?;
    nothing_was_complained_of(&browser).await
}

async fn revoke(browser: &Browser) -> Result<()> {
    browser.press("Revoke token").await?;
    browser.sees("Revoke this token?").await?;
    browser.press("Revoke token").await?;
    browser.sees("The token is revoked.").await
}

async fn opens_nothing(browser: &Browser, buyer: &Client, token: &str) -> Result<()> {
    browser.open(token).await?;
    browser.sees("opens nothing any more").await?;
    browser.misses("Reveal key").await?;
    let id = token.trim_start_matches("/tokens/");
    assert_eq!(buyer.reveal(id).await?.status, 410);
    Ok(())
}

#[tokio::test]
async fn a_seller_sees_what_was_sold_and_takes_an_order_back() -> Result<()> {
    const SERVICE: &str = "Numbat tracks";
    const SELLER: &str = "numbat-seller@example.com";

    let shop = Shop::shared().await?;
    let listing = on_sale(shop, SELLER, SERVICE, 100).await?;
    let buyer = shop.browser(Device::DESKTOP).await?;
    sign_in(&buyer, "numbat-buyer@example.com").await?;
    buyer.open(&format!("/listings/{listing}")).await?;
    buy(&buyer, "2").await?;
    buyer.open(&format!("/listings/{listing}")).await?;
    let order = buy(&buyer, "8").await?;
    pay_for(&buyer, &order).await?;

    let seller = shop.browser(Device::DESKTOP).await?;
    sign_in(&seller, SELLER).await?;
    seller.open("/my/listings").await?;
    seller.sees("Revenue 10.00 USD Units sold 10").await?;
    seller
        .sees("Numbat tracks Active 1.00 USD 90 10 10.00 USD")
        .await?;
    assert!(count(&seller, "svg.plot rect.bar").await? >= 1);
    seller.open("/my/sales").await?;
    seller.sees("8 8.00 USD Fulfilled").await?;
    seller.sees("2 2.00 USD Fulfilled").await?;

    refund_with_units(&seller, "8.00 USD").await?;
    seller.sees("8 8.00 USD Refunded").await?;
    seller.sees("2 2.00 USD Fulfilled").await?;
    seller.open("/my/listings").await?;
    seller
        .sees("Numbat tracks Active 1.00 USD 98 2 2.00 USD")
        .await?;

    buyer.open(&order).await?;
    buyer.sees("Refunded").await?;
    buyer.sees("Its token opens nothing any more.").await?;
    buyer.misses(PAID).await?;
    nothing_was_complained_of(&buyer).await?;
    nothing_was_complained_of(&seller).await
}

/// Takes back the order of this total.
async fn refund_with_units(seller: &Browser, total: &str) -> Result<()> {
    seller.press(&format!("Refund {total}")).await?;
    seller.sees(&format!("Refund {total}?")).await?;
    seller.tick("back on sale").await?;
    seller.press(&format!("Refund {total}")).await?;
    seller.arrives_at("/my/sales").await?;
    seller.sees("The token is revoked").await
}
