//! Texts that have broken servers before.

use anyhow::{Result, ensure};
use reqwest::Method;
use serde_json::json;
use udam_testkit::raw_http::status_of;
use udam_testkit::{Market, weather_listing};

use super::assert_no_server_error;
use crate::setup::{seller_with_listing, with_fields};

/// Texts that have broken servers before.
const HOSTILE: [&str; 20] = [
    "\0",
    "a\0b",
    "\u{feff}",
    "\u{202e}drow",
    "\u{fffd}",
    "\u{10ffff}",
    "\u{85}",
    "İı",
    "ﬃ",
    "e\u{301}\u{301}\u{301}\u{301}",
    "👩‍👩‍👧‍👦",
    "' OR 1=1 --",
    "%00%",
    "${jndi:x}",
    "<script>",
    "\\",
    "\\u0000",
    "a & !b <-> (c | d):*",
    "\"unclosed -",
    "٣",
];

#[tokio::test]
async fn hostile_texts_in_every_field_cause_no_server_error() -> Result<()> {
    let market = Market::shared().await?;
    let (seller, listing) = seller_with_listing(market, weather_listing(9)).await?;
    let path = format!("/v1/listings/{listing}");
    for text in HOSTILE {
        for field in [
            "service_name",
            "description",
            "endpoint_url",
            "api_key",
            "price_per_unit",
            "currency",
            "unit_description",
            "available_units",
        ] {
            let wrong = with_fields(weather_listing(1), [(field, json!(text))]);
            assert_no_server_error(&seller.publish(wrong).await?, &format!("{field} {text:?}"))?;
            assert_no_server_error(
                &seller.patch(&path, json!({field: text})).await?,
                &format!("{field} {text:?}"),
            )?;
        }
        for body in [
            json!({"email": text, "password": text, "name": text}),
            json!({text: text}),
            json!({"email": {text: [text]}}),
        ] {
            assert_no_server_error(&seller.post("/v1/auth/register", body.clone()).await?, text)?;
            assert_no_server_error(&seller.post("/v1/auth/login", body).await?, text)?;
        }
        let order = json!({"listing_id": text, "units_requested": text});
        assert_no_server_error(&seller.post("/v1/orders", order).await?, text)?;
        let change = json!({"current_password": text, "new_password": text});
        assert_no_server_error(&seller.post("/v1/auth/password", change).await?, text)?;
    }
    Ok(())
}

#[tokio::test]
async fn hostile_texts_in_every_parameter_cause_no_server_error() -> Result<()> {
    let ada = Market::shared().await?.sign_up("ada").await?;
    for text in HOSTILE {
        for name in [
            "q",
            "seller",
            "sort",
            "min_price",
            "max_price",
            "in_stock",
            "limit",
            "cursor",
            "page",
        ] {
            let request = ada
                .request(Method::GET, "/v1/listings")
                .query(&[(name, text)]);
            assert_no_server_error(&ada.send(request).await?, &format!("{name} {text:?}"))?;
        }
        let request = ada
            .request(Method::GET, "/v1/listings")
            .query(&[(text, text)]);
        assert_no_server_error(&ada.send(request).await?, text)?;
        for sort in ["newest", "price", "-price", "relevance"] {
            let request = ada
                .request(Method::GET, "/v1/listings")
                .query(&[("q", text), ("sort", sort)]);
            assert_no_server_error(&ada.send(request).await?, &format!("{sort} {text:?}"))?;
        }
        for list in [
            "/v1/orders",
            "/v1/tokens",
            "/v1/me/sales",
            "/v1/me/listings",
            "/v1/auth/sessions",
        ] {
            let request = ada
                .request(Method::GET, list)
                .query(&[("limit", text), ("cursor", text)]);
            assert_no_server_error(&ada.send(request).await?, &format!("{list} {text:?}"))?;
        }
    }
    Ok(())
}

#[tokio::test]
async fn invalid_utf8_is_rejected_in_paths_and_queries() -> Result<()> {
    let market = Market::shared().await?;
    let (_seller, _listing) = seller_with_listing(market, weather_listing(1)).await?;
    let visitor = market.client()?;
    for bytes in [
        "%00",
        "%ff%fe",
        "%c0%80",
        "%ed%a0%80",
        "%f5%80%80%80",
        "%",
        "%z1",
        "%2",
        "%%%",
        "%25%30%30",
    ] {
        for (path, statuses) in [
            (format!("/v1/listings?q={bytes}"), &[200, 422][..]),
            (format!("/v1/listings?{bytes}=1"), &[422]),
            (format!("/v1/listings?cursor={bytes}"), &[422]),
            (format!("/v1/listings/{bytes}"), &[400, 404]),
            (format!("/v1/listings/lst_{bytes}"), &[400, 404]),
            (format!("/{bytes}"), &[400, 404]),
            (format!("/docs/{bytes}"), &[400, 404]),
        ] {
            let status =
                status_of(market.address(0), format!("GET {path}").as_bytes(), b"").await?;
            ensure!(statuses.contains(&status), "{path}: {status}");
        }
    }
    for target in [
        &b"/v1/listings?q=\xff"[..],
        b"/v1/listings/\xc3\x28",
        b"/v1/\xf0\x9f\x94\x91",
        b"*",
        b"http://",
        b"//",
        b"/..%2f..%2fetc/passwd",
    ] {
        let mut line = b"GET ".to_vec();
        line.extend_from_slice(target);
        let status = status_of(market.address(0), &line, b"").await?;
        ensure!(
            status < 500,
            "{}: {status}",
            String::from_utf8_lossy(target)
        );
    }
    ensure!(visitor.get("/v1/listings").await?.status == 200);
    Ok(())
}
