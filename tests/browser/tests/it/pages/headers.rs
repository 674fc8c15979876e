use anyhow::Result;
use udam_testkit::{Market, MarketBuilder, PASSWORD, unique_email};

use super::fixture::fixture;
use super::http::{Http, Response};
use super::inventory::{Navigation, Page, Viewer, pages};

const POLICY: [&str; 8] = [
    "default-src 'none'",
    "style-src 'self'",
    "script-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
];

/// The responses of all pages of the fixture that have an address.
async fn responses() -> Result<Vec<(Page, Response)>> {
    let fixture = fixture().await?;
    let visitor = Http::at(fixture.server.base())?;
    let mut responses = Vec::new();
    for page in pages(fixture, "") {
        let Navigation::Open(path) = &page.navigation else {
            continue;
        };
        let person = fixture.person(page.viewer);
        let cookie = person.map(|person| format!("udam_session={}", person.session));
        let visitor = visitor.with_cookie(&cookie.unwrap_or_default());
        let response = visitor.get(path).await?;
        responses.push((page, response));
    }
    Ok(responses)
}

#[tokio::test]
async fn every_page_has_the_security_headers() -> Result<()> {
    for (page, response) in responses().await? {
        let policy = response.header("content-security-policy");
        let mut directives: Vec<_> = policy.split("; ").collect();
        directives.sort_unstable();
        let mut expected = POLICY.to_vec();
        // Shows a document that others have written.
        if page.name == "mailbox-mail" {
            expected.push("frame-src 'self'");
        }
        expected.sort_unstable();
        assert_eq!(directives, expected, "{}", page.name);
        assert_eq!(
            response.header("x-content-type-options"),
            "nosniff",
            "{}",
            page.name
        );
        assert_eq!(
            response.header("referrer-policy"),
            "same-origin",
            "{}",
            page.name
        );
        assert_eq!(
            response.header("content-type"),
            "text/html; charset=utf-8",
            "{}",
            page.name
        );
    }
    Ok(())
}

#[tokio::test]
async fn personal_pages_are_never_cached() -> Result<()> {
    for (page, response) in responses().await? {
        let is_own = page.viewer != Viewer::Nobody || page.status != 200 || response.csrf().is_ok();
        if is_own {
            assert_eq!(
                response.header("cache-control"),
                "no-store",
                "{}",
                page.name
            );
            assert_eq!(response.header("etag"), "", "{}", page.name);
        }
    }
    Ok(())
}

#[tokio::test]
async fn public_pages_are_revalidated() -> Result<()> {
    let fixture = fixture().await?;
    let visitor = Http::at(fixture.server.base())?;
    // Other tests change the whole catalogue, but not this seller's listings.
    let catalogue = format!("/?seller={}", fixture.seller.id);
    let listing = format!("/listings/{}", fixture.listings.sold_out);
    for path in [&catalogue, &listing, "/robots.txt", "/llms.txt"] {
        let first = visitor.get(path).await?;
        assert_eq!(first.header("cache-control"), "public, no-cache", "{path}");
        assert_eq!(first.header("vary"), "Cookie", "{path}");
        let tag = first.header("etag");
        assert!(!tag.is_empty(), "{path}");
        let again = visitor.get_if_changed(path, tag).await?;
        assert_eq!((again.status, again.text.as_str()), (304, ""), "{path}");
        assert_eq!(again.header("etag"), tag, "{path}");
        let other = visitor.get_if_changed(path, "\"something else\"").await?;
        assert_eq!(other.status, 200, "{path}");
    }
    let style = visitor.get(&catalogue).await?;
    let style = visitor
        .get(style.between("stylesheet\" href=\"", "\"")?)
        .await?;
    assert_eq!(
        style.header("cache-control"),
        "public, max-age=31536000, immutable"
    );
    assert_eq!(style.header("x-content-type-options"), "nosniff");
    Ok(())
}

#[tokio::test]
async fn cookies_are_hidden_from_scripts_and_other_sites() -> Result<()> {
    let visitor = Http::at(fixture().await?.server.base())?;
    let page = visitor.get("/login").await?;
    let form = format!("csrf={}&email=headers%40pages.example", page.csrf()?);
    let cookie = page.cookies()[0];
    let known = visitor.with_cookie(cookie.split(';').next().unwrap_or_default());
    let signed_in = known.post("/login", form).await?;
    assert_eq!((signed_in.status, signed_in.header("location")), (303, "/"));
    for (cookie, name) in [
        (cookie, "udam_visitor="),
        (signed_in.cookies()[0], "udam_session="),
    ] {
        assert!(cookie.starts_with(name), "{cookie}");
        for attribute in ["; HttpOnly", "; SameSite=Lax", "; Path=/"] {
            assert!(cookie.contains(attribute), "{cookie}");
        }
        // There is no TLS here.
        assert!(!cookie.contains("Secure"), "{cookie}");
    }
    Ok(())
}

#[tokio::test]
async fn in_production_cookies_are_secure_and_there_is_no_race() -> Result<()> {
    let market = MarketBuilder::new().start().await?;
    let visitor = production(&market)?;
    let home = visitor.get("/").await?;
    assert_eq!(home.status, 200);
    assert_eq!(home.header("strict-transport-security"), "max-age=31536000");
    assert!(!home.text.contains("/demo/race"));
    assert_eq!(visitor.get("/demo/race").await?.status, 404);
    assert_eq!(visitor.post("/demo/race", String::new()).await?.status, 404);
    assert!(!home.text.contains("/dev/mail"));
    assert_eq!(visitor.get("/dev/mail").await?.status, 404);
    assert_eq!(visitor.get("/dev/mail/mai_1/html").await?.status, 404);

    let email = unique_email("production");
    let registered = market.client()?.register(&email, PASSWORD).await?;
    assert_eq!(registered.status, 201);
    let page = visitor.get("/login").await?;
    let email = email.replace('@', "%40");
    let password = PASSWORD.replace(' ', "+");
    let form = format!("csrf={}&email={email}&password={password}", page.csrf()?);
    let cookie = page.cookies()[0];
    let known = visitor.with_cookie(cookie.split(';').next().unwrap_or_default());
    let without = form.replace(&password, "");
    assert_eq!(known.post("/login", without).await?.status, 422);
    let signed_in = known.post("/login", form).await?;
    assert_eq!(signed_in.status, 303, "{}", signed_in.text);
    for (cookie, name) in [
        (cookie, "__Host-udam_visitor="),
        (signed_in.cookies()[0], "__Host-udam_session="),
        (signed_in.cookies()[2], "__Host-udam_device="),
    ] {
        assert!(cookie.starts_with(name), "{cookie}");
        for attribute in ["; HttpOnly", "; SameSite=Lax", "; Secure", "; Path=/"] {
            assert!(cookie.contains(attribute), "{cookie}");
        }
        assert!(!cookie.contains("Domain"), "{cookie}");
    }
    Ok(())
}

fn production(market: &Market) -> Result<Http> {
    Http::at(&format!("http://{}", market.address(0)))
}
