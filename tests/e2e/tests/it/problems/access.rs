use anyhow::Result;
use reqwest::Method;
use serde_json::json;
use udam_testkit::{Market, PASSWORD, unique_email, weather_listing};

use crate::expect::{assert_problem, assert_wrong_fields};
use crate::scenes::on_sale;

const GUARDED: [(Method, &str); 20] = [
    (Method::POST, "/v1/auth/logout"),
    (Method::GET, "/v1/auth/sessions"),
    (
        Method::DELETE,
        "/v1/auth/sessions/ses_01h455vb4pex5vsknk084sn02q",
    ),
    (Method::POST, "/v1/auth/logout-everywhere"),
    (Method::POST, "/v1/auth/password"),
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
    (Method::GET, "/v1/tokens"),
    (Method::GET, "/v1/tokens/tok_01h455vb4pex5vsknk084sn02q"),
    (
        Method::POST,
        "/v1/tokens/tok_01h455vb4pex5vsknk084sn02q/reveal",
    ),
    (Method::GET, "/v1/me"),
    (Method::GET, "/v1/tab"),
];

#[tokio::test]
async fn what_needs_a_session_is_refused_without_one() -> Result<()> {
    let visitor = Market::shared().await?.client()?;
    for (method, path) in GUARDED {
        let answer = visitor.send(visitor.request(method.clone(), path)).await?;
        assert_problem(&answer, 401, "unauthenticated");
        assert!(
            answer.header("www-authenticate").starts_with("Bearer"),
            "{method} {path}"
        );
    }
    Ok(())
}

#[tokio::test]
async fn what_is_no_living_session_opens_nothing() -> Result<()> {
    let market = Market::shared().await?;
    let (_seller, listing) = on_sale(market, weather_listing(1)).await?;
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

#[tokio::test]
async fn a_wrong_password_and_an_unknown_address_are_answered_alike() -> Result<()> {
    let visitor = Market::shared().await?.client()?;
    let email = unique_email("ada");
    visitor.register(&email, PASSWORD).await?;
    let mut wrong = visitor.log_in(&email, "not my password").await?;
    let mut unknown = visitor.log_in(&unique_email("nobody"), PASSWORD).await?;
    for answer in [&mut wrong, &mut unknown] {
        assert_problem(answer, 401, "invalid_credentials");
        answer.text = answer.text.replace(answer.header("x-request-id"), "");
    }
    assert_eq!(wrong.text, unknown.text);
    // Short ones are no less wrong, and it is not told what a password must be.
    assert_problem(
        &visitor.log_in(&email, "").await?,
        401,
        "invalid_credentials",
    );
    Ok(())
}

#[tokio::test]
async fn changing_a_password_takes_the_current_one() -> Result<()> {
    let ada = Market::shared().await?.sign_up("ada").await?;
    let change =
        json!({"current_password": "not my password", "new_password": "another good password"});
    assert_problem(
        &ada.post("/v1/auth/password", change).await?,
        401,
        "invalid_credentials",
    );
    let change = json!({"current_password": PASSWORD, "new_password": "short"});
    assert_wrong_fields(
        &ada.post("/v1/auth/password", change).await?,
        &["new_password"],
    );
    assert_eq!(ada.sessions().await?.status, 200);
    Ok(())
}

#[tokio::test]
async fn an_address_has_one_account_however_it_is_spelled() -> Result<()> {
    let visitor = Market::shared().await?.client()?;
    let email = unique_email("ada");
    assert_eq!(visitor.register(&email, PASSWORD).await?.status, 201);
    for spelling in [email.clone(), email.to_uppercase(), format!(" {email} ")] {
        assert_problem(
            &visitor.register(&spelling, PASSWORD).await?,
            409,
            "email_taken",
        );
    }
    Ok(())
}

#[tokio::test]
async fn an_email_alone_signs_nobody_in_in_production() -> Result<()> {
    let visitor = Market::shared().await?.client()?;
    let email = unique_email("ada");
    visitor.register(&email, PASSWORD).await?;
    for body in [
        json!({"email": email}),
        json!({"email": email, "password": null}),
    ] {
        assert_wrong_fields(&visitor.post("/v1/auth/login", body).await?, &["password"]);
    }
    Ok(())
}

#[tokio::test]
async fn another_s_listing_is_not_to_be_changed() -> Result<()> {
    let market = Market::shared().await?;
    let (_seller, listing) = on_sale(market, weather_listing(1)).await?;
    let other = market.sign_up("other").await?;
    let change = json!({"price_per_unit": "0.01"});
    let path = format!("/v1/listings/{listing}");
    assert_problem(&other.patch(&path, change).await?, 403, "forbidden");
    assert_eq!(other.get(&path).await?["price_per_unit"], "1.00");
    Ok(())
}
