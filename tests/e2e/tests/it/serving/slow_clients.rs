//! Clients that do not finish their requests.

use std::time::Duration;

use anyhow::Result;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use udam_testkit::Market;

/// A request without the last 99 bytes of its body.
pub(crate) const UNFINISHED: &[u8] = b"POST /v1/auth/login HTTP/1.1\r\nHost: x\r\n\
    Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{";

pub(crate) async fn unfinished(market: &Market) -> Result<TcpStream> {
    let mut stream = TcpStream::connect(market.address(0)).await?;
    stream.write_all(UNFINISHED).await?;
    Ok(stream)
}

#[tokio::test]
async fn a_body_that_does_not_arrive_times_out_and_its_connection_is_closed() -> Result<()> {
    let mut stream = unfinished(Market::shared().await?).await?;
    let mut response = String::new();
    let reading = stream.read_to_string(&mut response);
    tokio::time::timeout(Duration::from_secs(20), reading).await??;
    assert!(response.starts_with("HTTP/1.1 400 "), "{response}");
    assert!(response.contains("did not arrive in time"), "{response}");
    Ok(())
}

#[tokio::test]
async fn clients_that_never_finish_do_not_block_others() -> Result<()> {
    let market = Market::shared().await?;
    let visitor = market.client()?;
    let mut lingering = Vec::new();
    for _ in 0..20 {
        lingering.push(unfinished(market).await?);
    }
    assert_eq!(visitor.get("/v1/listings?limit=1").await?.status, 200);
    Ok(())
}
