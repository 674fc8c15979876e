//! Sessions in `Authorization`.

use anyhow::Result;
use reqwest::Method;
use serde_json::json;
use udam_testkit::{Market, weather_listing};

use crate::assertions::assert_problem;
use crate::setup::seller_with_listing;

const GUARDED: [(Method, &str); 65] = [
    (Method::POST, "/v1/auth/logout"),
    (Method::GET, "/v1/auth/sessions"),
    (
        Method::DELETE,
        "/v1/auth/sessions/ses_01h455vb4pex5vsknk084sn02q",
    ),
    (Method::POST, "/v1/auth/logout-everywhere"),
    (Method::POST, "/v1/auth/password"),
    (Method::POST, "/v1/auth/change-email"),
    (Method::POST, "/v1/auth/totp"),
    (Method::POST, "/v1/auth/totp/confirm"),
    (Method::DELETE, "/v1/auth/totp"),
    (Method::POST, "/v1/auth/recovery-codes"),
    (Method::POST, "/v1/auth/step-up"),
    (Method::POST, "/v1/listings"),
    (Method::PATCH, "/v1/listings/lst_01h455vb4pex5vsknk084sn02q"),
    (Method::GET, "/v1/me/listings"),
    (Method::POST, "/v1/orders"),
    (Method::GET, "/v1/orders"),
    (Method::GET, "/v1/orders/ord_01h455vb4pex5vsknk084sn02q"),
    (Method::GET, "/v1/me/sales"),
    (
        Method::POST,
        "/v1/orders/ord_01h455vb4pex5vsknk084sn02q/checkout",
    ),
    (
        Method::POST,
        "/v1/orders/ord_01h455vb4pex5vsknk084sn02q/cancel",
    ),
    (
        Method::POST,
        "/v1/orders/ord_01h455vb4pex5vsknk084sn02q/refund",
    ),
    (
        Method::POST,
        "/v1/orders/ord_01h455vb4pex5vsknk084sn02q/complaint",
    ),
    (
        Method::GET,
        "/v1/orders/ord_01h455vb4pex5vsknk084sn02q/complaint",
    ),
    (Method::GET, "/v1/tokens"),
    (Method::GET, "/v1/tokens/tok_01h455vb4pex5vsknk084sn02q"),
    (
        Method::POST,
        "/v1/tokens/tok_01h455vb4pex5vsknk084sn02q/reveal",
    ),
    (
        Method::GET,
        "/v1/tokens/tok_01h455vb4pex5vsknk084sn02q/keys",
    ),
    (
        Method::POST,
        "/v1/tokens/tok_01h455vb4pex5vsknk084sn02q/keys",
    ),
    (
        Method::DELETE,
        "/v1/tokens/tok_01h455vb4pex5vsknk084sn02q/keys/key_01h455vb4pex5vsknk084sn02q",
    ),
    (
        Method::GET,
        "/v1/tokens/tok_01h455vb4pex5vsknk084sn02q/calls",
    ),
    (
        Method::GET,
        "/v1/tokens/tok_01h455vb4pex5vsknk084sn02q/usage",
    ),
    (Method::GET, "/v1/me/audit"),
    (Method::GET, "/v1/me/api-keys"),
    (Method::POST, "/v1/me/api-keys"),
    (
        Method::DELETE,
        "/v1/me/api-keys/pak_01h455vb4pex5vsknk084sn02q",
    ),
    (
        Method::POST,
        "/v1/admin/accounts/acc_01h455vb4pex5vsknk084sn02q/suspend",
    ),
    (
        Method::POST,
        "/v1/admin/accounts/acc_01h455vb4pex5vsknk084sn02q/restore",
    ),
    (
        Method::POST,
        "/v1/admin/listings/lst_01h455vb4pex5vsknk084sn02q/suspend",
    ),
    (
        Method::POST,
        "/v1/admin/listings/lst_01h455vb4pex5vsknk084sn02q/restore",
    ),
    (Method::GET, "/v1/admin/search"),
    (
        Method::GET,
        "/v1/admin/orders/ord_01h455vb4pex5vsknk084sn02q",
    ),
    (
        Method::POST,
        "/v1/admin/orders/ord_01h455vb4pex5vsknk084sn02q/refund",
    ),
    (
        Method::GET,
        "/v1/admin/accounts/acc_01h455vb4pex5vsknk084sn02q",
    ),
    (
        Method::GET,
        "/v1/admin/listings/lst_01h455vb4pex5vsknk084sn02q",
    ),
    (Method::GET, "/v1/admin/alerts"),
    (Method::POST, "/v1/admin/alerts/7/resolve"),
    (Method::GET, "/v1/admin/webhooks"),
    (Method::POST, "/v1/admin/webhooks/replay"),
    (Method::GET, "/v1/admin/webhooks/evt_1"),
    (Method::POST, "/v1/admin/webhooks/evt_1/replay"),
    (Method::GET, "/v1/admin/audit"),
    (Method::GET, "/v1/me/calls"),
    (Method::GET, "/v1/me/usage"),
    (
        Method::GET,
        "/v1/calls/cal_01h455vb4pex5vsknk084sn02q/receipt",
    ),
    (
        Method::POST,
        "/v1/listings/lst_01h455vb4pex5vsknk084sn02q/probe",
    ),
    (Method::GET, "/v1/me"),
    (Method::PATCH, "/v1/me"),
    (Method::DELETE, "/v1/me"),
    (Method::GET, "/v1/me/export"),
    (Method::GET, "/v1/me/mail-preferences"),
    (Method::PATCH, "/v1/me/mail-preferences"),
    (Method::GET, "/v1/tab"),
    (Method::GET, "/v1/tab/orders"),
    (Method::GET, "/v1/tab/payments"),
    (
        Method::GET,
        "/v1/tab/payments/chg_01h455vb4pex5vsknk084sn02q/orders",
    ),
];

