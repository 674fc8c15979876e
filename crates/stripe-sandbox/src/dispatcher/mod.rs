//! Sends webhooks: in order within a session, concurrently between sessions, with retries.
//!
//! A fixed number of queues share out the sessions, and a task drains each; `sender` makes the attempts and
//! `signature` signs them.

mod sender;
mod signature;

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::oneshot;
use tokio::time::{sleep, timeout};

pub(crate) use sender::DispatcherSettings;

use crate::background::Background;
use crate::outbox::{AttemptOutcome, Delivery, QueuedDelivery};
use crate::state::SharedState;
use sender::Sender;

/// Number of queues.
const QUEUES: u64 = 16;

/// Time that a queue waits for a first attempt before it goes on with the next webhook, so that an
/// application that hangs does not hold up the other sessions of the queue.
const FIRST_ATTEMPT_TIMEOUT: Duration = Duration::from_secs(1);

/// Sends webhooks in the background.
#[derive(Debug)]
pub(crate) struct Dispatcher {
    sender: Arc<Sender>,
    queues: Vec<UnboundedSender<QueuedDelivery>>,
    background: Background,
}

impl Dispatcher {
    /// Starts the tasks that drain the queues.
    pub(crate) fn start(
        settings: DispatcherSettings,
        state: SharedState,
        background: Background,
    ) -> Result<Self, reqwest::Error> {
        let sender = Arc::new(Sender::new(settings, state)?);
        let start_queue = |_| {
            let (queue, receiver) = unbounded_channel();
            let drain = drain(Arc::clone(&sender), receiver, background.clone());
            background.spawn(drain);
            queue
        };
        Ok(Self {
            queues: (0..QUEUES).map(start_queue).collect(),
            sender,
            background,
        })
    }

    /// Sends a webhook without waiting for the outcome.
    pub(crate) fn dispatch(&self, queued: QueuedDelivery) {
        if !queued.delay.is_zero() {
            let sender = Arc::clone(&self.sender);
            self.background.spawn(async move {
                sleep(queued.delay).await;
                let (attempted, _) = oneshot::channel();
                sender.deliver(queued, attempted).await;
            });
        } else if let Some(queue) = self.queues.get(queue_of(&queued.delivery.session)) {
            // A queue closes only when the sandbox stops.
            let _ = queue.send(queued);
        }
    }

    /// Sends a webhook a number of times, whatever the policy, and returns the outcomes. Goes on in the
    /// background if the caller is dropped.
    pub(crate) async fn deliver_now(
        &self,
        delivery: Delivery,
        times: usize,
        concurrent: bool,
    ) -> Vec<AttemptOutcome> {
        let sender = Arc::clone(&self.sender);
        let repeat = async move { sender.repeat(&delivery, times, concurrent).await };
        let outcomes = self.background.spawn(repeat).await;
        outcomes.ok().flatten().unwrap_or_default()
    }
}

/// Sends the webhooks of one queue, each after the first attempt of the one before.
async fn drain(
    sender: Arc<Sender>,
    mut queue: UnboundedReceiver<QueuedDelivery>,
    background: Background,
) {
    while let Some(queued) = queue.recv().await {
        let (attempted, first_attempt) = oneshot::channel();
        let sender = Arc::clone(&sender);
        background.spawn(async move { sender.deliver(queued, attempted).await });
        // The next webhook is due whether the attempt has ended in time or not.
        let _ = timeout(FIRST_ATTEMPT_TIMEOUT, first_attempt).await;
    }
}

fn queue_of(session: &str) -> usize {
    let mut hasher = DefaultHasher::new();
    session.hash(&mut hasher);
    usize::try_from(hasher.finish() % QUEUES).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_session_has_a_queue() {
        for number in 0..1_000 {
            assert!(queue_of(&format!("cs_{number}")) < 16);
        }
    }
}
