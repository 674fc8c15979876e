use anyhow::Result;
use serde_json::{Value, json};
use udam_testkit::{Market, weather_listing};

use crate::expect::{assert_answer, assert_fields, assert_id, assert_instant, assert_not_stored};
use crate::scenes::{on_sale, token_of, with};

#[tokio::test]
async fn a_token_tells_what_it_opens_and_for_how_long() -> Result<()> {
    let market = Market::shared().await?;
    let (_seller, listing) = on_sale(market, weather_listing(9)).await?;
    let buyer = market.sign_up("buyer").await?;
    let order = buyer.buy(&listing, 2).await?;
    let token = buyer
        .get(&format!("/v1/tokens/{}", order.text_at("/token_id")))
        .await?;
    assert_answer(&token, 200);
    let fields = [
        "id",
        "order_id",
        "listing_id",
        "service_name",
        "units",
        "status",
        "expires_at",
        "created_at",
    ];
    assert_fields(token.json(), &fields);
    assert_id(&token["id"], "tok");
    assert_eq!(
        (&token["order_id"], &token["listing_id"]),
        (&order["id"], &json!(listing))
    );
    assert_eq!(
        (&token["service_name"], &token["units"]),
        (&json!("Weather by the hour"), &json!(2))
    );
    assert_eq!(token["status"], "active");
    let lasts = instant(&token["expires_at"]).duration_since(instant(&token["created_at"]));
    assert_eq!(lasts.as_hours(), 30 * 24);

    let tokens = buyer.get("/v1/tokens").await?;
    assert_answer(&tokens, 200);
    assert_eq!(
        tokens.json(),
        &json!({"data": [token.json()], "next_cursor": null})
    );
    Ok(())
}

fn instant(value: &Value) -> jiff::Timestamp {
    assert_instant(value);
    value.as_str().unwrap().parse().unwrap()
}

#[tokio::test]
async fn revealing_answers_with_key_and_endpoint_and_is_never_stored() -> Result<()> {
    let market = Market::shared().await?;
    let keys = ["k", "sk-ключ-🔑", &"long".repeat(1024), r#"q"u\o't e{s}"#];
    let buyer = market.sign_up("buyer").await?;
    for key in keys {
        let listing = with(
            weather_listing(1),
            [("api_key", json!(key)), ("endpoint_url", Value::Null)],
        );
        let (_seller, listing) = on_sale(market, listing).await?;
        let access = buyer.reveal(&token_of(&buyer, &listing).await?).await?;
        assert_answer(&access, 200);
        assert_not_stored(&access);
        assert_eq!(
            access.json(),
            &json!({"api_key": key, "endpoint_url": null})
        );
    }
    Ok(())
}

#[tokio::test]
async fn buyers_and_sellers_revoke_tokens_once_and_for_all() -> Result<()> {
    let market = Market::shared().await?;
    let (seller, listing) = on_sale(market, weather_listing(9)).await?;
    let buyer = market.sign_up("buyer").await?;
    for by in [&buyer, &seller] {
        let id = token_of(&buyer, &listing).await?;
        let path = format!("/v1/tokens/{id}");
        let before = buyer.get(&path).await?;
        let answer = by.post_empty(&format!("{path}/revoke")).await?;
        assert_answer(&answer, 200);
        assert_eq!(
            answer.json(),
            &with(before.json().clone(), [("status", json!("revoked"))])
        );
        assert_eq!(
            by.post_empty(&format!("{path}/revoke")).await?.json(),
            answer.json()
        );
        assert_eq!(buyer.get(&path).await?.json(), answer.json());
        assert_eq!(buyer.reveal(&id).await?.status, 410);
    }
    Ok(())
}
