//! An operator finds an order by its payment, reads its story, replays its webhook and refunds it.

use anyhow::{Context, Result, ensure};
use serde_json::json;
use udam_browser::axe::{self, Impact};
use udam_browser::{Browser, Device};
use udam_testkit::{
    Client, Market, MarketBuilder, PASSWORD, Phone, Sandbox, add_factor, unique_email, wait_until,
    weather_listing,
};

use super::steps::{assert_clean_console, log_in, text_of};

/// A marketplace with a paid order of 14.00, a complaint about it, and an operator.
struct Site {
    market: Market,
    _sandbox: Sandbox,
    /// Address that the operator logs in with.
    operator: String,
    /// App with its second factor.
    phone: Phone,
    /// Its session by the API.
    session: Client,
    order: String,
    buyer: String,
    listing: String,
}

impl Site {
    async fn start() -> Result<Self> {
        let sandbox = Sandbox::start().await?;
        let market = MarketBuilder::new()
            .payments_through(&sandbox)
            .start()
            .await?;
        sandbox.send_webhooks_to(market.address(0)).await?;
        let seller = market.sign_up("seller").await?;
        let mut listing = weather_listing(10);
        if let Some(price) = listing.get_mut("price_per_unit") {
            *price = json!("7.00");
        }
        let listing = seller.publish(listing).await?.id().to_owned();
        let buyer = market.sign_up("buyer").await?;
        let order = buyer.buy(&listing, 2).await?;
        sandbox.press(order.text_at("/payment_url"), "pay").await?;
        becomes(&buyer, order.id(), "fulfilled").await?;
        let order = order.id().to_owned();
        let complaint = json!({"reason": "The key has been refused since Monday."});
        buyer
            .post(&format!("/v1/orders/{order}/complaint"), complaint)
            .await?;
        let operator = unique_email("operator");
        let visitor = market.client()?;
        let registered = visitor.register(&operator, PASSWORD).await?;
        let session = visitor.with_session(registered.text_at("/session_token"));
        let factors = add_factor(&session, PASSWORD).await?;
        let reason = ["--reason", "A new colleague."];
        let grant = ["admin", "grant", &operator, "operator"];
        market
            .run(&[grant.as_slice(), &reason].concat())
            .await?
            .success()?;
        Ok(Self {
            buyer: buyer.get("/v1/me").await?.id().to_owned(),
            market,
            _sandbox: sandbox,
            operator,
            phone: factors.phone,
            session: factors.client,
            order,
            listing,
        })
    }

    /// Logs the operator in by both factors.
    async fn log_in(&self, browser: &Browser) -> Result<()> {
        browser.open("/login").await?;
        browser.fill("Email address", &self.operator).await?;
        browser.fill("Password", PASSWORD).await?;
        browser.press("Log in").await?;
        browser.expect_text("Your password is right.").await?;
        browser.fill("Code", &self.phone.code().await).await?;
        browser.press("Log in").await?;
        browser.expect_text("Operate").await
    }

    async fn browser(&self) -> Result<Browser> {
        let base = format!("http://{}", self.market.address(0));
        Browser::start(&base, Device::DESKTOP).await
    }
}

async fn becomes(buyer: &Client, order: &str, status: &str) -> Result<()> {
    wait_until(&format!("an order to be {status}"), async || {
        let order = buyer.get(&format!("/v1/orders/{order}")).await?;
        Ok(order["status"] == status)
    })
    .await
}

/// Examines the page that is open, as wide as a desktop and as a phone, in light and dark.
async fn examine(browser: &mut Browser, name: &str) -> Result<()> {
    for (suffix, device) in [
        ("light-1280", Device::DESKTOP),
        ("light-360", Device::PHONE),
        ("dark-360", Device::PHONE.dark()),
    ] {
        browser.set_device(device).await?;
        let overflow = browser.horizontal_overflow().await?;
        ensure!(overflow.is_none(), "{name}, {suffix}: {overflow:?}");
        let violations = axe::violations(browser).await?;
        let serious = violations.iter().filter(|it| it.impact >= Impact::Serious);
        let serious: Vec<_> = serious.map(ToString::to_string).collect();
        ensure!(serious.is_empty(), "{name}, {suffix}: {serious:#?}");
        browser
            .screenshot(&format!("admin-{name}-{suffix}"))
            .await?;
    }
    browser.set_device(Device::DESKTOP).await
}

