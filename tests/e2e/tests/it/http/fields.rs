//! Fields of a body.

use anyhow::Result;
use serde_json::json;
use udam_testkit::{Market, PASSWORD, unique_email};

use crate::assertions::assert_invalid_fields;

#[tokio::test]
async fn all_invalid_fields_are_reported_at_once() -> Result<()> {
    let market = Market::shared().await?;
    let visitor = market.client()?;
    let body = json!({"email": "nobody", "password": "short", "name": "", "admin": true});
    let response = visitor.post("/v1/auth/register", body).await?;
    assert_invalid_fields(&response, &["admin", "email", "name", "password"]);
    for error in response["errors"].as_array().unwrap() {
        assert!(!error["message"].as_str().unwrap().is_empty());
    }
    let seller = market.sign_up("seller").await?;
    let missing = [
        "api_key",
        "available_units",
        "price_per_unit",
        "service_name",
        "unit_description",
    ];
    assert_invalid_fields(&seller.publish(json!({})).await?, &missing);
    let wrong = json!({
        "service_name": " ",
        "description": "",
        "endpoint_url": "ftp://example.com",
        "api_key": " k ",
        "price_per_unit": "-1",
        "currency": "EUR",
        "unit_description": 7,
        "available_units": -1,
        "colour": "red",
    });
    let wrong = seller.publish(wrong).await?;
    let fields = [
        "api_key",
        "available_units",
        "colour",
        "currency",
        "description",
        "endpoint_url",
        "price_per_unit",
        "service_name",
        "unit_description",
    ];
    assert_invalid_fields(&wrong, &fields);
    let order = json!({"listing_id": "lst_1", "units_requested": 0, "units": 1});
    assert_invalid_fields(
        &seller.post("/v1/orders", order).await?,
        &["listing_id", "units", "units_requested"],
    );
    Ok(())
}

#[tokio::test]
async fn a_repeated_field_is_rejected() -> Result<()> {
    let visitor = Market::shared().await?.client()?;
    let email = unique_email("ada");
    let body = format!(
        r#"{{"email": "{email}", "password": "{PASSWORD}", "password": "another password"}}"#
    );
    let request = visitor.request(reqwest::Method::POST, "/v1/auth/register");
    let response = visitor
        .send(
            request
                .header("Content-Type", "application/json")
                .body(body),
        )
        .await?;
    assert_invalid_fields(&response, &["password"]);
    Ok(())
}
