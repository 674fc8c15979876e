use std::error::Error;
use std::time::Duration;

use futures::future::join_all;
use reqwest::redirect;
use tokio::sync::{Semaphore, oneshot};
use tokio::time::sleep;

use super::signature;
use crate::clock;
use crate::outbox::{Attempt, AttemptOutcome, Delivery, QueuedDelivery};
use crate::state::SharedState;

/// Maximum number of concurrent attempts, retries included: an application that comes back after an hour
/// is not sent everything at the same moment.
const MAX_CONCURRENT_ATTEMPTS: usize = 64;

#[derive(Debug, Clone)]
pub(crate) struct DispatcherSettings {
    /// Secrets that webhooks are signed with.
    pub(crate) secrets: Vec<String>,
    /// Time limit of one attempt.
    pub(crate) timeout: Duration,
    /// Wait before each retry; there are as many retries as waits.
    pub(crate) retries: Vec<Duration>,
}

/// Posts webhooks and records each attempt.
#[derive(Debug)]
pub(super) struct Sender {
    settings: DispatcherSettings,
    client: reqwest::Client,
    permits: Semaphore,
    state: SharedState,
}

impl Sender {
    pub(super) fn new(
        settings: DispatcherSettings,
        state: SharedState,
    ) -> Result<Self, reqwest::Error> {
        // Stripe follows no redirect. A proxy would not find an application on this machine.
        let client = reqwest::Client::builder()
            .redirect(redirect::Policy::none())
            .no_proxy()
            .timeout(settings.timeout)
            .build()?;
        Ok(Self {
            settings,
            client,
            permits: Semaphore::new(MAX_CONCURRENT_ATTEMPTS),
            state,
        })
    }

    /// Attempts until one succeeds or the retries are used up. `attempted` is notified of the first
    /// attempt's end.
    pub(super) async fn deliver(&self, queued: QueuedDelivery, attempted: oneshot::Sender<()>) {
        let QueuedDelivery {
            delivery, retry, ..
        } = queued;
        let outcome = self.attempt(&delivery).await;
        // A delayed delivery has no queue that waits for it.
        let _ = attempted.send(());
        if retry && !outcome.is_delivered() {
            for delay in &self.settings.retries {
                sleep(*delay).await;
                if self.attempt(&delivery).await.is_delivered() {
                    break;
                }
            }
        }
        self.state.lock().outbox.finish(&delivery.event);
    }

    /// Attempts a number of times, at once or one after another, whatever the outcomes.
    pub(super) async fn repeat(
        &self,
        delivery: &Delivery,
        times: usize,
        concurrent: bool,
    ) -> Vec<AttemptOutcome> {
        let attempts = (0..times).map(|_| self.attempt(delivery));
        if concurrent {
            return join_all(attempts).await;
        }
        let mut outcomes = Vec::with_capacity(times);
        for attempt in attempts {
            outcomes.push(attempt.await);
        }
        outcomes
    }

    async fn attempt(&self, delivery: &Delivery) -> AttemptOutcome {
        // The semaphore is never closed.
        let _permit = self.permits.acquire().await;
        let url = self.state.lock().outbox.url.clone();
        let outcome = match url {
            None => AttemptOutcome::Failed("there is no URL to send webhooks to".to_owned()),
            Some(url) => self.post(url, &delivery.body).await,
        };
        if !outcome.is_delivered() {
            tracing::debug!(event = delivery.event, ?outcome, "webhook attempt failed");
        }
        let attempt = Attempt {
            at: clock::milliseconds(),
            outcome: outcome.clone(),
        };
        let mut state = self.state.lock();
        state.outbox.record_attempt(&delivery.event, attempt);
        outcome
    }

    async fn post(&self, url: url::Url, body: &str) -> AttemptOutcome {
        // Each attempt is signed anew, as at Stripe: receivers reject old signatures.
        let signature = signature::header(&self.settings.secrets, clock::seconds(), body);
        let request = self
            .client
            .post(url)
            .header("Content-Type", "application/json; charset=utf-8")
            .header("User-Agent", "Stripe/1.0 (sandbox)")
            .header("Stripe-Signature", signature)
            .body(body.to_owned());
        match request.send().await {
            Ok(response) => AttemptOutcome::Responded(response.status().as_u16()),
            Err(error) => AttemptOutcome::Failed(error_chain(&error.without_url())),
        }
    }
}

/// The error and its sources: only the last distinguishes a refused connection from a timeout.
fn error_chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text = format!("{text}: {error}");
        source = error.source();
    }
    text
}
