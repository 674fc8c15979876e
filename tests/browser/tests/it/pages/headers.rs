use anyhow::Result;
use udam_e2e::{Market, Opening, PASSWORD, fresh_email};

use super::furnished::furnished;
use super::http::{Http, Reply};
use super::list::{Page, Viewer, Way, pages};

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

/// The answers to all pages of the shared marketplace that have an address.
async fn replies() -> Result<Vec<(Page, Reply)>> {
    let furnished = furnished().await?;
    let visitor = Http::at(furnished.shop.base())?;
    let mut replies = Vec::new();
    for page in pages(furnished, "") {
        let Way::At(path) = &page.way else { continue };
        let person = furnished.person(page.viewer);
        let cookie = person.map(|person| format!("udam_session={}", person.session));
        let visitor = visitor.with_cookie(&cookie.unwrap_or_default());
        let reply = visitor.get(path).await?;
        replies.push((page, reply));
    }
    Ok(replies)
}

#[tokio::test]
async fn every_page_tells_browsers_to_run_and_load_nothing_of_others() -> Result<()> {
    for (page, reply) in replies().await? {
        let policy = reply.header("content-security-policy");
        let mut directives: Vec<_> = policy.split("; ").collect();
        directives.sort_unstable();
        let mut expected = POLICY;
        expected.sort_unstable();
        assert_eq!(directives, expected, "{}", page.name);
        assert_eq!(
            reply.header("x-content-type-options"),
            "nosniff",
            "{}",
            page.name
        );
        assert_eq!(
            reply.header("referrer-policy"),
            "same-origin",
            "{}",
            page.name
        );
        assert_eq!(
            reply.header("content-type"),
            "text/html; charset=utf-8",
            "{}",
            page.name
        );
    }
    Ok(())
}

#[tokio::test]
async fn what_is_somebody_s_own_is_kept_by_nobody() -> Result<()> {
    for (page, reply) in replies().await? {
        let is_own = page.viewer != Viewer::Nobody || page.status != 200 || reply.csrf().is_ok();
        if is_own {
            assert_eq!(reply.header("cache-control"), "no-store", "{}", page.name);
            assert_eq!(reply.header("etag"), "", "{}", page.name);
        }
    }
    Ok(())
}

#[tokio::test]
async fn what_is_public_is_sent_once_until_it_changes() -> Result<()> {
    let furnished = furnished().await?;
    let visitor = Http::at(furnished.shop.base())?;
    // What other tests do shows in the whole catalogue, but not in what one seller sells.
    let catalogue = format!("/?seller={}", furnished.seller.id);
    let listing = format!("/listings/{}", furnished.listings.sold_out);
    for path in [&catalogue, &listing, "/robots.txt", "/llms.txt"] {
        let first = visitor.get(path).await?;
        assert_eq!(first.header("cache-control"), "public, no-cache", "{path}");
        assert_eq!(first.header("vary"), "Cookie", "{path}");
        let tag = first.header("etag");
        assert!(!tag.is_empty(), "{path}");
        let again = visitor.get_unless(path, tag).await?;
        assert_eq!((again.status, again.text.as_str()), (304, ""), "{path}");
        assert_eq!(again.header("etag"), tag, "{path}");
        let other = visitor.get_unless(path, "\"something else\"").await?;
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
async fn no_script_and_no_other_site_gets_at_the_cookies() -> Result<()> {
    let visitor = Http::at(furnished().await?.shop.base())?;
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
async fn in_production_cookies_travel_over_tls_only_and_nobody_races() -> Result<()> {
    let market = Opening::usual().open().await?;
    let visitor = production(&market)?;
    let home = visitor.get("/").await?;
    assert_eq!(home.status, 200);
    assert_eq!(home.header("strict-transport-security"), "max-age=31536000");
    assert!(!home.text.contains("/demo/race"));
    assert_eq!(visitor.get("/demo/race").await?.status, 404);
    assert_eq!(visitor.post("/demo/race", String::new()).await?.status, 404);

    let email = fresh_email("production");
    let registered = market.visitor()?.register(&email, PASSWORD).await?;
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
