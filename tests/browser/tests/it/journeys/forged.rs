use anyhow::Result;
use udam_browser::{Device, Shop};

use super::steps::{nothing_was_complained_of, on_sale, sign_in};
use crate::site::{document, serve};

/// Forms may go anywhere.
const LAX: &str = "default-src 'none'";

#[tokio::test]
async fn another_site_cannot_log_one_out_buy_or_revoke() -> Result<()> {
    const BUYER: &str = "galah-buyer@example.com";

    let shop = Shop::shared().await?;
    let listing = on_sale(shop, "galah-seller@example.com", "Galah flights", 9).await?;
    let buyer = shop.join(BUYER).await?;
    let token = buyer
        .buy(&listing, 1)
        .await?
        .text_at("/token_id")
        .to_owned();
    let browser = shop.browser(Device::DESKTOP).await?;
    sign_in(&browser, BUYER).await?;

    let (buy, revoke) = (
        format!("/listings/{listing}/buy"),
        format!("/tokens/{token}/revoke"),
    );
    let targets = ["/logout", &buy, &revoke];
    let bait = document(&targets.map(|path| form(shop.base(), path)).concat());
    // A port of its own makes it another origin, but the same site, and cookies go along.
    let near = serve(vec![("/", "200 OK", LAX, bait)])?;
    let far = near.replace("127.0.0.1", "localhost");
    for origin in [near, far] {
        for path in targets {
            browser.open(&origin).await?;
            browser.press(&format!("Win at {path}")).await?;
            browser.arrives_at(path).await?;
            assert_eq!(browser.status().await?, 403);
            browser.sees("Nothing was done.").await?;
        }
    }

    browser.open("/orders").await?;
    browser.sees("Log out").await?;
    assert_eq!(buyer.get("/v1/orders").await?.items().len(), 1);
    assert_eq!(buyer.reveal(&token).await?.status, 200);
    nothing_was_complained_of(&browser).await
}

/// A form with all that ours have, as far as a stranger can know it.
fn form(base: &str, path: &str) -> String {
    format!(
        "<form method=\"post\" action=\"{base}{path}\">\n\
         <input type=\"hidden\" name=\"csrf\" value=\"guess\">\n\
         <input type=\"hidden\" name=\"units\" value=\"1\">\n\
         <input type=\"hidden\" name=\"price_minor\" value=\"100\">\n\
         <input type=\"hidden\" name=\"order_key\" value=\"6f1f5c52-1d1c-4a3c-9d0f-3f1f4d1d6b1a\">\n\
         <button>Win at {path}</button>\n</form>\n"
    )
}
