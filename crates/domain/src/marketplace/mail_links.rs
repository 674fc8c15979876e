use std::net::IpAddr;
use std::sync::Arc;

use thiserror::Error;

use super::account_error::{ChangePasswordError, NewPasswordError, RegisterError};
use super::accounts::{Accounts, Register};
use crate::account::{Client, Email, NewAccount, Password, TooManyAttempts, WeakPassword};
use crate::audit::Actor;
use crate::id::{AccountId, SessionId};
use crate::mail::{LinkDigest, LinkPurpose, LinkSecret, MailLink};
use crate::opaque_debug::opaque_debug;
use crate::policy::{LinkLimit, Verification};
use crate::ports::{
    Clock, HashingError, LinkMint, MailLinkStore, RequestLink, RequestLinkError, StoreError,
    UseLink, UseLinkError,
};

/// What people do by links that they are sent: registering, proving and changing an address, resetting a password.
///
/// Nothing here tells whether an address has an account. A request is written whether or not it has one, with the same
/// work; what is sent is decided later.
#[derive(Clone)]
pub struct MailLinks {
    store: Arc<dyn MailLinkStore>,
    accounts: Accounts,
    mint: Arc<dyn LinkMint>,
    clock: Arc<dyn Clock>,
    verification: Verification,
    limit: LinkLimit,
}

/// The ports that [`MailLinks`] needs, besides those of [`Accounts`].
#[derive(Clone)]
pub struct MailLinkPorts {
    /// Keeps requests and links.
    pub store: Arc<dyn MailLinkStore>,
    /// Recognizes secrets of links.
    pub mint: Arc<dyn LinkMint>,
    /// Rule for accounts whose address is not verified.
    pub verification: Verification,
}

/// Asks for another address of the account that acts.
#[derive(Debug, Clone)]
pub struct ChangeEmail {
    /// Address that it has.
    pub current: Email,
    /// Address that it is to get.
    pub to: Email,
    /// Its password.
    pub password: Password,
    /// Session whose attempts at the password are counted.
    pub session: Option<SessionId>,
}

/// Resets a password.
#[derive(Debug, Clone)]
pub struct ResetPassword {
    /// Secret of the link.
    pub link: LinkSecret,
    /// The password that the account gets.
    pub password: Password,
}

