use anyhow::Result;
use udam_browser::{DevServer, Device};

use super::steps::{assert_clean_console, publish_via_api, sign_in};
use crate::site::{document, serve};

/// A policy that does not restrict form targets.
const LAX: &str = "default-src 'none'";

#[tokio::test]
async fn another_site_cannot_log_out_buy_or_revoke() -> Result<()> {
    const BUYER: &str = "galah-buyer@example.com";

    let server = DevServer::shared().await?;
    let listing = publish_via_api(server, "galah-seller@example.com", "Galah flights", 9).await?;
    let buyer = server.log_in(BUYER).await?;
    let token = buyer
        .buy(&listing, 1)
        .await?
        .text_at("/token_id")
        .to_owned();
    let browser = server.browser(Device::DESKTOP).await?;
    sign_in(&browser, BUYER).await?;

    let (buy, revoke) = (
        format!("/listings/{listing}/buy"),
        format!("/tokens/{token}/revoke"),
    );
    let targets = ["/logout", &buy, &revoke];
    let bait = document(&targets.map(|path| form(server.base(), path)).concat());
    // Another port is another origin on the same site, so cookies are sent.
    let same_site = serve(vec![("/", "200 OK", LAX, bait)])?;
    let cross_site = same_site.replace("127.0.0.1", "localhost");
    for origin in [same_site, cross_site] {
        for path in targets {
            browser.open(&origin).await?;
            browser.press(&format!("Win at {path}")).await?;
            browser.expect_path(path).await?;
            assert_eq!(browser.status().await?, 403);
            browser.expect_text("Nothing was done.").await?;
        }
    }

    browser.open("/orders").await?;
    browser.expect_text("Log out").await?;
    assert_eq!(buyer.get("/v1/orders").await?.items().len(), 1);
    assert_eq!(buyer.reveal(&token).await?.status, 200);
    assert_clean_console(&browser).await
}

/// A form with all fields of ours that an attacker can know.
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
