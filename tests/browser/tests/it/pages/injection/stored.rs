use anyhow::Result;
use serde_json::{Value, json};
use tokio::try_join;
use udam_browser::{Browser, DevServer, Device};

use super::{TEXTS, assert_nothing_injected, assert_shown_as_text};
use crate::pages::fixture::{Person, list, ok, register};
use crate::pages::visitor::{sign_in_as, submit};

/// An account, a listing, an order and a token with a hostile text in all their fields.
struct Planted {
    text: &'static str,
    person: Person,
    listing: String,
    order: String,
    token: String,
}

async fn plant(server: &DevServer, number: usize, text: &'static str) -> Result<Planted> {
    let email = format!("planted-{number}@pages.example");
    let name: String = text.chars().take(100).collect();
    let person = register(server, &email, name.trim()).await?;
    let client = person.client(server)?;
    let listing = list(&client, listing_with(text)).await?;
    let order = ok(client.buy(&listing, 1).await?)?;
    Ok(Planted {
        text,
        person,
        listing,
        order: order.id().to_owned(),
        token: order.text_at("/token_id").to_owned(),
    })
}

fn listing_with(text: &str) -> Value {
    json!({
        "service_name": text,
        "description": format!("{text}\r\n\r\n\t{text}"),
        "endpoint_url": format!("https://api.example.com/{text}?a={text}#{text}"),
        "api_key": format!("sk-{text}"),
        "price_per_unit": "0.01",
        "unit_description": text,
        "available_units": 5,
    })
}

/// Checks half of the texts in one browser.
async fn check_half(server: &DevServer, offset: usize) -> Result<()> {
    let browser = server.browser(Device::PHONE).await?;
    for (number, text) in TEXTS.into_iter().enumerate().skip(offset).step_by(2) {
        let planted = plant(server, number, text).await?;
        check_pages(&browser, &planted).await?;
    }
    Ok(())
}

#[tokio::test]
async fn stored_text_shows_as_text_on_every_page() -> Result<()> {
    let server = DevServer::shared().await?;
    try_join!(check_half(server, 0), check_half(server, 1)).map(drop)
}

async fn check_pages(browser: &Browser, planted: &Planted) -> Result<()> {
    let Planted { text, person, .. } = planted;
    sign_in_as(browser, None).await?;
    browser.open(&format!("/?seller={}", person.id)).await?;
    assert_shown_as_text(browser, text).await?;
    check_listing(browser, planted).await?;
    sign_in_as(browser, Some(person)).await?;
    let Planted {
        listing,
        order,
        token,
        ..
    } = planted;
    for path in [
        format!("/listings/{listing}"),
        "/orders".to_owned(),
        format!("/orders/{order}"),
        format!("/orders/{order}/paid"),
        "/tab".to_owned(),
        "/tokens".to_owned(),
        format!("/tokens/{token}/revoke"),
        format!("/tokens/{token}"),
        "/my/listings".to_owned(),
        format!("/my/listings/{listing}/archive"),
        format!("/my/listings/{listing}"),
        "/my/sales".to_owned(),
        format!("/orders/{order}/refund"),
    ] {
        browser.open(&path).await?;
        assert_shown_as_text(browser, text).await?;
    }
    browser.open("/account").await?;
    let name: String = text.chars().take(100).collect();
    assert_shown_as_text(browser, &name).await?;
    check_forms(browser, planted).await
}

/// Values in form fields, and the response of a form.
async fn check_forms(browser: &Browser, planted: &Planted) -> Result<()> {
    let Planted {
        text,
        listing,
        token,
        ..
    } = planted;
    browser.open(&format!("/my/listings/{listing}")).await?;
    assert_eq!(browser.value("Service name").await?, *text);
    assert_eq!(
        browser.value("Description").await?,
        format!("{text}\n\n\t{text}")
    );
    assert_eq!(browser.value("Unit description").await?, *text);
    let token = format!("/tokens/{token}");
    browser.open(&token).await?;
    submit(browser, &format!("{token}/reveal"), &[]).await?;
    browser.expect_text("API key").await?;
    assert_shown_as_text(browser, text).await
}

/// The page of the listing, with its metadata.
async fn check_listing(browser: &Browser, planted: &Planted) -> Result<()> {
    let Planted { text, listing, .. } = planted;
    browser.open(&format!("/listings/{listing}")).await?;
    assert_shown_as_text(browser, text).await?;
    assert_eq!(
        collapse_spaces(&browser.title().await?),
        collapse_spaces(&format!("{text} · UDAM"))
    );
    let metadata = browser
        .run(
            r#"const content = name => document.querySelector(`meta[${name}]`).content;
            return {
              product: JSON.parse(document.querySelector("script[type='application/ld+json']").text),
              title: content("property='og:title'"),
              description: content("name='description'"),
            };"#,
        )
        .await?;
    let value = |pointer: &str| {
        metadata
            .pointer(pointer)
            .and_then(Value::as_str)
            .unwrap_or_default()
    };
    assert_eq!(value("/product/name"), *text);
    assert_eq!(
        value("/product/description"),
        format!("{text}\r\n\r\n\t{text}")
    );
    assert_eq!(value("/title"), *text);
    assert!(value("/description").contains(text), "{metadata}");
    Ok(())
}

/// Browsers collapse white space in titles.
fn collapse_spaces(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn feeds_and_sitemaps_are_valid_xml_with_any_text() -> Result<()> {
    let server = DevServer::shared().await?;
    let seller = register(server, "planted-xml@pages.example", "]]><b a='\"'>&amp;").await?;
    let client = seller.client(server)?;
    let browser = server.browser(Device::DESKTOP).await?;
    browser.open("/nowhere").await?;
    for text in TEXTS {
        let listing = list(&client, listing_with(text)).await?;
        let read = async |path: &str| {
            let script = format!(
                "return fetch('{path}').then(response => response.text()).then(text => {{
                   const xml = new DOMParser().parseFromString(text, 'application/xml');
                   const texts = name => [...xml.getElementsByTagName(name)].map(it => it.textContent);
                   return {{
                     error: texts('parsererror'), foreign: texts('script').concat(texts('b')),
                     titles: texts('title'), summaries: texts('summary'), names: texts('name'),
                     places: texts('loc'),
                   }};
                 }})"
            );
            browser.run(&script).await
        };
        let feed = read("/feed.xml").await?;
        let sitemap = read("/sitemap.xml").await?;
        for xml in [&feed, &sitemap] {
            assert_eq!(xml["error"], json!([]), "{text}");
            assert_eq!(xml["foreign"], json!([]), "{text}");
        }
        let has = |xml: &Value, list: &str, text: &str| {
            xml[list].as_array().is_some_and(|all| {
                all.iter()
                    .any(|it| it.as_str().is_some_and(|it| it.contains(text)))
            })
        };
        assert!(has(&feed, "titles", text), "{text}: {feed}");
        assert!(has(&feed, "summaries", text), "{text}: {feed}");
        assert!(has(&feed, "names", "]]><b a='\"'>&amp;"), "{feed}");
        assert!(has(&sitemap, "places", &listing), "{sitemap}");
    }
    assert_nothing_injected(&browser).await
}
