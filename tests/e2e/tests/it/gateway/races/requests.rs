//! Requests that end access: from their answer on, no call begins.

use anyhow::{Result, ensure};
use serde_json::json;
use tokio::sync::Semaphore;
use udam_testkit::expect_status;

use super::race::{End, Tally, Track, assert_none_late};
use super::{Course, LANES, racing, rng_of, some_answered};
use crate::gateway::service::Service;

#[derive(Debug, Clone, Copy)]
enum Request {
    Revoke,
    Refund,
    Archive,
    DeleteKey,
}

/// Access that is about to end.
struct Entry {
    service: Service,
    /// Id of the access key; empty if that is the token's first.
    key_id: String,
}

impl Request {
    /// How calls are refused once it is answered.
    const fn refusal(self) -> (u16, &'static str) {
        match self {
            Self::Revoke | Self::Refund => (410, "token_revoked"),
            Self::Archive => (410, "listing_archived"),
            Self::DeleteKey => (401, "invalid_access_key"),
        }
    }

    /// What the races of a lane begin with.
    async fn first(self, course: &Course, shared: &Service) -> Result<Service> {
        match self {
            Self::Archive => course.buyer_of_new_listing().await,
            Self::Revoke | Self::Refund | Self::DeleteKey => course.another(shared).await,
        }
    }

    /// What the next race of a lane is about.
    async fn enter(self, course: &Course, first: &Service) -> Result<Entry> {
        let (mut service, mut key_id) = (first.clone(), String::new());
        match self {
            Self::Revoke | Self::Refund => service = course.another(first).await?,
            Self::Archive => {}
            Self::DeleteKey => {
                let keys = format!("/v1/tokens/{}/keys", service.token);
                let issued = expect_status(service.buyer.post(&keys, json!({})).await?, 201)?;
                issued.text_at("/api_key").clone_into(&mut service.key);
                issued.id().clone_into(&mut key_id);
            }
        }
        Ok(Entry { service, key_id })
    }

    /// Ends access, at the second server.
    async fn send(self, course: &Course, entry: &Entry) -> Result<u16> {
        let service = &entry.service;
        let buyer = service.buyer.at(course.market.address(1));
        let seller = service.seller.at(course.market.address(1));
        let answer = match self {
            Self::Revoke => buyer.revoke(&service.token).await?,
            Self::Refund => seller.refund(&service.order).await?,
            Self::Archive => {
                let path = format!("/v1/listings/{}", service.listing);
                seller.patch(&path, json!({"status": "archived"})).await?
            }
            Self::DeleteKey => {
                let path = format!("/v1/tokens/{}/keys/{}", service.token, entry.key_id);
                buyer.delete(&path).await?
            }
        };
        Ok(answer.status)
    }

    /// Undoes what the next race of the lane does again.
    async fn restore(self, service: &Service) -> Result<()> {
        if let Self::Archive = self {
            let path = format!("/v1/listings/{}", service.listing);
            let active = json!({"status": "active"});
            expect_status(service.seller.patch(&path, active).await?, 200)?;
        }
        Ok(())
    }

    async fn run_lane(self, course: &Course, first: &Service, lane: (u64, u64)) -> Result<Tally> {
        let (number, races) = lane;
        let (mut rng, mut all) = (rng_of(number), Tally::default());
        let mut track = Track::new(&course.market, 1, self.refusal());
        for _ in 0..races {
            let entry = self.enter(course, first).await?;
            let end = End::of_answer();
            let ending = async |answered: &Semaphore| {
                some_answered(answered, &mut rng).await?;
                let status = self.send(course, &entry).await?;
                end.answered();
                ensure!(matches!(status, 200 | 204), "{status}");
                anyhow::Ok(())
            };
            let services = std::slice::from_ref(&entry.service);
            all += track.race(services, &end, ending).await?;
            assert_none_late(&course.upstream);
            self.restore(&entry.service).await?;
        }
        Ok(all)
    }

    async fn run(self) -> Result<()> {
        let course = Course::open(racing()).await?;
        let shared = course.buyer_of_new_listing().await?;
        let lane = async |number, races| {
            let first = self.first(&course, &shared).await?;
            self.run_lane(&course, &first, (number, races)).await
        };
        let tally = course.run_lanes(LANES, lane).await?;
        course.finish(&format!("{self:?}"), tally).await
    }
}

#[tokio::test]
async fn no_call_that_begins_after_a_revocation_reaches_the_service() -> Result<()> {
    Request::Revoke.run().await
}

#[tokio::test]
async fn no_call_that_begins_after_a_refund_reaches_the_service() -> Result<()> {
    Request::Refund.run().await
}

#[tokio::test]
async fn no_call_that_begins_after_its_listing_was_archived_reaches_the_service() -> Result<()> {
    Request::Archive.run().await
}

#[tokio::test]
async fn no_call_that_begins_after_its_key_was_deleted_reaches_the_service() -> Result<()> {
    Request::DeleteKey.run().await
}
