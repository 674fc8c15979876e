use super::{LinkDigest, Mail};
use crate::account::{AccountName, Email};
use crate::id::{AccountId, MailId};
use crate::time::Timestamp;

/// Request for the next mail to send.
#[derive(Debug, Clone, Copy)]
pub struct ClaimMail {
    /// Time of the request, UTC.
    pub at: Timestamp,
    /// End of the claim, UTC.
    pub until: Timestamp,
    /// The link that the mail is sent with, if it has one.
    pub link: NewLink,
}

/// A link about to be sent.
#[derive(Debug, Clone, Copy)]
pub struct NewLink {
    /// Digest of its secret.
    pub digest: LinkDigest,
    /// Its end, UTC.
    pub expires_at: Timestamp,
}

/// A mail that nobody else sends until the claim ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimedMail {
    /// Identifier, the same at each attempt.
    pub id: MailId,
    /// Recipient.
    pub to: Recipient,
    /// Account of the recipient; `None` if there is none.
    pub account: Option<AccountId>,
    /// What is told; `None` if there is nobody to tell: no account has the address, or it no longer wants the mail.
    pub mail: Option<Mail>,
    /// Number of attempts, this one included.
    pub attempts: u32,
    /// Time at which it was written, UTC.
    pub written_at: Timestamp,
}

/// Recipient of a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient {
    /// Address.
    pub email: Email,
    /// Name of the account with it; `None` if there is none.
    pub name: Option<AccountName>,
}
