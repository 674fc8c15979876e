//! Units are counted exactly while servers and PostgreSQL are killed.
//!
//! `UDAM_CALL_TOKENS` tokens of `UDAM_CALL_UNITS` units each are used up by 64 callers at three servers. `UDAM_CALL_KILLS` times,
//! in turn, a server, all of PostgreSQL, or both are killed and started again.

mod site;
mod verification;

use std::time::Instant;

use anyhow::{Result, bail};
use futures::future::{try_join, try_join_all};
use serde_json::json;
use tokio::time::sleep;
use udam_testkit::{Upstream, env_number, expect_status, sign_up};

use super::caller::Caller;
use super::service::{Service, called_listing, trusting};
use crate::setup::publish;
use site::{PAUSE, Progress, SERVERS, Site};

const CALLERS: usize = 64;

/// Calls of one caller, as it knows them.
#[derive(Debug, Default)]
struct Called {
    /// Paths of calls that were answered by the service.
    answered: Vec<String>,
    /// Calls that were refused because the database was away, or that have had no answer.
    failed: usize,
    /// Paths asked for so far.
    count: usize,
}

/// A caller: its connection, the tokens that it uses in turn, and what it has seen.
struct Buyer<'m> {
    number: usize,
    services: &'m [Service],
    caller: Caller,
    called: Called,
}

impl Buyer<'_> {
    /// Calls with each token until none has units left.
    async fn use_up(&mut self, progress: &Progress) -> Result<()> {
        let services = self.services;
        let mut left: Vec<(usize, &Service)> = services.iter().enumerate().collect();
        let mut turn = self.number;
        while !left.is_empty() {
            let at = turn % left.len();
            let (token, service) = left[at];
            // No two calls have the same path, so that one that is made twice is seen.
            let path = format!("/call/{token}/{}/{}", self.number, self.called.count);
            self.called.count += 1;
            self.caller.move_to(progress.address(self.number));
            match self.caller.call(service, &path).await {
                Ok(answer) if answer.status == 200 => {
                    progress.answered();
                    self.called.answered.push(path);
                    turn += 1;
                }
                Ok(answer) if answer.status == 402 => drop(left.swap_remove(at)),
                Ok(answer) if answer.status < 500 => bail!("{answer:?}"),
                // The server or its database is away: it is tried again until they are back.
                Ok(_) | Err(_) => {
                    self.called.failed += 1;
                    sleep(PAUSE).await;
                }
            }
        }
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn units_are_drawn_exactly_while_servers_and_postgresql_are_killed() -> Result<()> {
    let number = |name, or| usize::try_from(env_number(name).unwrap_or(or));
    let tokens = number("UDAM_CALL_TOKENS", 2)?;
    let units: u32 = number("UDAM_CALL_UNITS", 400)?.try_into()?;
    let kills = number("UDAM_CALL_KILLS", 3)?;
    let total = tokens * usize::try_from(units)?;

    let mut site = Site::start(trusting(super::service::market())).await?;
    let upstream = Upstream::start().await?;
    let (seller, buyer) = (
        sign_up(&site.client()?, "exact-seller").await?,
        sign_up(&site.client()?, "exact-buyer").await?,
    );
    let listing = called_listing(&upstream.base(), 100_000_000, json!({}));
    let listing = publish(&seller, listing).await?;
    let mut services = Vec::new();
    for _ in 0..tokens {
        let (seller, buyer) = (seller.clone(), buyer.clone());
        services.push(Service::of(seller, buyer, listing.clone(), units).await?);
    }

    let started = Instant::now();
    let progress = site.progress();
    let mut buyers: Vec<Buyer<'_>> = (0..CALLERS)
        .map(|number| Buyer {
            number,
            services: &services,
            caller: Caller::of(progress.address(number)),
            called: Called::default(),
        })
        .collect();
    let calling = try_join_all(buyers.iter_mut().map(|buyer| buyer.use_up(&progress)));
    let (_, killed) = try_join(calling, site.kill_at_parts_of(total, kills)).await?;
    let mut lost = site.give_up_lost().await?;
    // What has gone back is used up as well.
    while site.units_left().await? > 0 {
        try_join_all(buyers.iter_mut().map(|buyer| buyer.use_up(&progress))).await?;
        lost += site.give_up_lost().await?;
    }
    let elapsed = started.elapsed();

    let called: Vec<Called> = buyers.into_iter().map(|buyer| buyer.called).collect();
    let failed: usize = called.iter().map(|called| called.failed).sum();
    let answered = called.into_iter().flat_map(|called| called.answered);
    let returned = verification::check_calls(&site, &upstream, answered, total).await?;
    let client = site.client()?;
    for service in &services {
        let buyer = client.with_session(service.buyer.session());
        let token = buyer.get(&format!("/v1/tokens/{}", service.token)).await?;
        let token = expect_status(token, 200)?;
        assert_eq!(
            [
                &token["units_left"],
                &token["units_open"],
                &token["units_charged"]
            ],
            [&json!(0), &json!(0), &json!(units)]
        );
    }
    // Nobody gets a unit more, at any server.
    let seen = upstream.count();
    for server in 0..SERVERS {
        let mut refused = Caller::of(progress.address(server));
        assert_eq!(refused.call(&services[0], "/beyond").await?.status, 402);
    }
    assert_eq!(upstream.count(), seen);
    site.verify().await?;
    println!(
        "{total} units of {tokens} tokens in {elapsed:.1?}: {seen} calls seen by the service, {returned} returned, \
         {lost} of them lost; {failed} without an answer of the service; {killed}"
    );
    Ok(())
}
