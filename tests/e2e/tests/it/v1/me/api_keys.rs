//! `GET` and `POST /v1/me/api-keys`, `DELETE /v1/me/api-keys/{id}`

use anyhow::Result;
use serde_json::json;
use udam_testkit::{
    Client, Market, MarketBuilder, PASSWORD, Response, add_factor, expect_status, weather_listing,
};

use super::super::admin::{act, staff};
use super::super::auth::age_proofs;
use crate::assertions::{
    assert_fields, assert_id, assert_invalid_fields, assert_no_store, assert_problem,
    assert_timestamp,
};
use crate::setup::{buy_token, seller_with_listing};

pub(crate) const ROUTES: &[&str] = &[
    "GET /v1/me/api-keys",
    "POST /v1/me/api-keys",
    "DELETE /v1/me/api-keys/{id}",
];

const PATH: &str = "/v1/me/api-keys";

async fn make(account: &Client, scopes: &[&str]) -> Result<Response> {
    let body = json!({"name": "Nightly job", "scopes": scopes});
    account.post(PATH, body).await
}

/// A client with a new key that has these scopes.
async fn with_key(account: &Client, scopes: &[&str]) -> Result<Client> {
    let made = expect_status(make(account, scopes).await?, 201)?;
    Ok(account.with_session(made.text_at("/api_key")))
}

#[tokio::test]
async fn a_key_is_shown_once_and_listed_with_its_last_use() -> Result<()> {
    let market = Market::shared().await?;
    let ada = market.sign_up("ada").await?;
    let made = expect_status(make(&ada, &["sell", "read", "read"]).await?, 201)?;
    assert_no_store(&made);
    let listed = [
        "id",
        "name",
        "scopes",
        "expires_at",
        "created_at",
        "last_used_at",
    ];
    let with_secret: Vec<&str> = listed.iter().copied().chain(["api_key"]).collect();
    assert_fields(made.json(), &with_secret);
    assert_id(&made["id"], "pak");
    assert_eq!(made["scopes"], json!(["read", "sell"]));
    let secret = made.text_at("/api_key");
    assert!(secret.starts_with("udp_") && secret.len() == 53);
    let key = ada.with_session(secret);
    assert_eq!(
        key.get("/v1/me").await?["id"],
        ada.get("/v1/me").await?["id"]
    );
    let keys = expect_status(ada.get(PATH).await?, 200)?;
    assert_fields(&keys.items()[0], &listed);
    assert_timestamp(&keys.items()[0]["last_used_at"]);
    let dump = market.database.dump().await?;
    assert!(!dump.contains(secret));
    Ok(())
}

#[tokio::test]
async fn a_key_does_what_its_scopes_say_and_nothing_about_the_account() -> Result<()> {
    let market = Market::shared().await?;
    let (seller, listing) = seller_with_listing(market, weather_listing(9)).await?;
    let buyer = market.sign_up("buyer").await?;
    let [read, buy, sell] = [["read"], ["buy"], ["sell"]];
    let (read, buy) = (
        with_key(&buyer, &read).await?,
        with_key(&buyer, &buy).await?,
    );
    let sell = with_key(&seller, &sell).await?;

    let token = buy_token(&buy, &listing).await?;
    assert_eq!(buy.reveal(&token).await?.status, 200);
    assert_eq!(read.get(&format!("/v1/tokens/{token}")).await?.status, 200);
    let more = json!({"add_units": 1});
    let listing_path = format!("/v1/listings/{listing}");
    assert_eq!(sell.patch(&listing_path, more.clone()).await?.status, 200);
    for (response, scope) in [
        (read.buy(&listing, 1).await?, "buy"),
        (read.reveal(&token).await?, "buy"),
        (buy.get("/v1/orders").await?, "read"),
        (buy.patch(&listing_path, more).await?, "sell"),
        (sell.get("/v1/me/sales").await?, "read"),
    ] {
        assert_problem(&response, 403, "scope_missing");
        assert!(
            response.text_at("/detail").contains(scope),
            "{}",
            response.text
        );
    }

    let all = with_key(&buyer, &["read", "buy", "sell"]).await?;
    let operator = staff(market, "admin").await?;
    let of_operator = with_key(&operator, &["read", "buy", "sell"]).await?;
    let change = json!({"current_password": PASSWORD, "new_password": "another good password"});
    for response in [
        all.post("/v1/auth/password", change).await?,
        all.post("/v1/auth/change-email", json!({})).await?,
        all.post("/v1/auth/totp", json!({"password": PASSWORD}))
            .await?,
        all.post("/v1/auth/step-up", json!({"code": "123456"}))
            .await?,
        all.sessions().await?,
        all.log_out().await?,
        all.patch("/v1/me", json!({"name": "Somebody"})).await?,
        all.get(PATH).await?,
        make(&all, &["read"]).await?,
        act(
            &of_operator,
            "/v1/admin/accounts/acc_01h455vb4pex5vsknk084sn02q/suspend",
        )
        .await?,
    ] {
        assert_problem(&response, 403, "session_required");
    }
    Ok(())
}

