//! The seller's key does not leave.

use anyhow::Result;
use serde_json::json;
use udam_testkit::encodings;

use super::service::{SELLER_KEY, one_service};

#[tokio::test]
async fn a_key_that_the_service_repeats_is_masked() -> Result<()> {
    let (market, upstream, service) = one_service(10, json!({})).await?;
    let answer = service.call("/echo").await?;
    assert_eq!(answer.status, 200);
    assert!(upstream.requests()[0].head.contains(SELLER_KEY));
    let mask = "*".repeat(SELLER_KEY.len());
    assert!(
        answer.text.contains(&format!("Bearer {mask}")),
        "{}",
        answer.text
    );
    assert!(answer.header("x-echo").contains(&mask));
    let seen = format!("{}{:?}{}", answer.text, answer.headers, market.logs());
    let calls = service
        .buyer
        .get(&format!("/v1/tokens/{}/calls", service.token))
        .await?;
    let metrics = market.operator(0)?.get("/metrics").await?;
    let dump = market.database.dump().await?;
    for text in [seen, calls.text, metrics.text, dump] {
        for form in encodings(SELLER_KEY) {
            assert!(!text.contains(&form), "the key leaks as {form}");
        }
        for form in encodings(&service.key) {
            assert!(!text.contains(&form), "the access key leaks as {form}");
        }
    }
    Ok(())
}

#[tokio::test]
async fn the_probe_of_a_seller_shows_no_key_either() -> Result<()> {
    let (_market, _upstream, service) = one_service(10, json!({})).await?;
    let path = format!("/v1/listings/{}/probe", service.listing);
    let probe = json!({"method": "GET", "path": "/echo"});
    let answer = service.seller.post(&path, probe.clone()).await?;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(answer["answer"]["status"], 200);
    assert!(!answer.text.contains(SELLER_KEY), "{}", answer.text);
    assert!(answer.text.contains("****"), "{}", answer.text);
    assert_eq!(service.buyer.post(&path, probe).await?.status, 404);
    assert_eq!(service.settled().await?, [10, 0]);
    Ok(())
}
