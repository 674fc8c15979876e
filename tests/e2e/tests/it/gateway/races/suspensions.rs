//! Suspensions by operators: 64 connections call a listing while it, its seller or its buyer is suspended.

use anyhow::{Result, ensure};
use tokio::sync::Semaphore;
use udam_testkit::{Client, expect_status};

use super::race::{End, Tally, Track, assert_none_late};
use super::{Course, racing, rng_of, some_answered};
use crate::gateway::service::Service;
use crate::v1::admin::{act, staff};

/// Tokens of the listing, each called over four connections.
const TOKENS: usize = 16;

/// How calls are refused meanwhile.
const REFUSAL: (u16, &str) = (403, "suspended");

#[derive(Debug, Clone, Copy)]
enum Suspended {
    Listing,
    Seller,
    Buyer,
}

impl Suspended {
    /// Path of what is suspended.
    async fn path(self, service: &Service) -> Result<String> {
        let account = async |client: &Client| {
            let me = expect_status(client.get("/v1/me").await?, 200)?;
            anyhow::Ok(format!("/v1/admin/accounts/{}", me.id()))
        };
        match self {
            Self::Listing => Ok(format!("/v1/admin/listings/{}", service.listing)),
            Self::Seller => account(&service.seller).await,
            Self::Buyer => account(&service.buyer).await,
        }
    }

    async fn run(self) -> Result<()> {
        let course = Course::open(racing()).await?;
        let operator = staff(&course.market, "operator").await?;
        let operator = operator.at(course.market.address(1));
        let first = course.buyer_of_new_listing().await?;
        let path = self.path(&first).await?;
        let mut services = Vec::with_capacity(TOKENS);
        for _ in 0..TOKENS {
            services.push(course.another(&first).await?);
        }
        let lane = async |number, races| {
            let (mut rng, mut all) = (rng_of(number), Tally::default());
            let mut track = Track::new(&course.market, TOKENS, REFUSAL);
            for _ in 0..races {
                let end = End::of_answer();
                let ending = async |answered: &Semaphore| {
                    some_answered(answered, &mut rng).await?;
                    let answer = act(&operator, &format!("{path}/suspend")).await?;
                    end.answered();
                    ensure!(answer.status == 200, "{}", answer.text);
                    anyhow::Ok(())
                };
                all += track.race(&services, &end, ending).await?;
                assert_none_late(&course.upstream);
                expect_status(act(&operator, &format!("{path}/restore")).await?, 200)?;
            }
            Ok(all)
        };
        let tally = course.run_lanes(1, lane).await?;
        course.finish(&format!("suspended {self:?}"), tally).await
    }
}

#[tokio::test]
async fn no_call_that_begins_after_its_listing_was_suspended_reaches_the_service() -> Result<()> {
    Suspended::Listing.run().await
}

#[tokio::test]
async fn no_call_that_begins_after_its_seller_was_suspended_reaches_the_service() -> Result<()> {
    Suspended::Seller.run().await
}

#[tokio::test]
async fn no_call_that_begins_after_its_buyer_was_suspended_reaches_the_service() -> Result<()> {
    Suspended::Buyer.run().await
}
