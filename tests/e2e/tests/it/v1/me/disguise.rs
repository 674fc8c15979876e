//! Names that pose as somebody else's.

use anyhow::Result;
use serde_json::json;
use udam_testkit::{Market, PASSWORD, unique_email, weather_listing};

use crate::assertions::{assert_invalid_fields, assert_json, assert_problem};
use crate::setup::with_fields;

#[tokio::test]
async fn names_that_look_like_the_marketplace_or_hide_characters_are_refused() -> Result<()> {
    let market = Market::shared().await?;
    let ada = market.sign_up("ada").await?;
    let visitor = market.client()?;
    for name in [
        "UDAM",
        "U\u{41}D\u{410}M",
        "ud\u{430}m",
        "Supp0rt",
        "ADM1N",
        "Member 084sn02q",
    ] {
        let name = name.replace("U\u{41}D", "UD");
        let renamed = ada.patch("/v1/me", json!({"name": name})).await?;
        assert_problem(&renamed, 409, "name_reserved");
        let body = json!({"email": unique_email("poser"), "password": PASSWORD, "name": name});
        let registered = visitor.post("/v1/auth/register", body).await?;
        assert_problem(&registered, 409, "name_reserved");
    }
    for hidden in [
        "Nor\u{200b}thwind",
        "North\u{2066}wind",
        "\u{feff}Northwind",
    ] {
        let renamed = ada.patch("/v1/me", json!({"name": hidden})).await?;
        assert_invalid_fields(&renamed, &["name"]);
        let listing = with_fields(weather_listing(1), [("service_name", json!(hidden))]);
        assert_invalid_fields(&ada.publish(listing).await?, &["service_name"]);
    }
    // The account keeps the name that it was given.
    let own = ada.get("/v1/me").await?["name"].clone();
    assert_json(&ada.patch("/v1/me", json!({"name": own})).await?, 200);
    Ok(())
}
