//! Paths, identifiers and methods.

use anyhow::{Result, ensure};
use reqwest::Method;
use udam_testkit::{Market, weather_listing};

use crate::assertions::assert_problem;
use crate::setup::{buy_token, seller_with_listing};

#[tokio::test]
async fn unknown_paths_and_ids_are_not_found() -> Result<()> {
    let market = Market::shared().await?;
    let ada = market.sign_up("ada").await?;
    let absent = "01h455vb4pex5vsknk084sn02q";
    for path in [
        "/nowhere".to_owned(),
        "/v1".to_owned(),
        "/v1/".to_owned(),
        "/v2/listings".to_owned(),
        "/v1/listings/".to_owned(),
        "/v1/auth/sessions/".to_owned(),
        format!("/v1/listings/lst_{absent}"),
        format!("/v1/orders/ord_{absent}"),
        format!("/v1/tokens/tok_{absent}"),
        format!("/v1/tab/payments/chg_{absent}/orders"),
    ] {
        assert_problem(&ada.get(&path).await?, 404, "not_found");
    }
    assert_problem(
        &ada.buy(&format!("lst_{absent}"), 1).await?,
        404,
        "not_found",
    );
    assert_problem(
        &ada.delete(&format!("/v1/auth/sessions/ses_{absent}"))
            .await?,
        404,
        "not_found",
    );
    for call in ["checkout", "cancel", "refund"] {
        assert_problem(
            &ada.post_empty(&format!("/v1/orders/ord_{absent}/{call}"))
                .await?,
            404,
            "not_found",
        );
    }
    for call in ["reveal", "revoke"] {
        assert_problem(
            &ada.post_empty(&format!("/v1/tokens/tok_{absent}/{call}"))
                .await?,
            404,
            "not_found",
        );
    }
    Ok(())
}

#[tokio::test]
async fn an_id_of_another_type_is_not_found() -> Result<()> {
    let market = Market::shared().await?;
    let (_seller, listing) = seller_with_listing(market, weather_listing(9)).await?;
    let buyer = market.sign_up("buyer").await?;
    let order = buyer.buy(&listing, 1).await?;
    let (order, token) = (order.id(), order.text_at("/token_id"));
    for path in [
        format!("/v1/orders/{token}"),
        format!("/v1/orders/{listing}"),
        format!("/v1/orders/ord{}", &token[3..]),
        format!("/v1/tokens/{order}"),
        format!("/v1/tokens/{}", token.to_uppercase()),
        format!("/v1/tokens/{token}0"),
        format!("/v1/listings/{order}"),
        format!("/v1/listings/{}", &listing[4..]),
    ] {
        assert_problem(&buyer.get(&path).await?, 404, "not_found");
    }
    Ok(())
}

#[tokio::test]
async fn resources_of_another_account_are_not_found() -> Result<()> {
    let market = Market::shared().await?;
    let (seller, listing) = seller_with_listing(market, weather_listing(9)).await?;
    let (buyer, outsider) = (
        market.sign_up("buyer").await?,
        market.sign_up("outsider").await?,
    );
    let order = buyer.buy(&listing, 1).await?;
    let (order, token) = (order.id(), order.text_at("/token_id"));
    assert_problem(
        &outsider.get(&format!("/v1/orders/{order}")).await?,
        404,
        "not_found",
    );
    for call in ["checkout", "cancel", "refund"] {
        assert_problem(
            &outsider
                .post_empty(&format!("/v1/orders/{order}/{call}"))
                .await?,
            404,
            "not_found",
        );
    }
    // A seller sees the order, but only the buyer can pay it. What is fulfilled cannot be canceled.
    for (call, status, code) in [
        ("checkout", 404, "not_found"),
        ("cancel", 409, "invalid_state"),
    ] {
        assert_problem(
            &seller
                .post_empty(&format!("/v1/orders/{order}/{call}"))
                .await?,
            status,
            code,
        );
    }
    assert_problem(
        &buyer
            .post_empty(&format!("/v1/orders/{order}/refund"))
            .await?,
        404,
        "not_found",
    );
    for other in [&outsider, &seller] {
        assert_problem(
            &other.get(&format!("/v1/tokens/{token}")).await?,
            404,
            "not_found",
        );
        assert_problem(&other.reveal(token).await?, 404, "not_found");
    }
    assert_problem(
        &outsider
            .post_empty(&format!("/v1/tokens/{token}/revoke"))
            .await?,
        404,
        "not_found",
    );

    let sessions = buyer.sessions().await?;
    let session = sessions.items()[0]["id"].as_str().unwrap();
    assert_problem(
        &outsider
            .delete(&format!("/v1/auth/sessions/{session}"))
            .await?,
        404,
        "not_found",
    );
    assert_eq!(buyer.reveal(token).await?.status, 200);
    Ok(())
}

#[tokio::test]
async fn a_wrong_method_is_rejected_with_the_allowed_ones() -> Result<()> {
    let visitor = Market::shared().await?.client()?;
    for (method, path, allowed) in [
        (Method::PUT, "/v1/listings", &["GET", "POST"][..]),
        (
            Method::DELETE,
            "/v1/listings/lst_01h455vb4pex5vsknk084sn02q",
            &["GET", "PATCH"],
        ),
        (Method::GET, "/v1/auth/login", &["POST"]),
        (Method::PATCH, "/v1/orders", &["GET", "POST"]),
        (Method::POST, "/healthz", &["GET"]),
        (Method::OPTIONS, "/v1/tab", &["GET"]),
        (Method::TRACE, "/v1/tab", &["GET"]),
    ] {
        let response = visitor.send(visitor.request(method.clone(), path)).await?;
        assert_problem(&response, 405, "method_not_allowed");
        for allowed in allowed {
            assert!(
                response.header("allow").contains(allowed),
                "{method} {path}"
            );
        }
        assert!(
            !response.header("allow").contains(method.as_str()),
            "{method} {path}"
        );
    }
    Ok(())
}

#[tokio::test]
async fn malformed_ids_are_not_found() -> Result<()> {
    let market = Market::shared().await?;
    let (seller, listing) = seller_with_listing(market, weather_listing(9)).await?;
    let token = buy_token(&seller, &listing).await?;
    let suffix = &token[4..];
    for id in [
        format!("tok_{}", "7".repeat(26)),
        format!("tok_8{}", &suffix[1..]),
        format!("tok_{}", "z".repeat(26)),
        format!("tok_{}", "0".repeat(26)),
        format!("TOK_{suffix}"),
        format!("tok_{suffix}%20"),
        format!("tok_{suffix}%0a"),
        format!("tok__{suffix}"),
        format!("tok_{}", "é".repeat(13)),
        "tok_".to_owned(),
        "tok".to_owned(),
        "..".to_owned(),
        "null".to_owned(),
        "0".to_owned(),
        "a".repeat(5_000),
    ] {
        for path in [
            format!("/v1/tokens/{id}"),
            format!("/v1/tokens/{id}/reveal"),
            format!("/v1/orders/{id}/refund"),
            format!("/v1/auth/sessions/{id}"),
        ] {
            for method in [Method::GET, Method::POST, Method::DELETE] {
                let response = seller.send(seller.request(method.clone(), &path)).await?;
                ensure!(
                    matches!(response.status, 404 | 405),
                    "{method} {path}: {} {}",
                    response.status,
                    response.text
                );
            }
        }
    }
    Ok(())
}
