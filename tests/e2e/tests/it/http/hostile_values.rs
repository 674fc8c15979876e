//! Numbers and types that fit no field.

use anyhow::{Result, ensure};
use reqwest::Method;
use serde_json::{Value, json};
use udam_testkit::{Client, Market, Response, weather_listing};

use super::assert_no_server_error;
use crate::setup::seller_with_listing;

#[tokio::test]
async fn numbers_out_of_range_are_rejected() -> Result<()> {
    let market = Market::shared().await?;
    let (seller, listing) = seller_with_listing(market, weather_listing(9)).await?;
    let digits = "9".repeat(2_000);
    for number in [
        "1e400",
        "-1e400",
        "1e-400",
        "-0",
        "-0.0",
        "0e0",
        "1E5",
        "9223372036854775808",
        "-9223372036854775809",
        "18446744073709551616",
        "1.7976931348623157e309",
        digits.as_str(),
    ] {
        let units = format!(r#"{{"listing_id": "{listing}", "units_requested": {number}}}"#);
        let response = post(&seller, "/v1/orders", units).await?;
        ensure!(
            response.status == 422,
            "{number}: {} {}",
            response.status,
            response.text
        );
        for field in [
            "price_per_unit",
            "available_units",
            "add_units",
            "service_name",
            "status",
        ] {
            let response = patch(&seller, &listing, format!(r#"{{"{field}": {number}}}"#)).await?;
            let fits = number == "-0" || number == "0e0";
            ensure!(
                response.status == 422 || fits,
                "{field} {number}: {} {}",
                response.status,
                response.text
            );
            assert_no_server_error(&response, number)?;
        }
    }
    Ok(())
}

async fn post(client: &Client, path: &str, body: String) -> Result<Response> {
    let request = client
        .request(Method::POST, path)
        .header("Content-Type", "application/json");
    client.send(request.body(body)).await
}

async fn patch(client: &Client, listing: &str, body: String) -> Result<Response> {
    let request = client.request(Method::PATCH, &format!("/v1/listings/{listing}"));
    client
        .send(
            request
                .header("Content-Type", "application/json")
                .body(body),
        )
        .await
}

#[tokio::test]
async fn values_of_the_wrong_type_are_rejected_in_every_field() -> Result<()> {
    let market = Market::shared().await?;
    let (seller, listing) = seller_with_listing(market, weather_listing(9)).await?;
    let deep: Value = (0..100).fold(json!(1), |inner, _| json!([inner]));
    for value in [
        json!(null),
        json!(true),
        json!(1),
        json!(1.5),
        json!([]),
        json!({}),
        json!([1]),
        json!({"$ne": 1}),
        deep,
    ] {
        for (path, fields) in [
            ("/v1/auth/register", &["email", "password", "name"][..]),
            ("/v1/auth/login", &["email", "password"]),
            ("/v1/auth/password", &["current_password", "new_password"]),
            (
                "/v1/listings",
                &[
                    "service_name",
                    "api_key",
                    "price_per_unit",
                    "available_units",
                ],
            ),
            ("/v1/orders", &["listing_id", "units_requested"]),
        ] {
            let body = fields
                .iter()
                .map(|field| ((*field).to_owned(), value.clone()))
                .collect();
            let response = seller.post(path, Value::Object(body)).await?;
            ensure!(
                response.status == 422,
                "{path} {value}: {} {}",
                response.status,
                response.text
            );
        }
        let order = seller.buy(&listing, 1).await?;
        let refund = format!("/v1/orders/{}/refund", order.id());
        assert_no_server_error(
            &seller.post(&refund, json!({"return_units": value})).await?,
            "refund",
        )?;
        assert_no_server_error(&seller.post(&refund, value).await?, "refund")?;
    }
    Ok(())
}
