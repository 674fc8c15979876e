//! Disputes: from the answer to the event that reports one, no call of the tokens that it is about begins.

use anyhow::{Context, Result};
use serde_json::json;
use tokio::sync::Semaphore;
use udam_testkit::sandbox::WEBHOOK_SECRET;
use udam_testkit::webhook::{now, signature};
use udam_testkit::{Client, Sandbox, expect_status, wait_until};

use super::race::{End, Tally, Track, assert_none_late};
use super::{Course, racing, rng_of, some_answered};
use crate::gateway::service::Service;
use crate::paid_market::{payment_url, session_id};
use crate::setup::open_tab;

/// Tokens that one payment has paid for, and that are raced at once.
const TOKENS: u64 = 12;

/// Most payments that are disputed at once.
const LANES: u64 = 4;

/// Events that end access, and those that restore it.
#[derive(Debug, Clone, Copy)]
enum Dispute {
    /// It is opened, which suspends tokens, and won.
    Open,
    /// It is lost before it was known to be open, which refunds orders and revokes tokens, and won on appeal.
    Lost,
}

/// A payment of several tokens.
struct Payment {
    services: Vec<Service>,
    /// The provider's id.
    id: String,
    minor: i64,
}

impl Payment {
    async fn of(course: &Course, sandbox: &Sandbox, tokens: u64) -> Result<Self> {
        let mut services = vec![course.buyer_of_new_listing().await?];
        for _ in 1..tokens {
            services.push(course.another(&services[0]).await?);
        }
        let buyer = &services[0].buyer;
        let checkout = expect_status(buyer.post_empty("/v1/tab/checkout").await?, 200)?;
        expect_status(sandbox.press(payment_url(&checkout), "pay").await?, 303)?;
        wait_until("the tab to be paid", async || {
            Ok(open_tab(buyer).await? == "0.00")
        })
        .await?;
        let statement = sandbox.statement(session_id(&checkout)).await?;
        Ok(Self {
            services,
            id: statement["id"].as_str().context("no payment")?.to_owned(),
            minor: statement["amount"].as_i64().context("no amount")?,
        })
    }

    /// Reports a state of a dispute, and returns once it was applied.
    async fn report(&self, server: &Client, dispute: &str, kind: &str, status: &str) -> Result<()> {
        let event = json!({
            "id": format!("evt_{dispute}_{status}"),
            "object": "event",
            "created": now(),
            "livemode": false,
            "type": format!("charge.dispute.{kind}"),
            "data": {"object": {
                "id": dispute,
                "object": "dispute",
                "amount": self.minor,
                "currency": "usd",
                "metadata": {},
                "payment_intent": self.id,
                "status": status,
            }},
        });
        let event = event.to_string().into_bytes();
        let signature = signature(WEBHOOK_SECRET, now(), &event);
        let answer = server.send_webhook(&event, Some(&signature)).await?;
        expect_status(answer, 200).map(drop)
    }
}

impl Dispute {
    const fn refusal(self) -> (u16, &'static str) {
        match self {
            Self::Open => (423, "token_suspended"),
            Self::Lost => (410, "token_revoked"),
        }
    }

    async fn run_lane(self, course: &Course, payment: &Payment, lane: (u64, u64)) -> Result<Tally> {
        let (number, races) = lane;
        let (mut rng, mut all) = (rng_of(number), Tally::default());
        let server = payment.services[0].buyer.at(course.market.address(1));
        let mut track = Track::new(&course.market, payment.services.len(), self.refusal());
        while all.races < races {
            let dispute = format!("du_{number}_{}", all.races);
            let (kind, status) = match self {
                Self::Open => ("created", "needs_response"),
                Self::Lost => ("closed", "lost"),
            };
            let end = End::of_answer();
            let ending = async |answered: &Semaphore| {
                some_answered(answered, &mut rng).await?;
                payment.report(&server, &dispute, kind, status).await?;
                end.answered();
                anyhow::Ok(())
            };
            all += track.race(&payment.services, &end, ending).await?;
            assert_none_late(&course.upstream);
            payment.report(&server, &dispute, "closed", "won").await?;
        }
        Ok(all)
    }

    async fn run(self) -> Result<()> {
        let sandbox = Sandbox::start().await?;
        let builder = racing()
            .payments_through(&sandbox)
            .set("UDAM_RECONCILE_INTERVAL", "1h");
        let course = Course::open(builder).await?;
        sandbox.send_webhooks_to(course.market.address(0)).await?;
        let lane = async |number, races| {
            let payment = Payment::of(&course, &sandbox, TOKENS.min(races)).await?;
            self.run_lane(&course, &payment, (number, races)).await
        };
        let tally = course.run_lanes(LANES, lane).await?;
        course.finish(&format!("{self:?} dispute"), tally).await
    }
}

#[tokio::test]
async fn no_call_that_begins_after_a_dispute_was_reported_reaches_the_service() -> Result<()> {
    Dispute::Open.run().await
}

#[tokio::test]
async fn no_call_that_begins_after_a_dispute_was_lost_reaches_the_service() -> Result<()> {
    Dispute::Lost.run().await
}
