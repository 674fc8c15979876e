//! `X-Request-Id`.

use anyhow::Result;
use reqwest::Method;
use udam_testkit::Market;

#[tokio::test]
async fn every_response_has_the_id_of_its_request() -> Result<()> {
    let visitor = Market::shared().await?.client()?;
    for path in ["/v1/listings", "/v1/orders", "/nowhere"] {
        let request = visitor
            .request(Method::GET, path)
            .header("X-Request-Id", "trace-7.a_B");
        assert_eq!(
            visitor.send(request).await?.header("x-request-id"),
            "trace-7.a_B"
        );
        let unnamed = [visitor.get(path).await?, visitor.get(path).await?];
        assert_ne!(
            unnamed[0].header("x-request-id"),
            unnamed[1].header("x-request-id")
        );
        let forged = visitor
            .request(Method::GET, path)
            .header("X-Request-Id", "a b{}");
        assert_ne!(visitor.send(forged).await?.header("x-request-id"), "a b{}");
    }
    Ok(())
}