#[tokio::test]
async fn a_request_without_a_session_is_rejected() -> Result<()> {
    let visitor = Market::shared().await?.client()?;
    for (method, path) in GUARDED {
        let response = visitor.send(visitor.request(method.clone(), path)).await?;
        assert_problem(&response, 401, "unauthenticated");
        assert!(
            response.header("www-authenticate").starts_with("Bearer"),
            "{method} {path}"
        );
    }
    Ok(())
}

#[tokio::test]
async fn an_invalid_session_grants_no_access() -> Result<()> {
    let market = Market::shared().await?;
    let (_seller, listing) = seller_with_listing(market, weather_listing(1)).await?;
    let buyer = market.sign_up("buyer").await?;
    let token = buyer.session();
    let (head, last) = token.split_at(token.len() - 1);
    let typo = format!("{head}{}", if last == "A" { "B" } else { "A" });
    let never_minted = "udam_ses_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    let sessions = [
        String::new(),
        "Bearer".to_owned(),
        "Bearer ".to_owned(),
        format!("Basic {token}"),
        format!("Bearer {typo}"),
        format!("Bearer {never_minted}"),
        format!("Bearer {token} {token}"),
        format!("Bearer {}", token.to_uppercase()),
        token.to_owned(),
    ];
    let visitor = buyer.signed_out();
    for authorization in &sessions {
        for (method, path) in [(Method::GET, "/v1/tokens"), (Method::POST, "/v1/orders")] {
            let request = visitor
                .request(method, path)
                .header("Authorization", authorization);
            let order = json!({"listing_id": listing, "units_requested": 1});
            assert_problem(
                &visitor.send(request.json(&order)).await?,
                401,
                "unauthenticated",
            );
        }
    }
    for scheme in ["Bearer", "bearer", "BEARER"] {
        let request = visitor
            .request(Method::GET, "/v1/tokens")
            .header("Authorization", format!("{scheme} {token}"));
        assert_eq!(visitor.send(request).await?.status, 200, "{scheme}");
    }
    Ok(())
}
