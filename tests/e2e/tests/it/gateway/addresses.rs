//! Addresses that the gateway of a production marketplace never contacts.

use anyhow::Result;
use serde_json::json;
use udam_testkit::{MarketBuilder, Upstream};

use super::service::{Service, called_listing};
use crate::assertions::{assert_invalid_fields, assert_problem};
use crate::setup::publish;

#[tokio::test]
async fn a_private_address_is_not_published() -> Result<()> {
    let market = MarketBuilder::new().start().await?;
    let seller = market.sign_up("private-seller").await?;
    for base in [
        "https://127.0.0.1:8443",
        "https://[::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://[64:ff9b::7f00:1]/",
        "https://[2002:7f00:1::]/",
        "https://100.64.0.1/",
        "https://localhost/",
        "http://weather.example.com",
    ] {
        let refused = seller.publish(called_listing(base, 5, json!({}))).await?;
        assert_invalid_fields(&refused, &["endpoint_url"]);
    }
    Ok(())
}

#[tokio::test]
async fn a_name_that_leads_to_this_machine_is_not_called() -> Result<()> {
    let market = MarketBuilder::new().start().await?;
    let upstream = Upstream::start().await?;
    let public = called_listing("https://weather.example.com", 1_000, json!({}));
    let seller = market.sign_up("rebinding-seller").await?;
    let listing = publish(&seller, public).await?;
    let buyer = market.sign_up("rebinding-buyer").await?;
    let service = Service::of(seller, buyer, listing, 5).await?;
    // As if the name had been checked before it was made to lead elsewhere.
    for base in [
        upstream.base(),
        upstream.base().replace("127.0.0.1", "localhost"),
    ] {
        let update = format!("UPDATE listings SET endpoint_url = '{base}'");
        market.database.execute(&update).await?;
        let answer = service.call("/").await?;
        assert_problem(&answer, 502, "upstream_unreachable");
    }
    assert_eq!(upstream.count(), 0);
    assert_eq!(service.settled().await?, [5, 0]);
    assert_eq!(service.calls(2).await?[0]["outcome"], "address_refused");
    Ok(())
}
