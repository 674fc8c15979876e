//! Whatever ends access, no call that begins after the answer reaches the service.

use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Result, ensure};
use futures::future::try_join_all;
use serde_json::{Value, json};
use udam_testkit::{Client, Market, Upstream, env_number, expect_status};

use super::service::{Service, market};
use crate::v1::admin::{act, staff};

/// Callers of one token, half of them at each server.
const CALLERS: usize = 4;

/// Ways to end access.
#[derive(Debug, Clone, Copy)]
enum Ending {
    Revoke,
    Refund,
    Archive,
    DeleteKey,
    SuspendListing,
    SuspendSeller,
    SuspendBuyer,
}

#[tokio::test]
async fn no_call_that_begins_after_access_has_ended_reaches_the_service() -> Result<()> {
    let rounds = env_number("UDAM_CALL_RACES").unwrap_or(10);
    let market = market().servers(2).start().await?;
    let upstream = Upstream::start().await?;
    let operator = staff(&market, "operator").await?;
    for round in 0..rounds {
        for ending in [
            Ending::Revoke,
            Ending::Refund,
            Ending::Archive,
            Ending::DeleteKey,
            Ending::SuspendListing,
            Ending::SuspendSeller,
            Ending::SuspendBuyer,
        ] {
            race(&market, &upstream, &operator, ending, round).await?;
        }
    }
    market.verify().await?;
    Ok(())
}

/// Calls at both servers while access ends. The path of a call tells whether it began after the answer.
async fn race(
    market: &Market,
    upstream: &Upstream,
    operator: &Client,
    ending: Ending,
    round: u64,
) -> Result<()> {
    let service = Service::bought(market, &upstream.base(), 400, json!({})).await?;
    let keys = format!("/v1/tokens/{}/keys", service.token);
    let key = service.buyer.get(&keys).await?.items()[0]["id"].clone();
    let ended = AtomicBool::new(false);
    let late = format!("/late/{ending:?}/{round}");
    let callers = (0..CALLERS).map(|number| {
        let client = service.buyer.at(market.address(number));
        call_until_refused(&service, client, &ended, &late)
    });
    let other = service.buyer.at(market.address(1));
    let seller = service.seller.at(market.address(1));
    let operator = operator.at(market.address(1));
    let keeps_its_session = !matches!(ending, Ending::SuspendBuyer);
    let seller_id = seller.get("/v1/me").await?.id().to_owned();
    let buyer_id = other.get("/v1/me").await?.id().to_owned();
    let ending = async {
        let answer = match ending {
            Ending::Revoke => other.revoke(&service.token).await?,
            Ending::Refund => seller.refund(&service.order).await?,
            Ending::Archive => {
                let path = format!("/v1/listings/{}", service.listing);
                seller.patch(&path, json!({"status": "archived"})).await?
            }
            Ending::SuspendListing => {
                let path = format!("/v1/admin/listings/{}/suspend", service.listing);
                act(&operator, &path).await?
            }
            Ending::SuspendSeller => {
                act(
                    &operator,
                    &format!("/v1/admin/accounts/{seller_id}/suspend"),
                )
                .await?
            }
            Ending::SuspendBuyer => {
                act(&operator, &format!("/v1/admin/accounts/{buyer_id}/suspend")).await?
            }
            Ending::DeleteKey => {
                let id = key.as_str().unwrap_or_default();
                other.delete(&format!("{keys}/{id}")).await?
            }
        };
        ended.store(true, Ordering::SeqCst);
        ensure!(answer.status < 300, "{}", answer.text);
        anyhow::Ok(())
    };
    let (ended_well, called) = tokio::join!(ending, try_join_all(callers));
    ended_well?;
    called?;
    let reached = upstream.requests();
    let late = reached.iter().find(|request| request.head.contains(&late));
    assert!(late.is_none(), "{late:?}");
    if !keeps_its_session {
        // The balance cannot be read without one.
        return Ok(());
    }
    let [left, charged] = service.settled().await?;
    assert_eq!(left + charged, 400);
    Ok(())
}

async fn call_until_refused(
    service: &Service,
    client: Client,
    ended: &AtomicBool,
    late: &str,
) -> Result<()> {
    for _ in 0..200 {
        let began_late = ended.load(Ordering::SeqCst);
        let path = if began_late { late } else { "/early" };
        let request = service.request_at(&client, reqwest::Method::GET, path);
        let answer = client.send(request).await?;
        if answer.status != 200 {
            return Ok(());
        }
        ensure!(!began_late, "a call that began late was answered");
    }
    Ok(())
}

#[tokio::test]
async fn one_token_is_drawn_at_three_servers_to_the_last_unit_and_no_further() -> Result<()> {
    let market = market().servers(3).start().await?;
    let upstream = Upstream::start().await?;
    let service = Service::bought(&market, &upstream.base(), 400, json!({})).await?;
    let callers = (0..64).map(|number| {
        let client = service.buyer.at(market.address(number));
        let service = &service;
        async move {
            let mut answered = 0_usize;
            loop {
                let request = service.request_at(&client, reqwest::Method::GET, "/");
                let answer = client.send(request).await?;
                match answer.status {
                    200 => answered += 1,
                    402 => return Ok(answered),
                    _ => anyhow::bail!("{}", answer.text),
                }
            }
        }
    });
    let answered: usize = try_join_all(callers).await?.into_iter().sum();
    assert_eq!((answered, upstream.count()), (400, 400));
    assert_eq!(service.settled().await?, [0, 400]);
    let path = format!("/v1/tokens/{}/usage?by=hour", service.token);
    let usage = expect_status(service.buyer.get(&path).await?, 200)?;
    let units: u64 = usage
        .items()
        .iter()
        .filter_map(|hour| hour["units"].as_u64())
        .sum();
    assert_eq!(units, 400);
    assert_eq!(usage.items()[0]["calls"], Value::from(units));
    market.verify().await?;
    Ok(())
}

/// Connections that call one listing, half of them at each server.
const MANY: usize = 64;

#[tokio::test]
async fn of_64_callers_none_gets_through_after_the_listing_or_its_seller_was_suspended()
-> Result<()> {
    let market = market().servers(2).start().await?;
    let upstream = Upstream::start().await?;
    let operator = staff(&market, "operator").await?;
    for of_account in [false, true] {
        let first = Service::bought(&market, &upstream.base(), 400, json!({})).await?;
        let seller = first.seller.get("/v1/me").await?.id().to_owned();
        let suspended = if of_account {
            format!("/v1/admin/accounts/{seller}/suspend")
        } else {
            format!("/v1/admin/listings/{}/suspend", first.listing)
        };
        let ended = AtomicBool::new(false);
        let late = format!("/late-of-64/{of_account}");
        let callers = (0..MANY).map(|number| {
            let client = first.buyer.at(market.address(number));
            let (first, ended, late) = (&first, &ended, &late);
            async move { call_until_refused(first, client, ended, late).await }
        });
        let suspending = async {
            let answer = act(&operator.at(market.address(1)), &suspended).await?;
            ended.store(true, Ordering::SeqCst);
            ensure!(answer.status == 200, "{}", answer.text);
            anyhow::Ok(())
        };
        let (suspending, called) = tokio::join!(suspending, try_join_all(callers));
        suspending?;
        called?;
        let reached = upstream.requests();
        let late = reached.iter().find(|request| request.head.contains(&late));
        assert!(late.is_none(), "{late:?}");
        let refused = first.call("/").await?;
        assert_eq!(
            (refused.status, refused["code"].as_str()),
            (403, Some("suspended"))
        );
    }
    market.verify().await?;
    Ok(())
}