/// Why no other address was asked for.
#[derive(Debug, Error)]
pub enum ChangeEmailError {
    /// The password is wrong.
    #[error("the password is wrong")]
    InvalidCredentials,
    /// There were too many attempts at the password of this account.
    #[error(transparent)]
    TooManyAttempts(#[from] TooManyAttempts),
    /// The new address is the one that the account has.
    #[error("the account has this address")]
    SameAddress,
    /// No link was asked for.
    #[error(transparent)]
    Link(#[from] RequestLinkError),
    /// The password could not be verified.
    #[error("changing an address failed")]
    Hashing(#[from] HashingError),
    /// The store failed.
    #[error("changing an address failed")]
    Unavailable(#[from] StoreError),
}

/// Why a password was not reset.
#[derive(Debug, Error)]
pub enum ResetPasswordError {
    /// The link cannot be used.
    #[error(transparent)]
    Link(#[from] UseLinkError),
    /// The new password would soon be guessed.
    #[error("the new password is too easy to guess")]
    WeakPassword(#[source] WeakPassword),
    /// The password could not be hashed.
    #[error("resetting a password failed")]
    Hashing(#[from] HashingError),
}

impl MailLinks {
    /// The use cases over these ports, with the passwords of `accounts`.
    #[must_use]
    pub fn new(ports: MailLinkPorts, accounts: Accounts, clock: Arc<dyn Clock>) -> Self {
        Self {
            store: ports.store,
            accounts,
            mint: ports.mint,
            clock,
            verification: ports.verification,
            limit: LinkLimit::default(),
        }
    }

    /// Whether mail is sent. Without it, links are handed on by an operator.
    #[must_use]
    pub fn sends_mail(&self) -> bool {
        self.verification != Verification::Impossible
    }

    /// Whether accounts need a verified address, and are registered by a link.
    #[must_use]
    pub fn requires_verification(&self) -> bool {
        self.verification == Verification::Required
    }

    /// Asks for an account: its address is sent a link, by which it is made. An address that has an account is told so
    /// instead. Nothing is sent to an address that has been sent many.
    ///
    /// # Errors
    /// [`RegisterError`], but never `EmailTaken`.
    pub async fn register(&self, request: Register) -> Result<(), RegisterError> {
        if let Some(name) = &request.name {
            name.check(None)?;
        }
        let hash = self
            .accounts
            .hash_new(request.password, &request.email)
            .await?;
        let now = self.clock.now();
        let account = NewAccount {
            account: self.accounts.new_account(request.email, request.name, now),
            password_hash: Some(hash),
            registered_at: now,
        };
        let asked = RequestLink::Register(account);
        match self.store.request(asked, self.limit, now).await {
            Ok(()) | Err(RequestLinkError::TooMany(_) | RequestLinkError::AlreadyVerified) => {
                Ok(())
            }
            Err(RequestLinkError::NameTaken) => Err(crate::account::NameRefused::Taken.into()),
            Err(RequestLinkError::Unavailable(error)) => Err(error.into()),
        }
    }

    /// Has an account that was just registered prove its address, where it may and need not. That this failed is no error of
    /// its registration: it can ask again.
    pub async fn offer_verification(&self, account: AccountId) {
        if self.verification == Verification::Optional {
            drop(self.send_again(account).await);
        }
    }

    /// Asks for a link that resets the password of the account with this address, if there is one. Nothing is sent to an
    /// address that has been sent many.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn forgot_password(&self, email: Email) -> Result<(), StoreError> {
        let asked = RequestLink::ResetPassword(email);
        match self
            .store
            .request(asked, self.limit, self.clock.now())
            .await
        {
            Err(RequestLinkError::Unavailable(error)) => Err(error),
            Ok(()) | Err(_) => Ok(()),
        }
    }

    /// Asks for a link that proves the address of an account.
    ///
    /// # Errors
    /// [`RequestLinkError`]
    pub async fn send_again(&self, account: AccountId) -> Result<(), RequestLinkError> {
        let asked = RequestLink::VerifyEmail(account);
        self.store
            .request(asked, self.limit, self.clock.now())
            .await
    }

    /// Asks for a link, sent to the new address, that gives it to the actor.
    ///
    /// # Errors
    /// [`ChangeEmailError`]. That another account has the address is no error: whoever reads its mails is told by them.
    pub async fn change_email(
        &self,
        actor: Actor,
        request: ChangeEmail,
    ) -> Result<(), ChangeEmailError> {
        let ChangeEmail {
            current,
            to,
            password,
            session,
        } = request;
        if to == current {
            return Err(ChangeEmailError::SameAddress);
        }
        self.accounts
            .confirm(actor, &current, password, session)
            .await?;
        let asked = RequestLink::ChangeEmail { actor, to };
        self.store
            .request(asked, self.limit, self.clock.now())
            .await?;
        Ok(())
    }

    /// The link with this secret, if it can be used.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn find(&self, link: &LinkSecret) -> Result<Option<MailLink>, StoreError> {
        match self.mint.recognize(link) {
            Some(digest) => self.store.find(digest, self.clock.now()).await,
            None => Ok(None),
        }
    }

    /// Uses a link that proves an address. Returns what it was for.
    ///
    /// # Errors
    /// [`UseLinkError`]
    pub async fn verify(
        &self,
        link: &LinkSecret,
        address: Option<IpAddr>,
    ) -> Result<LinkPurpose, UseLinkError> {
        let digest = self.mint.recognize(link).ok_or(UseLinkError::Spent)?;
        self.store.verify(self.used(digest, address)).await
    }

    /// Resets a password by a link, and ends all sessions of the account.
    ///
    /// # Errors
    /// [`ResetPasswordError`]; nothing is hashed for a link that cannot be used, and a password that is refused leaves the link
    /// as it is.
    pub async fn reset_password(
        &self,
        request: ResetPassword,
        client: impl Into<Client>,
    ) -> Result<AccountId, ResetPasswordError> {
        let client = client.into();
        let digest = self
            .mint
            .recognize(&request.link)
            .ok_or(UseLinkError::Spent)?;
        let link = self.find_reset(digest).await?;
        let hash = self
            .accounts
            .hash_new(request.password, &link.email)
            .await?;
        let used = self.used(digest, client.origin.address);
        let reset = self.store.reset_password(used, hash, client.places());
        Ok(reset.await?)
    }

    async fn find_reset(&self, digest: LinkDigest) -> Result<MailLink, UseLinkError> {
        let found = self.store.find(digest, self.clock.now()).await?;
        found
            .filter(|link| link.purpose == LinkPurpose::ResetPassword)
            .ok_or(UseLinkError::Spent)
    }

    /// Whether the address of an account is verified.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn is_verified(&self, account: AccountId) -> Result<bool, StoreError> {
        self.store.is_verified(account).await
    }

    fn used(&self, digest: LinkDigest, address: Option<IpAddr>) -> UseLink {
        UseLink {
            digest,
            address,
            at: self.clock.now(),
        }
    }
}

impl From<ChangePasswordError> for ChangeEmailError {
    fn from(error: ChangePasswordError) -> Self {
        match error {
            // No new password is given here, and so none refused.
            ChangePasswordError::InvalidCredentials | ChangePasswordError::WeakPassword(_) => {
                Self::InvalidCredentials
            }
            ChangePasswordError::TooManyAttempts(error) => Self::TooManyAttempts(error),
            ChangePasswordError::Hashing(error) => Self::Hashing(error),
            ChangePasswordError::Unavailable(error) => Self::Unavailable(error),
        }
    }
}

impl From<NewPasswordError> for ResetPasswordError {
    fn from(error: NewPasswordError) -> Self {
        match error {
            NewPasswordError::Weak(rule) => Self::WeakPassword(rule),
            NewPasswordError::Hashing(error) => Self::Hashing(error),
        }
    }
}

opaque_debug!(MailLinks, MailLinkPorts);

#[cfg(test)]
mod tests;
