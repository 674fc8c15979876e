//! Who may call: access keys, where they are presented, and what ends access.

use anyhow::Result;
use reqwest::Method;
use serde_json::json;
use udam_testkit::expect_status;

use super::service::{Service, one_service};
use crate::assertions::assert_problem;

#[tokio::test]
async fn the_access_key_is_taken_where_the_service_expects_its_own() -> Result<()> {
    for (auth, header, value) in [
        (
            json!({"in": "header", "name": "X-Api-Key"}),
            "X-Api-Key",
            "{key}",
        ),
        (
            json!({"in": "header", "name": "Authorization", "prefix": "Token "}),
            "Authorization",
            "Token {key}",
        ),
        (
            json!({"in": "header", "name": "X-Api-Key"}),
            "Authorization",
            "Bearer {key}",
        ),
        (
            json!({"in": "query", "name": "appid"}),
            "X-UDAM-Key",
            "{key}",
        ),
    ] {
        let (_market, upstream, service) = one_service(5, json!({"auth": auth})).await?;
        let path = format!("/gw/{}/v1", service.listing);
        let request = service.buyer.signed_out().request(Method::GET, &path);
        let request = request.header(header, value.replace("{key}", &service.key));
        let answer = service.buyer.send(request).await?;
        assert_eq!(answer.status, 200, "{auth}: {}", answer.text);
        let head = upstream.requests()[0].head.clone();
        assert!(!head.contains(&service.key), "{head}");
        assert!(head.contains(super::service::SELLER_KEY), "{auth}: {head}");
    }
    Ok(())
}

#[tokio::test]
async fn a_key_in_the_query_and_one_of_basic_authentication_are_replaced() -> Result<()> {
    let auth = json!({"in": "query", "name": "appid"});
    let (_market, upstream, service) = one_service(5, json!({"auth": auth})).await?;
    let path = format!(
        "/gw/{}/v1?q=a%20b&appid={}&x=1",
        service.listing, service.key
    );
    let answer = service.buyer.signed_out().get(&path).await?;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let head = upstream.requests()[0].head.clone();
    let line = head.lines().next().unwrap_or_default().to_owned();
    assert!(line.contains("q=a%20b") && line.contains("x=1"), "{line}");
    assert!(
        line.contains(&format!("appid={}", super::service::SELLER_KEY)),
        "{line}"
    );

    let auth = json!({"in": "basic", "name": "api"});
    let (_market, upstream, service) = one_service(5, json!({"auth": auth})).await?;
    let path = format!("/gw/{}/v1", service.listing);
    let request = service.buyer.signed_out().request(Method::GET, &path);
    let answer = service
        .buyer
        .send(request.basic_auth("api", Some(&service.key)))
        .await?;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert!(
        upstream.requests()[0]
            .head
            .to_lowercase()
            .contains("authorization: basic ")
    );
    Ok(())
}

#[tokio::test]
async fn a_key_that_does_not_open_the_listing_is_refused() -> Result<()> {
    let (market, upstream, service) = one_service(5, json!({})).await?;
    let other = Service::bought(&market, &upstream.base(), 5, json!({})).await?;
    let mut typo = service.key.clone();
    typo.pop();
    typo.push(if service.key.ends_with('a') { 'b' } else { 'a' });
    for key in [typo.as_str(), "", "sk-live", other.key.as_str()] {
        let path = format!("/gw/{}/", service.listing);
        let request = service.buyer.signed_out().request(Method::GET, &path);
        let answer = service.buyer.send(request.bearer_auth(key)).await?;
        assert_problem(&answer, 401, "invalid_access_key");
    }
    let nowhere = format!("/gw/lst_{}/", "0".repeat(26));
    let request = service.buyer.signed_out().request(Method::GET, &nowhere);
    let answer = service
        .buyer
        .send(request.bearer_auth(&service.key))
        .await?;
    assert_problem(&answer, 401, "invalid_access_key");
    assert_eq!(upstream.count(), 0);
    Ok(())
}

#[tokio::test]
async fn further_keys_have_caps_and_are_deleted() -> Result<()> {
    let (_market, upstream, service) = one_service(10, json!({})).await?;
    let keys = format!("/v1/tokens/{}/keys", service.token);
    let body = json!({"name": "staging", "max_units": 2});
    let issued = expect_status(service.buyer.post(&keys, body).await?, 201)?;
    let capped = Service {
        key: issued.text_at("/api_key").to_owned(),
        ..service.clone()
    };
    assert_eq!(capped.call("/").await?.status, 200);
    assert_eq!(capped.call("/").await?.status, 200);
    assert_problem(&capped.call("/").await?, 402, "units_exhausted");
    assert_eq!(service.call("/").await?.status, 200);
    let listed = service.buyer.get(&keys).await?;
    assert_eq!(listed.items().len(), 2);
    assert!(!listed.text.contains(&capped.key));
    let path = format!("{keys}/{}", issued.id());
    assert_eq!(service.buyer.delete(&path).await?.status, 204);
    assert_problem(&capped.call("/").await?, 401, "invalid_access_key");
    assert_eq!(service.buyer.delete(&path).await?.status, 404);
    assert_eq!(upstream.count(), 3);
    Ok(())
}

#[tokio::test]
async fn revealing_again_shows_the_same_key() -> Result<()> {
    let (_market, _upstream, service) = one_service(5, json!({})).await?;
    let again = expect_status(service.buyer.reveal(&service.token).await?, 200)?;
    assert_eq!(again.text_at("/api_key"), service.key);
    let url = again.text_at("/endpoint_url");
    assert!(url.ends_with(&format!("/gw/{}", service.listing)), "{url}");
    Ok(())
}

#[tokio::test]
async fn what_ends_access_ends_it_for_the_next_call() -> Result<()> {
    let (market, upstream, service) = one_service(5, json!({})).await?;
    assert_eq!(service.call("/").await?.status, 200);
    let id = market.run(&["id", &service.token]).await?;
    let id = id.success()?.trim();
    let set = async |state: &str| {
        let statement = format!("UPDATE tokens SET state = '{state}' WHERE id = '{id}'");
        market.database.execute(&statement).await
    };
    set("suspended").await?;
    assert_problem(&service.call("/").await?, 423, "token_suspended");
    set("active").await?;
    let listing = format!("/v1/listings/{}", service.listing);
    let archived = json!({"status": "archived"});
    expect_status(service.seller.patch(&listing, archived).await?, 200)?;
    assert_problem(&service.call("/").await?, 410, "listing_archived");
    let active = json!({"status": "active"});
    expect_status(service.seller.patch(&listing, active).await?, 200)?;
    assert_eq!(service.call("/").await?.status, 200);
    expect_status(service.seller.refund(&service.order).await?, 200)?;
    assert_problem(&service.call("/").await?, 410, "token_revoked");
    assert_eq!(upstream.count(), 2);
    market.verify().await?;
    Ok(())
}