#[tokio::test]
async fn a_revoked_or_expired_key_is_refused_at_every_server_and_so_is_that_of_a_suspended_account()
-> Result<()> {
    let market = MarketBuilder::new().servers(2).start().await?;
    let ada = market.sign_up("ada").await?;
    let there = |key: &Client| key.at(market.address(1));
    let made = expect_status(make(&ada, &["read"]).await?, 201)?;
    let key = ada.with_session(made.text_at("/api_key"));
    assert_eq!(there(&key).get("/v1/orders").await?.status, 200);
    let path = format!("{PATH}/{}", made.id());
    let other = market.sign_up("other").await?;
    assert_problem(&other.delete(&path).await?, 404, "not_found");
    assert_eq!(ada.delete(&path).await?.status, 204);
    assert_problem(
        &there(&key).get("/v1/orders").await?,
        401,
        "unauthenticated",
    );
    assert_problem(&ada.delete(&path).await?, 404, "not_found");

    let expired = with_key(&ada, &["read", "buy"]).await?;
    let end = "UPDATE account_keys SET expires_at = now()";
    market.database.execute(end).await?;
    assert_problem(&expired.get("/v1/orders").await?, 401, "unauthenticated");
    let order = expired.buy("lst_01h455vb4pex5vsknk084sn02q", 1).await?;
    assert_problem(&order, 401, "unauthenticated");

    let key = with_key(&ada, &["read"]).await?;
    let id = ada.get("/v1/me").await?.id().to_owned();
    let operator = staff(&market, "operator").await?;
    act(&operator, &format!("/v1/admin/accounts/{id}/suspend")).await?;
    assert_problem(
        &there(&key).get("/v1/orders").await?,
        401,
        "unauthenticated",
    );

    let operator_id = operator.get("/v1/me").await?.id().to_owned();
    let audit = market.run(&["audit", "--account", &id]).await?;
    let audit = audit.success()?;
    assert!(audit.contains("account_key_made") && audit.contains("account_key_revoked"));
    assert!(audit.contains(&operator_id), "{audit}");
    Ok(())
}

#[tokio::test]
async fn making_a_key_takes_valid_fields_room_and_a_recent_proof() -> Result<()> {
    let market = MarketBuilder::new().start().await?;
    let ada = market.sign_up("ada").await?;
    for (body, field) in [
        (json!({"name": "", "scopes": ["read"]}), "name"),
        (json!({"name": "x", "scopes": []}), "scopes"),
        (json!({"name": "x", "scopes": ["admin"]}), "scopes/0"),
        (
            json!({"name": "x", "scopes": ["read"], "expires_at": "2020-01-01T00:00:00Z"}),
            "expires_at",
        ),
    ] {
        assert_invalid_fields(&ada.post(PATH, body).await?, &[field]);
    }
    for _ in 0..20 {
        expect_status(make(&ada, &["read"]).await?, 201)?;
    }
    assert_problem(&make(&ada, &["read"]).await?, 409, "too_many_api_keys");
    let factors = add_factor(&market.sign_up("guarded").await?, PASSWORD).await?;
    let key = with_key(&factors.client, &["buy"]).await?;
    age_proofs(&market).await?;
    assert_problem(
        &make(&factors.client, &["read"]).await?,
        403,
        "step_up_required",
    );
    // A key that was made goes on: making it took a proof.
    let (_seller, listing) = seller_with_listing(&market, weather_listing(9)).await?;
    let token = buy_token(&key, &listing).await?;
    assert_eq!(key.reveal(&token).await?.status, 200);
    Ok(())
}

#[tokio::test]
async fn what_looks_like_a_key_and_is_none_is_unauthenticated() -> Result<()> {
    let visitor = Market::shared().await?.client()?;
    let never_made = format!("udp_{}", "0".repeat(49));
    for text in ["udp_", "udp_x", never_made.as_str()] {
        let key = visitor.with_session(text);
        assert_problem(&key.get("/v1/orders").await?, 401, "unauthenticated");
        let order = key.buy("lst_01h455vb4pex5vsknk084sn02q", 1).await?;
        assert_problem(&order, 401, "unauthenticated");
    }
    Ok(())
}
