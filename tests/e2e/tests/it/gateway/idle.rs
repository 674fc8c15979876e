//! Streams of events in which nothing happens.

use std::net::Ipv4Addr;
use std::time::Duration;

use anyhow::Result;
use futures::{StreamExt, TryStreamExt, stream};
use serde_json::json;
use udam_testkit::{Upstream, Wait, env_number};

use super::caller::Caller;
use super::memory::memory_of;
use super::service::{Service, market, trusting};
use crate::serving::open_files::raise_own_limit;

/// Streams of one client: fewer than the server allows one.
const PER_CLIENT: u32 = 200;

/// Streams that are opened at once.
const AT_ONCE: usize = 64;

/// Most memory of the server, in KiB.
const MOST_KIB: u64 = 200 * 1024;

/// `UDAM_CALL_STREAMS` is the number of streams. If it is set, they stay until each has been extended.
#[tokio::test(flavor = "multi_thread")]
async fn idle_streams_of_events_take_little_memory() -> Result<()> {
    raise_own_limit()?;
    let chosen = env_number("UDAM_CALL_STREAMS");
    let streams = u32::try_from(chosen.unwrap_or(300))?;
    let builder = trusting(market()).set("RUST_LOG", "warn,udam_server::serve=info");
    let market = builder.start().await?;
    let upstream = Upstream::start().await?;
    let service = Service::bought(&market, &upstream.base(), streams, json!({})).await?;
    let before = memory_of(&market.servers[0])?;
    let opening = (0..streams).map(|number| {
        // 127.0.1.0 and on: each is a client of its own.
        let client = Ipv4Addr::from_bits(0x7f00_0100 + number / PER_CLIENT);
        let (service, address) = (&service, market.address(0));
        async move {
            Caller::from(client, address)
                .listen(service, "/forever")
                .await
        }
    });
    let opening = stream::iter(opening).buffer_unordered(AT_ONCE);
    let open: Vec<_> = opening.try_collect().await?;
    assert_eq!(service.balance().await?, [0, streams.into(), 0]);
    if chosen.is_some() {
        let extended =
            "SELECT count(*) FROM open_calls WHERE deadline > began_at + interval '125 s'";
        Wait::new("every call to be extended")
            .timeout(Duration::from_mins(2))
            .until(async || Ok(market.database.count(extended).await? == i64::from(streams)))
            .await?;
    }
    let after = memory_of(&market.servers[0])?;
    println!("{streams} idle streams: {before:?} KiB before, {after:?} KiB with them");
    assert!(after.resident < MOST_KIB, "{after:?}");
    assert_eq!(service.balance().await?, [0, streams.into(), 0]);
    assert_eq!(upstream.count(), open.len());
    drop(open);
    // Their heads had come.
    let end = Wait::new("all streams to end").timeout(Duration::from_mins(2));
    end.until(async || Ok(service.balance().await? == [0, 0, streams.into()]))
        .await?;
    market.verify().await?;
    Ok(())
}