#[tokio::test]
async fn an_operator_finds_an_order_by_its_payment_replays_its_webhook_and_refunds_it() -> Result<()>
{
    let site = Site::start().await?;
    let mut browser = site.browser().await?;
    site.log_in(&browser).await?;
    browser.press("Operate").await?;
    browser.expect_text("by its exact name").await?;
    examine(&mut browser, "search").await?;

    let payment = payment_of(&site).await?;
    browser.fill("Exact name", &payment).await?;
    browser.press("Find").await?;
    browser.expect_text("What has this name").await?;
    examine(&mut browser, "found").await?;
    browser.press(&site.order).await?;
    browser
        .expect_path(&format!("/admin/orders/{}", site.order))
        .await?;
    browser.expect_text("What has happened").await?;
    browser.expect_text("Payment arrived").await?;
    examine(&mut browser, "order").await?;

    let event =
        "return document.querySelector(\"td a[href^='/admin/webhooks/']\").getAttribute('href')";
    let event = browser.run(event).await?;
    browser
        .open(event.as_str().context("no event is linked")?)
        .await?;
    browser.expect_text("Last attempt").await?;
    examine(&mut browser, "event").await?;
    browser
        .fill("Reason", "The buyer says that nothing came.")
        .await?;
    browser.press("Replay").await?;
    browser.expect_text("nothing has changed").await?;

    browser
        .open(&format!("/admin/orders/{}", site.order))
        .await?;
    browser.expect_text("Event replayed").await?;
    browser
        .fill("Reason", "The seller does not answer.")
        .await?;
    browser.press("Refund 14.00 USD").await?;
    browser.expect_text("The order is refunded.").await?;
    browser.expect_text("The seller does not answer.").await?;
    let badge = text_of(&browser, "main .badge").await?;
    ensure!(badge == "Refunded", "{badge}");
    assert_clean_console(&browser).await
}

#[tokio::test]
async fn an_operator_resolves_an_alert_and_suspends_and_restores_without_scripts() -> Result<()> {
    let site = Site::start().await?;
    let base = format!("http://{}", site.market.address(0));
    let browser = Browser::start(&base, Device::DESKTOP.without_javascript()).await?;
    site.log_in(&browser).await?;
    browser.open("/admin/alerts").await?;
    browser.expect_text("Complaint").await?;
    browser.press("1").await?;
    browser
        .expect_text("The key has been refused since Monday.")
        .await?;
    browser
        .fill("What was done about it", "The buyer has a new key.")
        .await?;
    browser.press("Resolve").await?;
    browser.expect_text("The alert is resolved.").await?;
    for path in [
        format!("/admin/accounts/{}", site.buyer),
        format!("/admin/listings/{}", site.listing),
    ] {
        browser.open(&path).await?;
        browser.fill("Reason", "Its owner asks for it.").await?;
        browser.press("Suspend").await?;
        browser.expect_text("It is suspended.").await?;
        browser.fill("Reason", "Its owner has come back.").await?;
        browser.press("Restore").await?;
        browser.expect_text("It is not suspended any more.").await?;
    }
    assert_clean_console(&browser).await
}

#[tokio::test]
async fn the_other_pages_of_operators_are_legible_at_every_width_and_closed_to_others() -> Result<()>
{
    let site = Site::start().await?;
    let mut browser = site.browser().await?;
    site.log_in(&browser).await?;
    for (name, path, text) in [
        (
            "account",
            format!("/admin/accounts/{}", site.buyer),
            "First payment",
        ),
        (
            "listing",
            format!("/admin/listings/{}", site.listing),
            "Revenue",
        ),
        ("alerts", "/admin/alerts".to_owned(), "Those that are open"),
        (
            "alert",
            "/admin/alerts/1".to_owned(),
            "What was done about it",
        ),
        ("webhooks", "/admin/webhooks".to_owned(), "Replay a period"),
        (
            "audit",
            "/admin/audit".to_owned(),
            "Account, order or listing",
        ),
    ] {
        browser.open(&path).await?;
        browser.expect_text(text).await?;
        examine(&mut browser, name).await?;
    }
    assert_clean_console(&browser).await?;
    let visitor = site.browser().await?;
    let email = unique_email("curious");
    site.market.client()?.register(&email, PASSWORD).await?;
    log_in(&visitor, &email).await?;
    visitor.expect_no_text("Operate").await?;
    for path in ["/admin", "/admin/alerts", "/admin/webhooks", "/admin/audit"] {
        visitor.open(path).await?;
        ensure!(visitor.status().await? == 403, "{path}");
    }
    Ok(())
}

/// The provider's id of the order's payment, as a support ticket would have it.
async fn payment_of(site: &Site) -> Result<String> {
    let operator = &site.session;
    let story = operator
        .get(&format!("/v1/admin/orders/{}", site.order))
        .await?;
    Ok(story.text_at("/payment/reference").to_owned())
}
