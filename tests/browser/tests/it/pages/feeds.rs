use anyhow::{Context, Result};
use serde_json::{Value, json};
use udam_browser::Device;

use super::catalogue::quiet_catalogue;
use super::http::Http;

#[tokio::test]
async fn a_listing_has_metadata_for_search_engines_and_previews() -> Result<()> {
    let catalogue = quiet_catalogue().await?;
    let browser = catalogue.server.browser(Device::DESKTOP).await?;
    for (listing, availability) in [
        (&catalogue.listings[20], "InStock"),
        (&catalogue.sold_out, "SoldOut"),
        (&catalogue.paused, "Discontinued"),
        (&catalogue.archived, "Discontinued"),
    ] {
        let path = format!("/listings/{listing}");
        browser.open(&format!("{path}?units=3")).await?;
        let head = browser
            .run(
                r#"const value = (selector, name) => document.querySelector(selector)?.getAttribute(name);
                return {
                  canonical: value("link[rel=canonical]", "href"),
                  description: value("meta[name=description]", "content"),
                  type: value("meta[property='og:type']", "content"),
                  title: value("meta[property='og:title']", "content"),
                  about: value("meta[property='og:description']", "content"),
                  url: value("meta[property='og:url']", "content"),
                  site: value("meta[property='og:site_name']", "content"),
                  robots: value("meta[name=robots]", "content"),
                  product: JSON.parse(document.querySelector("script[type='application/ld+json']").text),
                }"#,
            )
            .await?;
        let url = format!("{}{path}", catalogue.server.base());
        let product = &head["product"];
        let name = product["name"]
            .as_str()
            .context("the product has no name")?;
        assert_eq!(browser.title().await?, format!("{name} · UDAM"));
        assert_eq!(browser.heading().await?, name);
        for (field, expected) in [
            ("canonical", url.as_str()),
            ("url", &url),
            ("type", "product"),
            ("title", name),
            ("site", "UDAM"),
        ] {
            assert_eq!(head[field], expected, "{field}");
        }
        let about =
            format!("{name} by Meteoservice Data GmbH: 1,000 requests for one place for 0.25 USD.");
        assert_eq!(head["description"], about);
        assert_eq!(head["about"], about);
        assert_eq!(head["robots"], Value::Null);
        assert_eq!(product["@context"], "https://schema.org");
        assert_eq!(product["@type"], "Product");
        assert_eq!(product["url"], url);
        assert_eq!(product["sku"], listing.as_str());
        let offer = json!({
            "@type": "Offer",
            "url": url,
            "price": "0.25",
            "priceCurrency": "USD",
            "availability": format!("https://schema.org/{availability}"),
            "seller": {"@type": "Organization", "name": "Meteoservice Data GmbH"},
        });
        assert_eq!(product["offers"], offer);
    }
    Ok(())
}

#[tokio::test]
async fn only_the_first_page_of_the_catalogue_is_canonical() -> Result<()> {
    let catalogue = quiet_catalogue().await?;
    let visitor = Http::at(catalogue.server.base())?;
    let canonical = |html: &str| html.contains("rel=\"canonical\"");
    let home = visitor.get("/").await?;
    let address = format!(
        "<link rel=\"canonical\" href=\"{}/\">",
        catalogue.server.base()
    );
    assert!(home.text.contains(&address));
    assert!(home.text.contains("<meta name=\"description\" content=\""));
    let next = home.between(
        "<nav class=\"pager\" aria-label=\"Pages\"><a class=\"button secondary\" href=\"",
        "\"",
    )?;
    for path in ["/?q=region", "/?in_stock=true", next] {
        let page = visitor.get(path).await?;
        assert_eq!(page.status, 200, "{path}");
        assert!(!canonical(&page.text), "{path}");
    }
    for path in ["/login", "/register"] {
        let page = visitor.get(path).await?;
        assert!(
            page.text
                .contains("<meta name=\"robots\" content=\"noindex\">"),
            "{path}"
        );
    }
    Ok(())
}

