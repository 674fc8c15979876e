use std::sync::Arc;

use thiserror::Error;

use super::account_error::ChangePasswordError;
use super::accounts::Accounts;
use crate::account::{AccountRecord, Email, EraseAccount, Obligation, Password, TooManyAttempts};
use crate::audit::Actor;
use crate::complaint::Complaint;
use crate::id::{AccountId, SessionId};
use crate::opaque_debug::opaque_debug;
use crate::page::{Page, PageRequest};
use crate::ports::{Clock, EraseAccountError, HashingError, PersonalDataStore, StoreError};

/// Reads all that is stored of a person, and erases it.
#[derive(Clone)]
pub struct PersonalData {
    store: Arc<dyn PersonalDataStore>,
    accounts: Accounts,
    clock: Arc<dyn Clock>,
}

/// Request to delete the account that acts.
#[derive(Debug, Clone)]
pub struct DeleteAccount {
    /// Its address.
    pub email: Email,
    /// Its password.
    pub password: Password,
    /// Session whose attempts at the password are counted.
    pub session: Option<SessionId>,
}

/// Why an account was not deleted.
#[derive(Debug, Error)]
pub enum DeleteAccountError {
    /// The password is wrong.
    #[error("the password is wrong")]
    InvalidCredentials,
    /// There were too many attempts at the password of this account.
    #[error(transparent)]
    TooManyAttempts(#[from] TooManyAttempts),
    /// The account still owes something to others.
    #[error("the account is still needed")]
    StillNeeded(Vec<Obligation>),
    /// The password could not be verified.
    #[error("deleting an account failed")]
    Hashing(#[from] HashingError),
    /// The store failed.
    #[error("deleting an account failed")]
    Unavailable(#[from] StoreError),
}

impl PersonalData {
    /// The use cases over these ports, with the passwords of `accounts`.
    #[must_use]
    pub fn new(
        store: Arc<dyn PersonalDataStore>,
        accounts: Accounts,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            store,
            accounts,
            clock,
        }
    }

    /// Reads an account with all that is stored beside it but what other use cases read.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn record(&self, account: AccountId) -> Result<Option<AccountRecord>, StoreError> {
        self.store.record(account).await
    }

    /// A page of the complaints of a buyer, the newest first.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn complaints(
        &self,
        buyer: AccountId,
        page: PageRequest<i64>,
    ) -> Result<Page<Complaint, i64>, StoreError> {
        self.store.complaints(buyer, page).await
    }

    /// Deletes the account that acts.
    ///
    /// # Errors
    /// [`DeleteAccountError`]; a password that was changed meanwhile is wrong.
    pub async fn delete(
        &self,
        actor: Actor,
        request: DeleteAccount,
    ) -> Result<(), DeleteAccountError> {
        let DeleteAccount {
            email,
            password,
            session,
        } = request;
        let verified = self
            .accounts
            .confirm(actor, &email, password, session)
            .await?;
        let erased = EraseAccount {
            actor,
            verified,
            at: self.clock.now(),
        };
        Ok(self.store.erase(erased).await?)
    }
}

impl From<ChangePasswordError> for DeleteAccountError {
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

impl From<EraseAccountError> for DeleteAccountError {
    fn from(error: EraseAccountError) -> Self {
        match error {
            EraseAccountError::PasswordChanged => Self::InvalidCredentials,
            EraseAccountError::StillNeeded(obligations) => Self::StillNeeded(obligations),
            EraseAccountError::Unavailable(error) => Self::Unavailable(error),
        }
    }
}

opaque_debug!(PersonalData);
