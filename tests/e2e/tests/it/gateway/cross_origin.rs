//! Calls by scripts of other sites.

use anyhow::Result;
use reqwest::Method;
use serde_json::json;

use super::service::one_service;
use crate::assertions::assert_problem;

const ORIGIN: &str = "https://elsewhere.example";

#[tokio::test]
async fn scripts_of_other_sites_call_with_an_access_key() -> Result<()> {
    let (_market, upstream, service) = one_service(5, json!({})).await?;
    let client = &service.buyer;
    let path = format!("/gw/{}/v1/rain", service.listing);
    let asked = client
        .signed_out()
        .request(Method::OPTIONS, &path)
        .header("Origin", ORIGIN)
        .header("Access-Control-Request-Method", "GET")
        .header("Access-Control-Request-Headers", "authorization");
    let allowed = client.send(asked).await?;
    assert_eq!((allowed.status, allowed.text.as_str()), (204, ""));
    assert_eq!(allowed.header("access-control-allow-methods"), "GET");
    let headers = allowed.header("access-control-allow-headers");
    assert_eq!(headers, "authorization");
    assert_eq!(upstream.count(), 0);

    let call = service.request(Method::GET, "/v1/rain");
    let answer = client.send(call.header("Origin", ORIGIN)).await?;
    assert_eq!(answer.status, 200, "{}", answer.text);
    // The preflight has cost nothing.
    assert_eq!(answer.header("udam-units-remaining"), "4");
    let request = client.signed_out().request(Method::GET, &path);
    let refused = client.send(request.header("Origin", ORIGIN)).await?;
    assert_problem(&refused, 401, "invalid_access_key");
    for response in [allowed, answer, refused] {
        assert_eq!(response.header("access-control-allow-origin"), "*");
        assert_eq!(response.header("access-control-allow-credentials"), "");
    }
    Ok(())
}
