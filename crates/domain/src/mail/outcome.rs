use std::error::Error;

use crate::time::Timestamp;

/// Why a mail was not sent.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    /// It was refused for good: sent again, it would be refused again.
    #[error("the mail was refused")]
    Refused(#[source] Box<dyn Error + Send + Sync>),
    /// It may be accepted later. It may also have been accepted: the answer was not received.
    #[error("the mail could not be handed over")]
    Unavailable(#[source] Box<dyn Error + Send + Sync>),
}

/// Outcome of sending a claimed mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailOutcome {
    /// It was accepted.
    Sent,
    /// There was nobody to send it to.
    NotNeeded,
    /// It is tried again at this time, UTC.
    PutOff(Timestamp),
    /// It is not tried again.
    GivenUp,
}
