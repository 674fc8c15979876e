//! Servers that stop in the middle of calls.

use std::time::Duration;

use anyhow::Result;
use futures::future::join_all;
use reqwest::Method;
use serde_json::json;
use udam_testkit::{Upstream, wait_until};

use super::service::{Service, market};

#[tokio::test]
async fn calls_of_a_server_that_was_killed_go_back_to_their_buyer() -> Result<()> {
    let mut market = market().servers(2).start().await?;
    let upstream = Upstream::start().await?;
    let service = Service::bought(&market, &upstream.base(), 10, json!({})).await?;
    let client = service.buyer.at(market.address(1));
    let calls = (0..3).map(|_| {
        let request = service.request_at(&client, Method::GET, "/slow/20000");
        async move { request.send().await.map(|answer| answer.status()) }
    });
    let killing = async {
        wait_until("the calls to reach the service", async || {
            Ok(upstream.count() == 3)
        })
        .await?;
        assert_eq!(service.balance().await?, [7, 3, 0]);
        market.servers[1].kill().await
    };
    let (answers, killed) = tokio::join!(join_all(calls), killing);
    killed?;
    assert!(answers.iter().all(Result::is_err), "{answers:?}");
    assert_eq!(service.balance().await?, [7, 3, 0]);
    // As if the deadline had passed.
    let past = "UPDATE open_calls SET deadline = deadline - interval '1 hour'";
    market.database.execute(past).await?;
    wait_until("the sweep", async || {
        Ok(service.balance().await? == [10, 0, 0])
    })
    .await?;
    let calls = service.calls(3).await?;
    assert!(
        calls.iter().all(|call| call["outcome"] == "lost"),
        "{calls:?}"
    );
    market.verify().await?;
    Ok(())
}

#[tokio::test]
async fn a_server_that_stops_finishes_its_calls() -> Result<()> {
    let mut market = market().servers(2).start().await?;
    let upstream = Upstream::start().await?;
    let service = Service::bought(&market, &upstream.base(), 10, json!({})).await?;
    let client = service.buyer.at(market.address(1));
    let request = service.request_at(&client, Method::GET, "/slow/1500");
    let server = market.servers.remove(1);
    let stopping = async {
        wait_until("the call to reach the service", async || {
            Ok(upstream.count() == 1)
        })
        .await?;
        tokio::time::sleep(Duration::from_millis(100)).await;
        server.stop().await
    };
    let (answer, stopped) = tokio::join!(request.send(), stopping);
    stopped?;
    assert_eq!(answer?.status(), 200);
    assert_eq!(service.balance().await?, [9, 0, 1]);
    market.verify().await?;
    Ok(())
}
