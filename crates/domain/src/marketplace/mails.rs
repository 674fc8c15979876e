use std::sync::Arc;

use crate::mail::{
    ClaimMail, ClaimedMail, MailLink, MailOutcome, MailPolicy, NewLink, NoticePolicy, SendError,
    SweptNotice,
};
use crate::opaque_debug::opaque_debug;
use crate::ports::{
    Clock, LinkMint, MailStore, Mailer, Message, NoticeStore, StoreError, UnsubscribeMint,
};
use crate::time::{after, before};

/// Sending mails: what a worker does again and again. Any number of workers and servers may do it at once.
#[derive(Clone)]
pub struct Mails {
    store: Arc<dyn MailStore>,
    notices: Arc<dyn NoticeStore>,
    mailer: Arc<dyn Mailer>,
    mint: Arc<dyn LinkMint>,
    unsubscribing: Arc<dyn UnsubscribeMint>,
    clock: Arc<dyn Clock>,
    policy: MailPolicy,
}

/// The ports that [`Mails`] needs.
#[derive(Clone)]
pub struct MailPorts {
    /// Keeps mails.
    pub store: Arc<dyn MailStore>,
    /// Writes those that the passing of time gives rise to.
    pub notices: Arc<dyn NoticeStore>,
    /// Sends them.
    pub mailer: Arc<dyn Mailer>,
    /// Makes the secrets of their links.
    pub mint: Arc<dyn LinkMint>,
    /// Signs links that end them.
    pub unsubscribing: Arc<dyn UnsubscribeMint>,
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
            notices: ports.notices,
            mailer: ports.mailer,
            mint: ports.mint,
            unsubscribing: ports.unsubscribing,
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
            account,
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
        let ended = account.zip(mail.topic());
        let message = Message {
            id,
            to,
            unsubscribe: ended.map(|(account, topic)| self.unsubscribing.sign(account, topic)),
            mail,
            link,
        };
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

    /// Writes the mails that the passing of time gives rise to.
    ///
    /// # Errors
    /// [`StoreError`]; the next call goes on from there.
    pub async fn write_notices(&self) -> Result<(), StoreError> {
        let policy = NoticePolicy::default();
        for notice in SweptNotice::all() {
            while self
                .notices
                .write_next(notice, policy, self.clock.now())
                .await?
            {}
        }
        Ok(())
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
