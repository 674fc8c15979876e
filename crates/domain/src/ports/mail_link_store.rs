use std::net::IpAddr;

use async_trait::async_trait;
use thiserror::Error;

use super::StoreError;
use crate::account::{Email, LogInPlace, NewAccount, PasswordHash};
use crate::audit::Actor;
use crate::id::AccountId;
use crate::mail::{LinkDigest, LinkPurpose, MailLink, NewLink};
use crate::policy::LinkLimit;
use crate::time::{RetryAfter, Timestamp};

/// Keeps requests for links in mails, and what becomes of the links.
///
/// A link that was used cannot be used again, nor can any other of its account and purpose. Of several uses at once, one
/// succeeds.
///
/// # Cancellation
/// A call whose future is dropped has happened whole or not at all.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait MailLinkStore: Send + Sync {
    /// Writes the mail that asks for a link to be sent, unless the limit of its address is reached. It does the same work
    /// whether or not there is an account with the address.
    ///
    /// # Errors
    /// [`RequestLinkError`]
    async fn request(
        &self,
        request: RequestLink,
        limit: LinkLimit,
        at: Timestamp,
    ) -> Result<(), RequestLinkError>;

    /// Returns the link with this digest, if it can be used at `now`.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn find(
        &self,
        digest: LinkDigest,
        now: Timestamp,
    ) -> Result<Option<MailLink>, StoreError>;

    /// Uses a link that proves an address: ends the registration, marks the address of the account as verified, or gives the
    /// account the new address. Writes an audit record, and the mails to both addresses if one was changed.
    ///
    /// An account that is registered so has the address as verified. If its name has been taken since, it gets a
    /// [neutral](crate::account::AccountName::neutral) one.
    ///
    /// # Errors
    /// [`UseLinkError`]; nothing has changed then. `Spent` also if another account has the address by now.
    async fn verify(&self, link: UseLink) -> Result<LinkPurpose, UseLinkError>;

    /// Uses a link that resets a password: replaces the password, ends all sessions of the account, forgets all places but
    /// `places`, marks its address as verified, and writes an audit record and a mail that tells of it. Returns the account.
    ///
    /// # Errors
    /// [`UseLinkError`]; nothing has changed then.
    async fn reset_password(
        &self,
        link: UseLink,
        to: PasswordHash,
        places: Vec<LogInPlace>,
    ) -> Result<AccountId, UseLinkError>;

    /// Stores a link that resets the password of the account with this address, which an operator hands on, and writes an
    /// audit record. Returns `false`, and stores nothing, if there is no such account.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn issue_reset(
        &self,
        email: Email,
        link: NewLink,
        at: Timestamp,
    ) -> Result<bool, StoreError>;

    /// Whether the address of an account is verified; `false` for an unknown account.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn is_verified(&self, account: AccountId) -> Result<bool, StoreError>;
}

/// Request for a link.
#[derive(Debug, Clone)]
pub enum RequestLink {
    /// To register.
    Register(NewAccount),
    /// To reset the password of the account with this address, if there is one.
    ResetPassword(Email),
    /// To prove the address of an account.
    VerifyEmail(AccountId),
    /// To give an account this address.
    ChangeEmail {
        /// The account.
        actor: Actor,
        /// Address that it is to get.
        to: Email,
    },
}

/// Use of a link.
#[derive(Debug, Clone, Copy)]
pub struct UseLink {
    /// Digest of its secret.
    pub digest: LinkDigest,
    /// Address that the request came from; `None` if unknown.
    pub address: Option<IpAddr>,
    /// Time of the use, UTC.
    pub at: Timestamp,
}

/// Why no link was asked for.
#[derive(Debug, Error)]
pub enum RequestLinkError {
    /// The address has been sent too many lately.
    #[error("too many mails were asked for")]
    TooMany(RetryAfter),
    /// The address is verified.
    #[error("the address is verified")]
    AlreadyVerified,
    /// A seller has a name that looks like the one of the registration.
    #[error("a seller has a name that looks like this one")]
    NameTaken,
    /// The store failed.
    #[error("asking for a link failed")]
    Unavailable(#[from] StoreError),
}

/// Why a link was not used.
#[derive(Debug, Error)]
pub enum UseLinkError {
    /// There is no such link for this purpose, or it has expired or was used.
    #[error("the link cannot be used, or no longer")]
    Spent,
    /// The store failed.
    #[error("using a link failed")]
    Unavailable(#[from] StoreError),
}
