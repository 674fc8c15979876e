use anyhow::Result;
use serde_json::{Value, json};
use tokio::try_join;
use udam_browser::{Browser, Device, Shop};

use super::{TEXTS, is_unharmed, shows};
use crate::pages::furnished::{Person, done, list, register};
use crate::pages::guest::{become_somebody, send};

/// What somebody has who is called so, sells something that is called so, and has bought of it.
struct Planted {
    text: &'static str,
    person: Person,
    listing: String,
    order: String,
    token: String,
}

async fn plant(shop: &Shop, number: usize, text: &'static str) -> Result<Planted> {
    let email = format!("planted-{number}@pages.example");
    let name: String = text.chars().take(100).collect();
    let person = register(shop, &email, name.trim()).await?;
    let client = person.client(shop)?;
    let listing = list(&client, called(text)).await?;
    let order = done(client.buy(&listing, 1).await?)?;
    Ok(Planted {
        text,
        person,
        listing,
        order: order.id().to_owned(),
        token: order.text_at("/token_id").to_owned(),
    })
}

fn called(text: &str) -> Value {
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

/// Half of the texts, in one browser.
async fn look_at(shop: &Shop, offset: usize) -> Result<()> {
    let browser = shop.browser(Device::PHONE).await?;
    for (number, text) in TEXTS.into_iter().enumerate().skip(offset).step_by(2) {
        let planted = plant(shop, number, text).await?;
        look_around(&browser, &planted).await?;
    }
    Ok(())
}

#[tokio::test]
async fn what_people_type_shows_as_they_typed_it_on_every_page() -> Result<()> {
    let shop = Shop::shared().await?;
    try_join!(look_at(shop, 0), look_at(shop, 1)).map(drop)
}

async fn look_around(browser: &Browser, planted: &Planted) -> Result<()> {
    let Planted { text, person, .. } = planted;
    become_somebody(browser, None).await?;
    browser.open(&format!("/?seller={}", person.id)).await?;
    shows(browser, text).await?;
    look_at_listing(browser, planted).await?;
    become_somebody(browser, Some(person)).await?;
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
        shows(browser, text).await?;
    }
    browser.open("/account").await?;
    let name: String = text.chars().take(100).collect();
    shows(browser, &name).await?;
    look_at_forms(browser, planted).await
}

/// What is in fields, and what comes as an answer to a form.
async fn look_at_forms(browser: &Browser, planted: &Planted) -> Result<()> {
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
    send(browser, &format!("{token}/reveal"), &[]).await?;
    browser.sees("API key").await?;
    shows(browser, text).await
}

/// The page of the listing, also as machines read it.
async fn look_at_listing(browser: &Browser, planted: &Planted) -> Result<()> {
    let Planted { text, listing, .. } = planted;
    browser.open(&format!("/listings/{listing}")).await?;
    shows(browser, text).await?;
    assert_eq!(
        squeezed(&browser.title().await?),
        squeezed(&format!("{text} · UDAM"))
    );
    let told = browser
        .run(
            r#"const content = name => document.querySelector(`meta[${name}]`).content;
            return {
              product: JSON.parse(document.querySelector("script[type='application/ld+json']").text),
              title: content("property='og:title'"),
              description: content("name='description'"),
            };"#,
        )
        .await?;
    let said = |pointer: &str| {
        told.pointer(pointer)
            .and_then(Value::as_str)
            .unwrap_or_default()
    };
    assert_eq!(said("/product/name"), *text);
    assert_eq!(
        said("/product/description"),
        format!("{text}\r\n\r\n\t{text}")
    );
    assert_eq!(said("/title"), *text);
    assert!(said("/description").contains(text), "{told}");
    Ok(())
}

/// Browsers leave out white space around a title and within it.
fn squeezed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn feeds_and_sitemaps_are_xml_whatever_people_type() -> Result<()> {
    let shop = Shop::shared().await?;
    let seller = register(shop, "planted-xml@pages.example", "]]><b a='\"'>&amp;").await?;
    let client = seller.client(shop)?;
    let browser = shop.browser(Device::DESKTOP).await?;
    browser.open("/nowhere").await?;
    for text in TEXTS {
        let listing = list(&client, called(text)).await?;
        let read = async |path: &str| {
            let script = format!(
                "return fetch('{path}').then(answer => answer.text()).then(text => {{
                   const xml = new DOMParser().parseFromString(text, 'application/xml');
                   const texts = name => [...xml.getElementsByTagName(name)].map(it => it.textContent);
                   return {{
                     error: texts('parsererror'), strange: texts('script').concat(texts('b')),
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
            assert_eq!(xml["strange"], json!([]), "{text}");
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
    is_unharmed(&browser).await
}
