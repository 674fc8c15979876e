//! The workers that send mails.

use std::time::Duration;

use metrics::{counter, describe_counter};
use tokio::task::JoinSet;
use tokio::time::{self, MissedTickBehavior, sleep};
use udam_domain::error_chain;
use udam_domain::mail::MailOutcome;
use udam_domain::marketplace::{MailStep, Mails};

const SENT: &str = "udam_mails_sent_total";
const FAILED: &str = "udam_mail_attempts_failed_total";
const GIVEN_UP: &str = "udam_mails_given_up_total";

/// Mails that one server sends at once.
const AT_ONCE: usize = 4;

/// Time between two looks for mails that are due.
const PAUSE: Duration = Duration::from_secs(1);

/// Time between two deletions of what is old.
const BETWEEN_DELETIONS: Duration = Duration::from_mins(1);

/// Describes the counters to the installed recorder.
pub(crate) fn describe_metrics() {
    describe_counter!(SENT, "Mails that the mail server has accepted.");
    describe_counter!(
        FAILED,
        "Attempts at sending a mail that have failed; each is tried again or given up."
    );
    describe_counter!(
        GIVEN_UP,
        "Mails that were refused for good, or not accepted for days."
    );
    for name in [SENT, FAILED, GIVEN_UP] {
        counter!(name).increment(0);
    }
}

/// Starts the workers. Every server may have them. `every` is the time between two sweeps.
pub(crate) fn start(mails: &Mails, every: Duration, background: &mut JoinSet<()>) {
    for _ in 0..AT_ONCE {
        background.spawn(send(mails.clone()));
    }
    background.spawn(write_notices(mails.clone(), every));
    background.spawn(forget_old(mails.clone()));
}

/// Sends mails as they fall due. Never returns.
async fn send(mails: Mails) {
    loop {
        match mails.send_next().await {
            Ok(MailStep::Nothing) => sleep(PAUSE).await,
            Ok(MailStep::Done(MailOutcome::Sent)) => counter!(SENT).increment(1),
            Ok(MailStep::Done(_)) => {}
            Ok(MailStep::Failed(outcome, error)) => {
                counter!(FAILED).increment(1);
                let cause = error_chain(&error);
                if outcome == MailOutcome::GivenUp {
                    counter!(GIVEN_UP).increment(1);
                    tracing::warn!(cause, "a mail was given up");
                } else {
                    tracing::warn!(cause, "a mail is sent later");
                }
            }
            Err(error) => {
                let cause = error_chain(&error);
                tracing::warn!(cause, "mails wait for the database");
                sleep(PAUSE).await;
            }
        }
    }
}

/// Writes the mails that the passing of time gives rise to. Never returns.
async fn write_notices(mails: Mails, every: Duration) {
    let mut turns = time::interval(every);
    turns.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        turns.tick().await;
        if let Err(error) = mails.write_notices().await {
            let cause = error_chain(&error);
            tracing::warn!(cause, "notices are written at the next turn");
        }
    }
}

/// Deletes old mails and links. Never returns.
async fn forget_old(mails: Mails) {
    let mut turns = time::interval(BETWEEN_DELETIONS);
    turns.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        turns.tick().await;
        if let Err(error) = mails.forget_old().await {
            let cause = error_chain(&error);
            tracing::warn!(cause, "old mails are deleted at the next turn");
        }
    }
}
