//! `UDAM_ADMIN_LISTEN`.

use std::net::TcpListener;

use anyhow::Result;
use udam_testkit::{Binary, Market, MarketBuilder};

use crate::assertions::assert_problem;

#[tokio::test]
async fn clients_do_not_see_what_is_for_operators() -> Result<()> {
    let market = MarketBuilder::new().servers(2).start().await?;
    for number in 0..2 {
        let operator = market.operator(number)?;
        let client = market.client()?.at(market.address(number));
        for path in ["/readyz", "/metrics"] {
            assert_problem(&client.get(path).await?, 404, "not_found");
            assert_eq!(operator.get(path).await?.status, 200, "{path}");
        }
        for anybody in [&client, &operator] {
            assert_eq!(anybody.get("/healthz").await?.status, 200);
        }
        for path in ["/", "/v1/listings", "/docs/", "/openapi.json"] {
            assert_problem(&operator.get(path).await?, 404, "not_found");
        }
    }
    let document = market.client()?.get("/openapi.json").await?;
    assert!(document["paths"]["/healthz"].is_object() && document["paths"]["/readyz"].is_null());
    // Each server says it once.
    let logs = market.logs();
    assert_eq!(logs.matches("send it to UDAM_ADMIN_LISTEN").count(), 2);
    Ok(())
}

#[tokio::test]
async fn an_admin_port_that_is_taken_is_named_with_its_setting() -> Result<()> {
    let other = TcpListener::bind("127.0.0.1:0")?;
    let taken = other.local_addr()?.to_string();
    let market = Market::shared().await?;
    let variables = MarketBuilder::new()
        .set("UDAM_ADMIN_LISTEN", &taken)
        .environment(&market.database)
        .await?;
    let output = Binary::udam()?.run(["serve"], variables).await?;
    assert_eq!(output.code, Some(1));
    for expected in [
        format!("{taken} is taken by another program"),
        "set UDAM_ADMIN_LISTEN".to_owned(),
        "each server on a host needs an admin port of its own".to_owned(),
    ] {
        assert!(output.stderr.contains(&expected), "{}", output.stderr);
    }
    Ok(())
}
