//! Bodies are passed on as they come, in both directions.

use std::time::{Duration, Instant};

use anyhow::Result;
use reqwest::Method;
use serde_json::json;

use super::service::one_service;

#[tokio::test]
async fn events_arrive_as_they_are_sent() -> Result<()> {
    let (_market, _upstream, service) = one_service(5, json!({})).await?;
    let mut answer = service.request(Method::GET, "/events/10").send().await?;
    assert_eq!(answer.headers()["content-type"], "text/event-stream");
    let started = Instant::now();
    let first = answer.chunk().await?.unwrap_or_default();
    assert_eq!(&first[..], b"data: 0\n\n");
    assert!(
        started.elapsed() < Duration::from_millis(300),
        "{:?}",
        started.elapsed()
    );
    let mut text = String::from_utf8(first.to_vec())?;
    while let Some(chunk) = answer.chunk().await? {
        text.push_str(std::str::from_utf8(&chunk)?);
    }
    assert_eq!(text.matches("data: ").count(), 10);
    assert_eq!(service.settled().await?, [4, 1]);
    Ok(())
}

#[tokio::test]
async fn large_bodies_pass_in_both_directions_without_being_held() -> Result<()> {
    const SIZE: usize = 128 * 1024 * 1024;

    let (market, _upstream, service) = one_service(5, json!({})).await?;
    let before = resident_kib(&market)?;
    let block = vec![b'x'; 64 * 1024];
    let blocks = futures::stream::iter(
        (0..SIZE / block.len()).map(move |_| Ok::<_, std::io::Error>(block.clone())),
    );
    let body = reqwest::Body::wrap_stream(blocks);
    let sent = service.request(Method::POST, "/sink").body(body);
    let answer = sent.timeout(Duration::from_mins(5)).send().await?;
    assert_eq!(answer.text().await?, SIZE.to_string());
    let answer = service.request(Method::GET, &format!("/bytes/{SIZE}"));
    let mut answer = answer.timeout(Duration::from_mins(5)).send().await?;
    let mut received = 0;
    while let Some(chunk) = answer.chunk().await? {
        received += chunk.len();
    }
    assert_eq!(received, SIZE);
    let grown = resident_kib(&market)?.saturating_sub(before);
    assert!(grown < 64 * 1024, "the server has grown by {grown} KiB");
    assert_eq!(service.settled().await?, [3, 2]);
    Ok(())
}

/// Resident memory of the market's server.
fn resident_kib(market: &udam_testkit::Market) -> Result<usize> {
    let status = std::fs::read_to_string(format!("/proc/{}/status", market.servers[0].id()))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let number = line.and_then(|line| line.split_whitespace().next());
    Ok(number.unwrap_or_default().parse()?)
}
