//! Bodies are passed on as they come, in both directions.

use std::time::{Duration, Instant};

use anyhow::Result;
use reqwest::Method;
use serde_json::json;
use udam_testkit::env_number;

use super::memory::memory_of;
use super::service::{Service, one_service};

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

/// Sends so many bytes, and has as many sent back.
async fn pass_both_ways(service: &Service, bytes: usize) -> Result<()> {
    const BLOCK: usize = 64 * 1024;
    static BYTES: [u8; BLOCK] = [b'x'; BLOCK];

    let long = Duration::from_mins(30);
    let blocks = (0..bytes / BLOCK).map(|_| Ok::<_, std::io::Error>(&BYTES[..]));
    let body = reqwest::Body::wrap_stream(futures::stream::iter(blocks));
    let sent = service.request(Method::POST, "/sink").body(body);
    let answer = sent.timeout(long).send().await?;
    assert_eq!(answer.text().await?, bytes.to_string());
    let asked = service.request(Method::GET, &format!("/bytes/{bytes}"));
    let mut answer = asked.timeout(long).send().await?;
    let mut received = 0;
    while let Some(chunk) = answer.chunk().await? {
        received += chunk.len();
    }
    assert_eq!(received, bytes);
    Ok(())
}

/// `UDAM_CALL_BODY_MIB` is the size of the bodies.
#[tokio::test]
async fn large_bodies_pass_in_both_directions_without_being_held() -> Result<()> {
    const MIB: usize = 1024 * 1024;
    const MOST_KIB: u64 = 32 * 1024;

    let size = usize::try_from(env_number("UDAM_CALL_BODY_MIB").unwrap_or(128))?;
    let (market, _upstream, service) = one_service(5, json!({})).await?;
    // What a server holds from its first calls on.
    pass_both_ways(&service, MIB).await?;
    let before = memory_of(&market.servers[0])?;
    let started = Instant::now();
    pass_both_ways(&service, size * MIB).await?;
    let (elapsed, after) = (started.elapsed(), memory_of(&market.servers[0])?);
    let [resident, peak] = [
        after.resident.saturating_sub(before.resident),
        after.peak.saturating_sub(before.peak),
    ];
    println!(
        "{size} MiB each way in {elapsed:.1?}: {before:?} KiB before, grown by {resident} KiB, the peak by {peak} KiB"
    );
    assert!(
        resident < MOST_KIB && peak < MOST_KIB,
        "the server has grown"
    );
    assert_eq!(service.settled().await?, [1, 4]);
    Ok(())
}
