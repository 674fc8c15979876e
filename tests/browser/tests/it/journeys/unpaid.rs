use anyhow::Result;
use udam_browser::{Browser, Device, Shop};

use super::steps::{
    KEY, buy, go_to_the_provider, nothing_was_complained_of, on_sale, pay_for, reveal, sign_in,
};

#[tokio::test]
async fn a_declined_payment_leads_back_to_the_order_which_can_be_paid_again() -> Result<()> {
    let shop = Shop::shared().await?;
    let listing = on_sale(shop, "possum-seller@example.com", "Possum roofs", 9).await?;
    let browser = shop.browser(Device::DESKTOP).await?;
    sign_in(&browser, "possum-buyer@example.com").await?;
    let order = buy_and_be_declined(&browser, &listing).await?;
    pay_for(&browser, &order).await?;
    assert_eq!(reveal(&browser).await?, KEY);
    nothing_was_complained_of(&browser).await
}

#[tokio::test]
async fn an_order_that_is_canceled_instead_gives_its_units_back() -> Result<()> {
    let shop = Shop::shared().await?;
    let listing = on_sale(shop, "glider-seller@example.com", "Glider paths", 9).await?;
    let browser = shop.browser(Device::DESKTOP).await?;
    sign_in(&browser, "glider-buyer@example.com").await?;
    let order = buy_and_be_declined(&browser, &listing).await?;
    browser.open(&format!("/listings/{listing}")).await?;
    browser.sees("Available 3 units").await?;

    browser.open(&order).await?;
    browser.press("Cancel order").await?;
    browser
        .sees("The order is canceled. Nothing was charged.")
        .await?;
    browser.misses("Cancel order").await?;
    browser.open(&format!("/listings/{listing}")).await?;
    browser.sees("Available 9 units").await?;
    nothing_was_complained_of(&browser).await
}

/// Orders six units, comes back from the provider without having paid, and answers with the order's
/// path.
async fn buy_and_be_declined(browser: &Browser, listing: &str) -> Result<String> {
    browser.open(&format!("/listings/{listing}")).await?;
    let order = buy(browser, "6").await?;
    go_to_the_provider(browser).await?;
    browser.press("Decline the card").await?;
    browser.arrives_at(&order).await?;
    Ok(order)
}
