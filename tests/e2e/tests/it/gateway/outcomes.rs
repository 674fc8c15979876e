//! Every way in which a call can fail: the buyer gets the units back, and is told what happened.

use std::time::Duration;

use anyhow::Result;
use reqwest::Method;
use serde_json::json;
use udam_testkit::{Market, Upstream, closed_address, silent_address, wait_until};

use super::service::{Service, market, one_service};
use crate::assertions::assert_problem;

/// A call of a service at `base` fails so, and costs nothing.
async fn assert_returned(
    market: &Market,
    base: &str,
    path: &str,
    (status, code): (u16, &str),
    outcome: &str,
) -> Result<()> {
    let service = Service::bought(market, base, 5, json!({"timeout": 1})).await?;
    let answer = service.call(path).await?;
    assert_problem(&answer, status, code);
    assert_eq!(answer.header("udam-origin"), "gateway");
    assert_eq!(answer.header("udam-units-charged"), "0");
    assert_eq!(service.settled().await?, [5, 0]);
    let call = &service.calls(1).await?[0];
    assert_eq!(
        (&call["outcome"], &call["state"]),
        (&json!(outcome), &json!("returned"))
    );
    Ok(())
}

#[tokio::test]
async fn a_service_that_cannot_be_reached_costs_nothing() -> Result<()> {
    let market = market().start().await?;
    let closed = format!("http://{}", closed_address().await?);
    let unreachable = (502, "upstream_unreachable");
    assert_returned(&market, &closed, "/", unreachable, "connection_refused").await?;
    let unknown = "https://does-not-exist.invalid";
    assert_returned(&market, unknown, "/", unreachable, "name_not_found").await?;
    let plain = Upstream::start().await?;
    let no_tls = plain.base().replace("http:", "https:");
    assert_returned(&market, &no_tls, "/", unreachable, "tls_failed").await?;
    market.verify().await?;
    Ok(())
}

#[tokio::test]
async fn a_service_that_is_too_slow_costs_nothing() -> Result<()> {
    let market = market().start().await?;
    let silent = format!("http://{}", silent_address().await?);
    let timeout = (504, "upstream_timeout");
    assert_returned(&market, &silent, "/", timeout, "first_byte_timeout").await?;
    let upstream = Upstream::start().await?;
    assert_returned(
        &market,
        &upstream.base(),
        "/slow/3000",
        timeout,
        "first_byte_timeout",
    )
    .await?;
    market.verify().await?;
    Ok(())
}

#[tokio::test]
async fn a_service_that_is_broken_costs_nothing() -> Result<()> {
    let market = market().start().await?;
    let upstream = Upstream::start().await?;
    let broken = (502, "upstream_broken");
    for path in ["/close", "/garbage"] {
        assert_returned(&market, &upstream.base(), path, broken, "broken").await?;
    }
    market.verify().await?;
    Ok(())
}

#[tokio::test]
async fn an_answer_that_is_cut_short_costs_nothing() -> Result<()> {
    let (market, _upstream, service) = one_service(5, json!({})).await?;
    let answer = service.request(Method::GET, "/cut/10").send().await?;
    assert_eq!(answer.status(), 200);
    answer.bytes().await.unwrap_err();
    assert_eq!(service.settled().await?, [5, 0]);
    assert_eq!(service.calls(1).await?[0]["outcome"], "cut_short");
    market.verify().await?;
    Ok(())
}

#[tokio::test]
async fn a_client_that_goes_before_the_head_gets_its_units_back() -> Result<()> {
    let (market, upstream, service) = one_service(5, json!({})).await?;
    let request = service.request(Method::GET, "/slow/5000");
    let sent = request.timeout(Duration::from_millis(500)).send().await;
    assert!(sent.unwrap_err().is_timeout());
    assert_eq!(upstream.count(), 1);
    assert_eq!(service.settled().await?, [5, 0]);
    assert_eq!(service.calls(1).await?[0]["outcome"], "client_gone");
    market.verify().await?;
    Ok(())
}

#[tokio::test]
async fn a_client_that_leaves_once_the_head_has_come_pays() -> Result<()> {
    let (market, upstream, service) = one_service(5, json!({})).await?;
    let answer = service.request(Method::GET, "/forever").send().await?;
    assert_eq!(answer.status(), 200);
    assert_eq!(upstream.count(), 1);
    drop(answer);
    assert_eq!(service.settled().await?, [4, 1]);
    assert_eq!(service.calls(1).await?[0]["outcome"], "client_left");
    market.verify().await?;
    Ok(())
}

#[tokio::test]
async fn outcomes_are_counted() -> Result<()> {
    let (market, _upstream, service) = one_service(5, json!({})).await?;
    service.call("/").await?;
    service.call("/close").await?;
    for outcome in ["answered", "broken"] {
        let series = format!("udam_gateway_calls_total{{outcome=\"{outcome}\"");
        wait_until("the call to be counted", async || {
            Ok(market.metric(0, &series).await? == 1)
        })
        .await?;
    }
    Ok(())
}
