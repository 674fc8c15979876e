use anyhow::Result;
use udam_browser::{Browser, DevServer, Device};

use super::{TEXTS, assert_nothing_injected, assert_shown_as_text, encoded};
use crate::pages::fixture::fixture;
use crate::pages::visitor::{sign_in_as, submit};

#[tokio::test]
async fn query_values_show_as_text() -> Result<()> {
    let server = DevServer::shared().await?;
    let listing = &fixture().await?.listings.active;
    let browser = server.browser(Device::PHONE).await?;
    for text in TEXTS {
        let value = encoded(text);
        browser.open(&format!("/?q={value}")).await?;
        assert_shown_as_text(&browser, &format!("“{text}”")).await?;
        assert_eq!(browser.value("Search listings").await?, text);
        let filters = format!("/?min_price={value}&max_price={value}&sort={value}&after={value}");
        browser.open(&filters).await?;
        browser.expect_text("Please correct").await?;
        assert_nothing_injected(&browser).await?;
        assert_eq!(browser.value("Minimum price (USD)").await?, text);
        for path in [
            format!("/?seller={value}&in_stock={value}"),
            format!("/listings/{listing}?units={value}&done={value}"),
            format!("/login?next={value}&done={value}"),
            format!("/register?next={value}"),
            format!("/{value}"),
        ] {
            browser.open(&path).await?;
            assert_nothing_injected(&browser).await?;
        }
    }
    Ok(())
}

#[tokio::test]
async fn invalid_form_values_are_shown_again_as_typed() -> Result<()> {
    let fixture = fixture().await?;
    let browser = fixture.server.browser(Device::PHONE).await?;
    for text in TEXTS {
        let typed = |name| (name, text.to_owned());
        browser.open("/login").await?;
        submit(&browser, "/login", &[typed("email"), typed("next")]).await?;
        assert_shown_again(&browser, "Email address", text).await?;
        browser.open("/register").await?;
        let all = [typed("email"), typed("name"), typed("next")];
        submit(&browser, "/register", &all).await?;
        assert_shown_again(&browser, "Email address", text).await?;
    }
    sign_in_as(&browser, Some(&fixture.seller)).await?;
    for text in TEXTS {
        submit_listing(&browser, text).await?;
    }
    Ok(())
}

async fn submit_listing(browser: &Browser, text: &str) -> Result<()> {
    let names = [
        "service_name",
        "description",
        "endpoint_url",
        "unit_description",
        "price_per_unit",
        "available_units",
        "api_key",
    ];
    let fields = names.map(|name| (name, text.to_owned()));
    browser.open("/sell").await?;
    submit(browser, "/sell", &fields).await?;
    for label in [
        "Service name",
        "Description",
        "Endpoint address",
        "Unit description",
        "Price per unit in USD",
        "Available units",
    ] {
        assert_shown_again(browser, label, text).await?;
    }
    // Secrets are never shown again.
    assert_eq!(browser.value("API key").await?, "");
    Ok(())
}

async fn assert_shown_again(browser: &Browser, label: &str, text: &str) -> Result<()> {
    browser.expect_text("Please correct").await?;
    assert_eq!(browser.value(label).await?, text);
    assert_nothing_injected(browser).await
}

#[tokio::test]
async fn characters_that_reorder_or_break_lines_are_rejected_at_their_field() -> Result<()> {
    let fixture = fixture().await?;
    let browser = fixture.server.browser(Device::PHONE).await?;
    sign_in_as(&browser, Some(&fixture.seller)).await?;
    for (character, fields) in [
        (
            "\u{202e}",
            ["service_name", "description", "unit_description"].as_slice(),
        ),
        (
            "\u{2066}",
            &["service_name", "description", "unit_description"],
        ),
        (
            "\u{2028}",
            &["service_name", "description", "unit_description"],
        ),
        (
            "\u{1b}[2J",
            &["service_name", "description", "unit_description"],
        ),
        ("\n", &["service_name", "unit_description"]),
        (
            "\r\nSet-Cookie: a=b\r\n",
            &["service_name", "unit_description"],
        ),
    ] {
        browser.open("/sell").await?;
        let value = format!("gnp{character}exe");
        let fields: Vec<_> = fields.iter().map(|name| (*name, value.clone())).collect();
        submit(&browser, "/sell", &fields).await?;
        browser.expect_text("Please correct").await?;
        assert_nothing_injected(&browser).await?;
        let rejected = browser.run("return [...document.querySelectorAll('[id$=-error]')].filter(it => it.textContent.includes('control characters')).map(it => it.id.replace('-error', ''))").await?;
        let names: Vec<_> = fields.iter().map(|(name, _)| *name).collect();
        assert_eq!(rejected, serde_json::json!(names), "{character:?}");
    }
    Ok(())
}
