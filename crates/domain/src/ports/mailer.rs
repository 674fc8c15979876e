use async_trait::async_trait;

use crate::id::MailId;
use crate::mail::{LinkSecret, Mail, Recipient, SendError, UnsubscribeSecret};

/// Sends mails.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait Mailer: Send + Sync {
    /// Words a mail and hands it over for delivery, in bounded time. Messages with the same id are recognizable as repeats
    /// of one.
    ///
    /// # Errors
    /// [`SendError`]
    async fn send(&self, message: &Message) -> Result<(), SendError>;
}

/// A mail to be sent.
#[derive(Debug, Clone)]
pub struct Message {
    /// Identifier of the mail.
    pub id: MailId,
    /// Recipient.
    pub to: Recipient,
    /// Content.
    pub mail: Mail,
    /// Secret of its link, if it has one.
    pub link: Option<LinkSecret>,
    /// Secret of a link that ends mails of its topic, if it has one.
    pub unsubscribe: Option<UnsubscribeSecret>,
}
