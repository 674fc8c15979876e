//! The mailbox of a development server: its mails go to a page.

mod page;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use udam_domain::id::MailId;
use udam_domain::mail::SendError;
use udam_domain::time::Timestamp;
use udam_domain::{Clock, Mailer, Message};
use udam_mail::{Rendered, Templates};

pub(crate) use page::PATH;

/// Takes the mails of a development server, and shows them at `/dev/mail`. They are kept in memory, the newest
/// [`MOST`](Self::MOST) of them. Clones share one box.
#[derive(Clone)]
pub struct Mailbox(Arc<Shared>);

struct Shared {
    templates: Templates,
    clock: Arc<dyn Clock>,
    /// The oldest first.
    kept: Mutex<VecDeque<KeptMail>>,
}

/// A mail that was taken.
#[derive(Clone)]
struct KeptMail {
    id: MailId,
    to: String,
    sent_at: Timestamp,
    words: Rendered,
}

impl Mailbox {
    /// Most mails that are kept.
    pub const MOST: usize = 200;

    /// An empty box for mails in the words of `templates`.
    #[must_use]
    pub fn new(templates: Templates, clock: Arc<dyn Clock>) -> Self {
        Self(Arc::new(Shared {
            templates,
            clock,
            kept: Mutex::default(),
        }))
    }

    fn kept(&self) -> MutexGuard<'_, VecDeque<KeptMail>> {
        self.0.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn find(&self, id: MailId) -> Option<KeptMail> {
        self.kept().iter().find(|mail| mail.id == id).cloned()
    }

    fn keep(&self, mail: KeptMail) {
        let mut kept = self.kept();
        kept.retain(|known| known.id != mail.id);
        kept.push_back(mail);
        while kept.len() > Self::MOST {
            kept.pop_front();
        }
    }
}

#[async_trait]
impl Mailer for Mailbox {
    async fn send(&self, message: &Message) -> Result<(), SendError> {
        let words = self.0.templates.render(message);
        let words = words.map_err(|error| SendError::Unavailable(error.into()))?;
        self.keep(KeptMail {
            id: message.id,
            to: message.to.email.to_string(),
            sent_at: self.0.clock.now(),
            words,
        });
        Ok(())
    }
}

#[cfg(test)]
mod tests;
