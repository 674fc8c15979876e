use anyhow::Result;
use udam_browser::{Browser, DevServer, Device};
use udam_testkit::Client;

use super::steps::{
    FULFILLED, KEY, PAID, assert_clean_console, buy, count, find, log_in, log_out, open_token,
    pay_order, publish, publish_via_api, register, reveal, sign_in,
};

#[tokio::test]
async fn a_new_seller_lists_and_a_new_buyer_buys_on_the_tab_and_through_checkout() -> Result<()> {
    const SERVICE: &str = "Quokka census";
    const BUYER: &str = "quokka-buyer@example.com";

    let server = DevServer::shared().await?;
    let browser = server.browser(Device::DESKTOP).await?;
    register(&browser, "quokka-seller@example.com").await?;
    publish(&browser, SERVICE).await?;
    log_out(&browser).await?;
    register(&browser, BUYER).await?;
    log_out(&browser).await?;
    log_in(&browser, BUYER).await?;

    find(&browser, "quokka", SERVICE).await?;
    browser.fill("Units", "3").await?;
    browser.expect_text("Total 3.00 USD").await?;
    browser.expect_no_text("Show total").await?;
    buy(&browser, "3").await?;
    browser.expect_text(FULFILLED).await?;
    assert_eq!(reveal(&browser).await?, KEY);

    find(&browser, "census quokka", SERVICE).await?;
    let order = buy(&browser, "7").await?;
    browser
        .expect_text("Pay 10.00 USD (7.00 + 3.00 from your tab)")
        .await?;
    pay_order(&browser, &order).await?;
    assert_eq!(reveal(&browser).await?, KEY);
    browser.open("/tab").await?;
    browser.expect_text("You owe nothing.").await?;

    browser.open(&order).await?;
    let token = open_token(&browser).await?;
    revoke(&browser).await?;
    let buyer = server.log_in(BUYER).await?;
    assert_revoked(&browser, &buyer, &token).await?;
    assert_clean_console(&browser).await
}

#[tokio::test]
async fn a_seller_asks_for_payment_before_delivery_and_a_buyer_pays_for_a_single_unit() -> Result<()>
{
    const SERVICE: &str = "Bandicoot burrows";
    const SELLER: &str = "potoroo-seller@example.com";

    let server = DevServer::shared().await?;
    let listing = publish_via_api(server, SELLER, SERVICE, 100).await?;
    let seller = server.browser(Device::DESKTOP).await?;
    sign_in(&seller, SELLER).await?;
    seller.open(&format!("/my/listings/{listing}")).await?;
    seller.fill("Most units per order", "2").await?;
    seller.tick("Ask for payment before delivery").await?;
    seller.press("Save changes").await?;
    seller.expect_text("Saved.").await?;

    let buyer = server.browser(Device::DESKTOP).await?;
    sign_in(&buyer, "potoroo-buyer@example.com").await?;
    buyer.open(&format!("/listings/{listing}")).await?;
    buyer.expect_text("Paid before delivery").await?;
    buyer.expect_text("Most per order 2 units").await?;
    let order = buy(&buyer, "1").await?;
    buyer.expect_no_text(FULFILLED).await?;
    pay_order(&buyer, &order).await?;
    assert_eq!(reveal(&buyer).await?, KEY);

    seller.open(&format!("/my/listings/{listing}")).await?;
    seller.untick("Ask for payment before delivery").await?;
    seller.press("Save changes").await?;
    seller.expect_text("Saved.").await?;
    buyer.open(&format!("/listings/{listing}")).await?;
    buyer.expect_no_text("Paid before delivery").await?;
    buy(&buyer, "2").await?;
    buyer.expect_text(FULFILLED).await?;
    assert_clean_console(&buyer).await?;
    assert_clean_console(&seller).await
}

async fn revoke(browser: &Browser) -> Result<()> {
    browser.press("Revoke token").await?;
    browser.expect_text("Revoke this token?").await?;
    browser.press("Revoke token").await?;
    browser.expect_text("The token is revoked.").await
}

async fn assert_revoked(browser: &Browser, buyer: &Client, token: &str) -> Result<()> {
    browser.open(token).await?;
    browser.expect_text("no longer grants access").await?;
    browser.expect_no_text("Reveal key").await?;
    let id = token.trim_start_matches("/tokens/");
    assert_eq!(buyer.reveal(id).await?.status, 410);
    Ok(())
}

#[tokio::test]
async fn a_seller_sees_sales_and_refunds_an_order() -> Result<()> {
    const SERVICE: &str = "Numbat tracks";
    const SELLER: &str = "numbat-seller@example.com";

    let server = DevServer::shared().await?;
    let listing = publish_via_api(server, SELLER, SERVICE, 100).await?;
    let buyer = server.browser(Device::DESKTOP).await?;
    sign_in(&buyer, "numbat-buyer@example.com").await?;
    buyer.open(&format!("/listings/{listing}")).await?;
    buy(&buyer, "2").await?;
    buyer.open(&format!("/listings/{listing}")).await?;
    let order = buy(&buyer, "8").await?;
    pay_order(&buyer, &order).await?;

    let seller = server.browser(Device::DESKTOP).await?;
    sign_in(&seller, SELLER).await?;
    seller.open("/my/listings").await?;
    seller
        .expect_text("Revenue 10.00 USD Units sold 10")
        .await?;
    seller
        .expect_text("Numbat tracks Active 1.00 USD 90 10 10.00 USD")
        .await?;
    assert!(count(&seller, "svg.plot rect.bar").await? >= 1);
    seller.open("/my/sales").await?;
    seller.expect_text("8 8.00 USD Fulfilled").await?;
    seller.expect_text("2 2.00 USD Fulfilled").await?;

    refund_with_units(&seller, "8.00 USD").await?;
    seller.expect_text("8 8.00 USD Refunded").await?;
    seller.expect_text("2 2.00 USD Fulfilled").await?;
    seller.open("/my/listings").await?;
    seller
        .expect_text("Numbat tracks Active 1.00 USD 98 2 2.00 USD")
        .await?;

    buyer.open(&order).await?;
    buyer.expect_text("Refunded").await?;
    buyer
        .expect_text("The token no longer grants access.")
        .await?;
    buyer.expect_no_text(PAID).await?;
    assert_clean_console(&buyer).await?;
    assert_clean_console(&seller).await
}

/// Refunds the order of this total, and puts its units back on sale.
async fn refund_with_units(seller: &Browser, total: &str) -> Result<()> {
    seller.press(&format!("Refund {total}")).await?;
    seller.expect_text(&format!("Refund {total}?")).await?;
    seller.tick("back on sale").await?;
    seller.press(&format!("Refund {total}")).await?;
    seller.expect_path("/my/sales").await?;
    seller.expect_text("The token is revoked").await
}
