//! Request bodies.

use anyhow::Result;
use reqwest::Method;
use reqwest::header::CONTENT_TYPE;
use udam_testkit::{Client, Market, Response};

use crate::assertions::assert_problem;

const JSON: &str = "application/json";

async fn send(client: &Client, media_type: &str, body: Vec<u8>) -> Result<Response> {
    let request = client
        .request(Method::POST, "/v1/auth/login")
        .header(CONTENT_TYPE, media_type);
    client.send(request.body(body)).await
}

#[tokio::test]
async fn a_body_must_be_one_json_object() -> Result<()> {
    let visitor = Market::shared().await?.client()?;
    for body in [
        &b""[..],
        b"{",
        b"null",
        b"[]",
        b"\"text\"",
        b"42",
        b"{} {}",
        b"{'email': 1}",
        b"{\"email\": \"a\",}",
        b"{\"email\": \"\xff\xfe\"}",
        b"{\"email\": \"\\ud800\"}",
        b"{\"email\": NaN}",
        b"\xef\xbb\xbf{}",
    ] {
        let response = send(&visitor, JSON, body.to_vec()).await?;
        assert_problem(&response, 400, "malformed_json");
    }
    let deep = format!("{}{}", "[".repeat(20_000), "]".repeat(20_000));
    for body in [deep.clone(), format!("{{\"email\": {deep}}}")] {
        assert_problem(
            &send(&visitor, JSON, body.into()).await?,
            400,
            "malformed_json",
        );
    }
    Ok(())
}

#[tokio::test]
async fn a_body_needs_the_content_type_of_json() -> Result<()> {
    let visitor = Market::shared().await?.client()?;
    let plain = visitor.request(Method::POST, "/v1/auth/login").body("{}");
    assert_problem(&visitor.send(plain).await?, 415, "unsupported_media_type");
    let encoded = visitor
        .request(Method::POST, "/v1/auth/login")
        .header("Content-Encoding", "gzip");
    let encoded = encoded.header(CONTENT_TYPE, JSON).body("{}");
    assert_problem(&visitor.send(encoded).await?, 415, "unsupported_media_type");
    for media_type in [
        "",
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/json; charset=iso-8859-1",
        "application/jsonp",
        "multipart/form-data; boundary=x",
    ] {
        let response = send(&visitor, media_type, b"{}".to_vec()).await?;
        assert_problem(&response, 415, "unsupported_media_type");
    }
    for media_type in [
        JSON,
        "Application/JSON",
        "application/json;charset=UTF-8",
        "application/json; charset=\"utf-8\"",
    ] {
        let response = send(&visitor, media_type, b"{}".to_vec()).await?;
        assert_problem(&response, 422, "invalid_request");
    }
    Ok(())
}

#[tokio::test]
async fn a_body_must_not_be_too_large() -> Result<()> {
    let visitor = Market::shared().await?.client()?;
    let body =
        |length: usize| format!("{{\"email\": \"{}\"}}", "a".repeat(length - 13)).into_bytes();
    let largest = send(&visitor, JSON, body(64 * 1024)).await?;
    assert_problem(&largest, 422, "invalid_request");
    for length in [64 * 1024 + 1, 1024 * 1024] {
        let response = send(&visitor, JSON, body(length)).await?;
        assert_problem(&response, 413, "payload_too_large");
    }
    Ok(())
}

#[tokio::test]
async fn a_call_without_fields_accepts_only_an_empty_body() -> Result<()> {
    let ada = Market::shared().await?.sign_up("ada").await?;
    let call = |body: &'static str| {
        ada.request(Method::POST, "/v1/auth/logout")
            .header(CONTENT_TYPE, JSON)
            .body(body)
    };
    assert_problem(
        &ada.send(call("{\"everywhere\": true}")).await?,
        422,
        "invalid_request",
    );
    assert_problem(&ada.send(call("[]")).await?, 400, "malformed_json");
    assert_eq!(ada.send(call("{}")).await?.status, 200);
    Ok(())
}