#[tokio::test]
async fn the_sitemap_lists_exactly_what_is_on_sale() -> Result<()> {
    let catalogue = quiet_catalogue().await?;
    let visitor = Http::at(catalogue.server.base())?;
    let robots = visitor.get("/robots.txt").await?;
    assert!(robots.header("content-type").starts_with("text/plain"));
    assert!(robots.text.starts_with("User-agent: *\n"));
    for path in ["/account", "/orders", "/tokens", "/tab", "/my/", "/sell"] {
        assert!(
            robots.text.contains(&format!("Disallow: {path}\n")),
            "{path}"
        );
    }
    let named = robots.between("Sitemap: ", "\n").or_else(|_| {
        robots
            .text
            .rsplit_once("Sitemap: ")
            .map(|it| it.1)
            .context("it names no sitemap")
    })?;
    assert_eq!(
        named.trim(),
        format!("{}/sitemap.xml", catalogue.server.base())
    );

    let sitemap = visitor.get("/sitemap.xml").await?;
    assert!(sitemap.header("content-type").contains("xml"));
    let on_sale = catalogue.listings.iter().chain([&catalogue.sold_out]);
    let mut expected: Vec<_> = on_sale
        .map(|id| format!("{}/listings/{id}", catalogue.server.base()))
        .collect();
    expected.push(format!("{}/", catalogue.server.base()));
    expected.sort_unstable();
    let mut listed: Vec<_> = sitemap
        .text
        .split("<loc>")
        .skip(1)
        .filter_map(|rest| rest.split_once("</loc>"))
        .map(|it| it.0.to_owned())
        .collect();
    listed.sort_unstable();
    assert_eq!(listed, expected);
    for path in &listed {
        let path = path
            .strip_prefix(catalogue.server.base())
            .unwrap_or_default();
        assert_eq!(visitor.get(path).await?.status, 200, "{path}");
    }
    Ok(())
}

#[tokio::test]
async fn the_feed_has_the_newest_listings_first() -> Result<()> {
    let catalogue = quiet_catalogue().await?;
    let feed = Http::at(catalogue.server.base())?.get("/feed.xml").await?;
    assert_eq!(
        feed.header("content-type"),
        "application/atom+xml; charset=utf-8"
    );
    let ids: Vec<_> = feed
        .text
        .split("<entry>")
        .skip(1)
        .filter_map(|entry| entry.split_once("<id>")?.1.split_once("</id>"))
        .map(|it| it.0)
        .collect();
    let on_sale = catalogue.listings.iter().rev().take(20);
    let expected: Vec<_> = on_sale
        .map(|id| format!("{}/listings/{id}", catalogue.server.base()))
        .collect();
    assert_eq!(ids, expected);
    Ok(())
}

#[tokio::test]
async fn every_link_in_llms_txt_works() -> Result<()> {
    let catalogue = quiet_catalogue().await?;
    let visitor = Http::at(catalogue.server.base())?;
    let llms = visitor.get("/llms.txt").await?;
    let links: Vec<_> = llms
        .text
        .split("](")
        .skip(1)
        .filter_map(|rest| rest.split_once(')'))
        .map(|it| it.0)
        .collect();
    assert!(links.len() >= 5, "{links:?}");
    for link in links {
        let path = link
            .strip_prefix(catalogue.server.base())
            .context("it links to another site")?;
        let mut reply = visitor.get(path).await?;
        if reply.status / 100 == 3 {
            let on = reply.header("location").to_owned();
            reply = visitor.get(&on).await?;
        }
        assert_eq!(reply.status, 200, "{link}");
    }
    Ok(())
}

#[tokio::test]
async fn missing_pages_and_wrong_methods_have_their_status() -> Result<()> {
    let catalogue = quiet_catalogue().await?;
    let visitor = Http::at(catalogue.server.base())?;
    let unknown = "/listings/lst_01h455vb4pex5vsknk084sn02q";
    for path in [
        unknown,
        "/listings/none",
        "/nowhere",
        "/assets/store.css",
        "/sitemap.xml?after=x",
    ] {
        assert_eq!(visitor.get(path).await?.status, 404, "{path}");
    }
    for (path, methods) in [("/", "GET, HEAD"), ("/robots.txt", "GET, HEAD")] {
        let refused = visitor.post(path, String::new()).await?;
        assert_eq!(
            (refused.status, refused.header("allow")),
            (405, methods),
            "{path}"
        );
    }
    let refused = visitor.get("/logout").await?;
    assert_eq!((refused.status, refused.header("allow")), (405, "POST"));
    for path in [
        "/orders",
        "/tokens",
        "/tab",
        "/tab/payments",
        "/account",
        "/sell",
        "/my/listings",
        "/my/sales",
        "/my/sales.csv",
    ] {
        let sent_on = visitor.get(path).await?;
        let there = format!("/login?next={}", path.replace('/', "%2F"));
        assert_eq!(
            (sent_on.status, sent_on.header("location")),
            (303, there.as_str())
        );
    }
    Ok(())
}
