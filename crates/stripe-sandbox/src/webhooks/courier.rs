//! Carries webhooks to their address.

use std::error::Error;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::time::Duration;

use reqwest::redirect;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::{Semaphore, oneshot};
use tokio::time::{sleep, timeout};

use super::letter::{Attempt, Letter, Outcome};
use super::mailroom::Dispatch;
use super::signature;
use crate::clock;
use crate::shared::Shared;

/// Letters of one session share a lane, in which each waits for the one before; those of different
/// sessions do not wait for each other.
const LANES: u64 = 16;

/// How long a lane waits for a first attempt: an application that hangs must not hold up everything
/// else.
const LANE_PATIENCE: Duration = Duration::from_secs(1);

/// How many deliveries are under way at once, retries included: when an application comes back
/// after an hour, it is not asked to take everything in the same moment.
const AT_ONCE: usize = 64;

/// How webhooks are sent.
#[derive(Debug, Clone)]
pub(crate) struct CourierSettings {
    pub(crate) secrets: Vec<String>,
    /// How long the application may take to answer.
    pub(crate) patience: Duration,
    /// How long to wait before each further attempt.
    pub(crate) retries: Vec<Duration>,
}

/// Carries webhooks.
#[derive(Debug)]
pub(crate) struct Courier {
    settings: CourierSettings,
    client: reqwest::Client,
    lanes: Vec<UnboundedSender<Dispatch>>,
    free: Semaphore,
}

/// Where lanes end. To be handed to [`carry`] once the courier is shared.
pub(crate) type LaneEnds = Vec<UnboundedReceiver<Dispatch>>;

impl Courier {
    pub(crate) fn new(settings: CourierSettings) -> Result<(Self, LaneEnds), reqwest::Error> {
        // A redirect is not followed, as at Stripe. A proxy would not find an application on this
        // machine.
        let client = reqwest::Client::builder()
            .redirect(redirect::Policy::none())
            .no_proxy()
            .timeout(settings.patience)
            .build()?;
        let (lanes, ends) = (0..LANES).map(|_| unbounded_channel()).unzip();
        let courier = Self {
            settings,
            client,
            lanes,
            free: Semaphore::new(AT_ONCE),
        };
        Ok((courier, ends))
    }

    /// Sends a letter off, without waiting for what becomes of it.
    pub(crate) fn send(&self, shared: &Arc<Shared>, dispatch: Dispatch) {
        if !dispatch.delay.is_zero() {
            let delayed = Arc::clone(shared);
            shared.background.spawn(async move {
                sleep(dispatch.delay).await;
                let (attempted, _) = oneshot::channel();
                deliver(delayed, dispatch, attempted).await;
            });
        } else if let Some(lane) = self.lanes.get(lane_of(&dispatch.letter.session)) {
            // The lane ends only when the sandbox does.
            let _ = lane.send(dispatch);
        }
    }

    /// One attempt, noted in the letter's record.
    pub(crate) async fn attempt(&self, shared: &Shared, letter: &Letter) -> Outcome {
        // Never closed.
        let _permit = self.free.acquire().await;
        let outcome = match shared.webhook_address() {
            None => Outcome::Unreachable("there is no address to send webhooks to".to_owned()),
            Some(address) => self.post(address, &letter.body).await,
        };
        if !outcome.delivered() {
            tracing::debug!(
                event = letter.event,
                ?outcome,
                "a webhook was not delivered"
            );
        }
        let attempt = Attempt {
            at: clock::milliseconds(),
            outcome: outcome.clone(),
        };
        shared.note_attempt(&letter.event, attempt);
        outcome
    }

    async fn post(&self, address: url::Url, body: &str) -> Outcome {
        // Signed afresh for every attempt, as at Stripe: receivers refuse what is old.
        let signature = signature::header(&self.settings.secrets, clock::seconds(), body);
        let request = self
            .client
            .post(address)
            .header("Content-Type", "application/json; charset=utf-8")
            .header("User-Agent", "Stripe/1.0 (sandbox)")
            .header("Stripe-Signature", signature)
            .body(body.to_owned());
        match request.send().await {
            Ok(response) => Outcome::Answered(response.status().as_u16()),
            Err(error) => Outcome::Unreachable(in_full(&error.without_url())),
        }
    }
}

/// Carries what comes along the lanes, until the sandbox stops.
pub(crate) fn carry(shared: &Arc<Shared>, ends: LaneEnds) {
    for mut end in ends {
        let carrying = Arc::clone(shared);
        shared.background.spawn(async move {
            while let Some(dispatch) = end.recv().await {
                let (attempted, first_attempt) = oneshot::channel();
                let delivery = deliver(Arc::clone(&carrying), dispatch, attempted);
                carrying.background.spawn(delivery);
                // Whether it was made in time or not, the lane goes on.
                let _ = timeout(LANE_PATIENCE, first_attempt).await;
            }
        });
    }
}

/// Attempts until one succeeds or the schedule ends; `attempted` is told of the first attempt.
async fn deliver(shared: Arc<Shared>, dispatch: Dispatch, attempted: oneshot::Sender<()>) {
    let Dispatch {
        letter, persistent, ..
    } = dispatch;
    let courier = &shared.courier;
    let outcome = courier.attempt(&shared, &letter).await;
    // Nobody may be waiting for it.
    let _ = attempted.send(());
    if persistent && !outcome.delivered() {
        for delay in &courier.settings.retries {
            sleep(*delay).await;
            if courier.attempt(&shared, &letter).await.delivered() {
                break;
            }
        }
    }
    shared.finish_delivery(&letter.event);
}

/// An error with all its causes: the last one tells a refused connection from a slow answer.
fn in_full(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}

fn lane_of(session: &str) -> usize {
    let mut hasher = DefaultHasher::new();
    session.hash(&mut hasher);
    usize::try_from(hasher.finish() % LANES).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_session_has_a_lane() {
        for number in 0..1_000 {
            assert!(lane_of(&format!("cs_{number}")) < 16);
        }
    }
}
