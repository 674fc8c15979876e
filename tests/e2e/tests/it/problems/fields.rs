use anyhow::Result;
use serde_json::{Value, json};
use udam_testkit::{Market, PASSWORD, unique_email, weather_listing};

use crate::expect::assert_wrong_fields;
use crate::scenes::{on_sale, with};

#[tokio::test]
async fn all_that_is_wrong_with_a_body_is_told_at_once() -> Result<()> {
    let market = Market::shared().await?;
    let visitor = market.client()?;
    let body = json!({"email": "nobody", "password": "short", "name": "", "admin": true});
    let answer = visitor.post("/v1/auth/register", body).await?;
    assert_wrong_fields(&answer, &["admin", "email", "name", "password"]);
    for error in answer["errors"].as_array().unwrap() {
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
    assert_wrong_fields(&seller.publish(json!({})).await?, &missing);
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
    assert_wrong_fields(&wrong, &fields);
    let order = json!({"listing_id": "lst_1", "units_requested": 0, "units": 1});
    assert_wrong_fields(
        &seller.post("/v1/orders", order).await?,
        &["listing_id", "units", "units_requested"],
    );
    Ok(())
}

#[tokio::test]
async fn a_value_that_breaks_a_rule_of_its_field_is_refused() -> Result<()> {
    let seller = Market::shared().await?.sign_up("seller").await?;
    let long = "é".repeat(10_001);
    for (field, values) in [
        (
            "service_name",
            vec![
                json!(null),
                json!(""),
                json!("a\nb"),
                json!("\u{0}"),
                json!("é".repeat(201)),
                json!(1),
            ],
        ),
        (
            "description",
            vec![
                json!(""),
                json!("a\u{0}b"),
                json!("\u{1b}[2J"),
                json!(long),
                json!([]),
            ],
        ),
        (
            "endpoint_url",
            vec![
                json!("example.com"),
                json!("//example.com"),
                json!("https://u:p@example.com"),
                json!("javascript:1"),
            ],
        ),
        (
            "api_key",
            vec![
                json!(null),
                json!(""),
                json!(" k"),
                json!("a\tb"),
                json!("k".repeat(4097)),
                json!({}),
            ],
        ),
        (
            "price_per_unit",
            vec![
                json!("0"),
                json!(0),
                json!("0.00"),
                json!("1.005"),
                json!("1e2"),
                json!("1,00"),
                json!("+1"),
                json!(" 1"),
                json!(""),
                json!(".5"),
                json!("1."),
                json!("10000000000.01"),
                json!(true),
                json!("9".repeat(40)),
            ],
        ),
        (
            "currency",
            vec![json!("EUR"), json!("dollar"), json!(""), json!(840)],
        ),
        (
            "unit_description",
            vec![json!(null), json!(""), json!("u".repeat(201))],
        ),
        (
            "available_units",
            vec![
                json!(null),
                json!(-1),
                json!("1.0"),
                json!(1.5),
                json!("+1"),
                json!(1_000_000_001),
                json!(""),
            ],
        ),
    ] {
        for value in values {
            let answer = seller
                .publish(with(weather_listing(1), [(field, value.clone())]))
                .await?;
            assert_eq!(answer.status, 422, "{field}: {value}");
            assert_wrong_fields(&answer, &[field]);
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_number_is_not_rounded_to_fit() -> Result<()> {
    let market = Market::shared().await?;
    let (_seller, listing) = on_sale(market, weather_listing(9)).await?;
    let buyer = market.sign_up("buyer").await?;
    for units in [
        "1.5",
        "1.0000000000000000000001",
        "1e0",
        "-0",
        "-0.0",
        "1e400",
        "-1",
        "99999999999999999999",
        "1000001",
        "0",
    ] {
        for units in [
            serde_json::from_str(units)?,
            Value::String(units.to_owned()),
        ] {
            let order = json!({"listing_id": listing, "units_requested": units});
            assert_wrong_fields(
                &buyer.post("/v1/orders", order).await?,
                &["units_requested"],
            );
        }
    }
    // To JSON, `1.0` is a whole number; in a string it is none.
    let order = |units: Value| json!({"listing_id": listing, "units_requested": units});
    let whole = buyer
        .post("/v1/orders", order(serde_json::from_str("1.0")?))
        .await?;
    assert_eq!((whole.status, &whole["units"]), (201, &json!(1)));
    let text = buyer.post("/v1/orders", order(json!("1.0"))).await?;
    assert_wrong_fields(&text, &["units_requested"]);
    Ok(())
}

#[tokio::test]
async fn an_edit_is_refused_whole_or_done_whole() -> Result<()> {
    let market = Market::shared().await?;
    let (seller, listing) = on_sale(market, weather_listing(9)).await?;
    let path = format!("/v1/listings/{listing}");
    let before = seller.get(&path).await?;
    for (change, wrong) in [
        (
            json!({"service_name": "New", "status": "sold_out"}),
            vec!["status"],
        ),
        (
            json!({"add_units": 1, "available_units": 1}),
            vec!["add_units"],
        ),
        (json!({"add_units": 1_000_000_000}), vec!["add_units"]),
        (
            json!({"add_units": -1, "seller": "me"}),
            vec!["add_units", "seller"],
        ),
        (
            json!({"service_name": null, "price_per_unit": null, "api_key": null}),
            vec!["api_key", "price_per_unit", "service_name"],
        ),
        (json!({"id": before.id()}), vec!["id"]),
    ] {
        assert_wrong_fields(&seller.patch(&path, change).await?, &wrong);
        assert_eq!(seller.get(&path).await?.json(), before.json());
    }
    Ok(())
}

#[tokio::test]
async fn a_field_that_comes_twice_is_refused() -> Result<()> {
    let visitor = Market::shared().await?.client()?;
    let email = unique_email("ada");
    let body = format!(
        r#"{{"email": "{email}", "password": "{PASSWORD}", "password": "another password"}}"#
    );
    let request = visitor.request(reqwest::Method::POST, "/v1/auth/register");
    let answer = visitor
        .send(
            request
                .header("Content-Type", "application/json")
                .body(body),
        )
        .await?;
    assert_wrong_fields(&answer, &["password"]);
    Ok(())
}
