use std::sync::Arc;

use crate::mail::{ClaimMail, ClaimedMail, MailLink, MailOutcome, MailPolicy, NewLink, SendError};
use crate::opaque_debug::opaque_debug;
use crate::ports::{Clock, LinkMint, MailStore, Mailer, Message, StoreError};
use crate::time::{after, before};

/// Sending mails: what a worker does again and again. Any number of workers and servers may do it at once.
#[derive(Clone)]
pub struct Mails {
    store: Arc<dyn MailStore>,
    mailer: Arc<dyn Mailer>,
    mint: Arc<dyn LinkMint>,
    clock: Arc<dyn Clock>,
    policy: MailPolicy,
}

/// The ports that [`Mails`] needs.
#[derive(Clone)]
pub struct MailPorts {
    /// Keeps mails.
    pub store: Arc<dyn MailStore>,
    /// Sends them.
    pub mailer: Arc<dyn Mailer>,
    /// Makes the secrets of their links.
    pub mint: Arc<dyn LinkMint>,
    /// Time.
    pub clock: Arc<dyn Clock>,
}

/// Outcome of a step.
#[derive(Debug)]
pub enum MailStep {
    /// No mail is due.
    Nothing,
    /// A mail was sent, or there was nobody to send it to.
    Done(MailOutcome),
    /// A mail was not sent, and is tried again or given up.
    Failed(MailOutcome, SendError),
}

impl Mails {
    /// The use cases over these ports.
    #[must_use]
    pub fn new(ports: MailPorts, policy: MailPolicy) -> Self {
        Self {
            store: ports.store,
            mailer: ports.mailer,
            mint: ports.mint,
            clock: ports.clock,
            policy,
        }
    }

    /// Sends the mail that has been due for longest.
    ///
    /// If the process ends before the outcome is recorded, the mail is sent again when its claim ends, with another link. That
    /// is how a mail may come twice, and none is lost.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn send_next(&self) -> Result<MailStep, StoreError> {
        let now = self.clock.now();
        let (secret, digest) = self.mint.mint();
        let claim = ClaimMail {
            at: now,
            until: after(now, self.policy.claim),
            link: NewLink {
                digest,
                expires_at: MailLink::expires(now),
            },
        };
        let Some(claimed) = self.store.claim(claim).await? else {
            return Ok(MailStep::Nothing);
        };
        let ClaimedMail {
            id,
            to,
            mail,
            attempts,
            written_at,
        } = claimed;
        let Some(mail) = mail else {
            let outcome = MailOutcome::NotNeeded;
            self.store.record(id, attempts, outcome, now).await?;
            return Ok(MailStep::Done(outcome));
        };
        let link = mail.link().map(|_| secret);
        let message = Message { id, to, mail, link };
        let sent = self.mailer.send(&message).await;
        let now = self.clock.now();
        let outcome = match &sent {
            Ok(()) => MailOutcome::Sent,
            Err(error) => self.policy.after_failure(error, attempts, written_at, now),
        };
        self.store.record(id, attempts, outcome, now).await?;
        Ok(match sent {
            Ok(()) => MailStep::Done(outcome),
            Err(error) => MailStep::Failed(outcome, error),
        })
    }

    /// Deletes old mails, links and registrations.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn forget_old(&self) -> Result<(), StoreError> {
        let cutoff = before(self.clock.now(), self.policy.kept_for);
        self.store.forget(cutoff).await
    }
}

opaque_debug!(Mails, MailPorts);

#[cfg(test)]
mod tests;
