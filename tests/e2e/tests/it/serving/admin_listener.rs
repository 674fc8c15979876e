//! `UDAM_ADMIN_LISTEN`.

use anyhow::Result;
use udam_testkit::MarketBuilder;

use crate::assertions::assert_problem;

#[tokio::test]
async fn operators_have_an_address_of_their_own() -> Result<()> {
    // The port is free now; another process could take it before the server does.
    let free = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    let market = MarketBuilder::new()
        .set("UDAM_ADMIN_LISTEN", &free.to_string())
        .start()
        .await?;
    let (clients, operators) = (market.client()?, market.client()?.at(free));
    for path in ["/readyz", "/metrics"] {
        assert_problem(&clients.get(path).await?, 404, "not_found");
        assert_eq!(operators.get(path).await?.status, 200, "{path}");
    }
    assert_eq!(
        (
            clients.get("/healthz").await?.status,
            operators.get("/healthz").await?.status
        ),
        (200, 200)
    );
    assert_eq!(operators.get("/v1/listings").await?.status, 404);
    Ok(())
}
