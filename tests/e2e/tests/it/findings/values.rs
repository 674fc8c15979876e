use anyhow::{Result, ensure};
use reqwest::Method;
use serde_json::{Value, json};
use udam_testkit::{Client, Market, Response, weather_listing};

use super::assert_not_broken;
use crate::scenes::{on_sale, token_of};

#[tokio::test]
async fn numbers_that_fit_nowhere_are_refused() -> Result<()> {
    let market = Market::shared().await?;
    let (seller, listing) = on_sale(market, weather_listing(9)).await?;
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
        let answer = post(&seller, "/v1/orders", units).await?;
        ensure!(
            answer.status == 422,
            "{number}: {} {}",
            answer.status,
            answer.text
        );
        for field in [
            "price_per_unit",
            "available_units",
            "add_units",
            "service_name",
            "status",
        ] {
            let answer = patch(&seller, &listing, format!(r#"{{"{field}": {number}}}"#)).await?;
            let fits = number == "-0" || number == "0e0";
            ensure!(
                answer.status == 422 || fits,
                "{field} {number}: {} {}",
                answer.status,
                answer.text
            );
            assert_not_broken(&answer, number)?;
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
async fn values_of_every_other_kind_are_refused_in_every_field() -> Result<()> {
    let market = Market::shared().await?;
    let (seller, listing) = on_sale(market, weather_listing(9)).await?;
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
            let answer = seller.post(path, Value::Object(body)).await?;
            ensure!(
                answer.status == 422,
                "{path} {value}: {} {}",
                answer.status,
                answer.text
            );
        }
        let order = seller.buy(&listing, 1).await?;
        let refund = format!("/v1/orders/{}/refund", order.id());
        assert_not_broken(
            &seller.post(&refund, json!({"return_units": value})).await?,
            "refund",
        )?;
        assert_not_broken(&seller.post(&refund, value).await?, "refund")?;
    }
    Ok(())
}

#[tokio::test]
async fn identifiers_that_only_look_right_name_nothing() -> Result<()> {
    let market = Market::shared().await?;
    let (seller, listing) = on_sale(market, weather_listing(9)).await?;
    let token = token_of(&seller, &listing).await?;
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
                let answer = seller.send(seller.request(method.clone(), &path)).await?;
                ensure!(
                    matches!(answer.status, 404 | 405),
                    "{method} {path}: {} {}",
                    answer.status,
                    answer.text
                );
            }
        }
    }
    Ok(())
}
