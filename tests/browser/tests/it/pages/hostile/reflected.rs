use anyhow::Result;
use udam_browser::{Browser, Device, Shop};

use super::{TEXTS, encoded, is_unharmed, shows};
use crate::pages::furnished::furnished;
use crate::pages::guest::{become_somebody, send};

#[tokio::test]
async fn what_an_address_says_is_text_wherever_it_shows() -> Result<()> {
    let shop = Shop::shared().await?;
    let listing = &furnished().await?.listings.active;
    let browser = shop.browser(Device::PHONE).await?;
    for text in TEXTS {
        let said = encoded(text);
        browser.open(&format!("/?q={said}")).await?;
        shows(&browser, &format!("“{text}”")).await?;
        assert_eq!(browser.value("Search listings").await?, text);
        let filters = format!("/?min_price={said}&max_price={said}&sort={said}&after={said}");
        browser.open(&filters).await?;
        browser.sees("Please correct").await?;
        is_unharmed(&browser).await?;
        assert_eq!(browser.value("Minimum price (USD)").await?, text);
        for path in [
            format!("/?seller={said}&in_stock={said}"),
            format!("/listings/{listing}?units={said}&done={said}"),
            format!("/login?next={said}&done={said}"),
            format!("/register?next={said}"),
            format!("/{said}"),
        ] {
            browser.open(&path).await?;
            is_unharmed(&browser).await?;
        }
    }
    Ok(())
}

#[tokio::test]
async fn what_a_form_could_not_take_comes_back_as_it_was_typed() -> Result<()> {
    let furnished = furnished().await?;
    let browser = furnished.shop.browser(Device::PHONE).await?;
    for text in TEXTS {
        let typed = |name| (name, text.to_owned());
        browser.open("/login").await?;
        send(&browser, "/login", &[typed("email"), typed("next")]).await?;
        came_back(&browser, "Email address", text).await?;
        browser.open("/register").await?;
        let all = [typed("email"), typed("name"), typed("next")];
        send(&browser, "/register", &all).await?;
        came_back(&browser, "Email address", text).await?;
    }
    become_somebody(&browser, Some(&furnished.seller)).await?;
    for text in TEXTS {
        sell(&browser, text).await?;
    }
    Ok(())
}

async fn sell(browser: &Browser, text: &str) -> Result<()> {
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
    send(browser, "/sell", &fields).await?;
    for label in [
        "Service name",
        "Description",
        "Endpoint address",
        "Unit description",
        "Price per unit in USD",
        "Available units",
    ] {
        came_back(browser, label, text).await?;
    }
    // All but what is secret.
    assert_eq!(browser.value("API key").await?, "");
    Ok(())
}

async fn came_back(browser: &Browser, label: &str, text: &str) -> Result<()> {
    browser.sees("Please correct").await?;
    assert_eq!(browser.value(label).await?, text);
    is_unharmed(browser).await
}

#[tokio::test]
async fn letters_that_turn_text_around_or_break_its_line_are_refused_beside_the_field() -> Result<()>
{
    let furnished = furnished().await?;
    let browser = furnished.shop.browser(Device::PHONE).await?;
    become_somebody(&browser, Some(&furnished.seller)).await?;
    for (letter, fields) in [
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
        let turned = format!("gnp{letter}exe");
        let fields: Vec<_> = fields.iter().map(|name| (*name, turned.clone())).collect();
        send(&browser, "/sell", &fields).await?;
        browser.sees("Please correct").await?;
        is_unharmed(&browser).await?;
        let told = browser.run("return [...document.querySelectorAll('[id$=-error]')].filter(it => it.textContent.includes('control characters')).map(it => it.id.replace('-error', ''))").await?;
        let names: Vec<_> = fields.iter().map(|(name, _)| *name).collect();
        assert_eq!(told, serde_json::json!(names), "{letter:?}");
    }
    Ok(())
}
