use async_trait::async_trait;
use thiserror::Error;

use super::StoreError;
use crate::account::{AccountRecord, EraseAccount, Obligation};
use crate::complaint::Complaint;
use crate::id::AccountId;
use crate::page::{Page, PageRequest};

/// Reads what is stored of a person alone, and erases it. It shares its data with the other stores.
///
/// # Cancellation
/// A call whose future is dropped has happened whole or not at all.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait PersonalDataStore: Send + Sync {
    /// Returns what is stored of an account beside what the other ports return; `None` for an unknown account.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn record(&self, account: AccountId) -> Result<Option<AccountRecord>, StoreError>;

    /// Returns a page of the complaints of a buyer, the newest first; a position is the number of a complaint.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn complaints(
        &self,
        buyer: AccountId,
        page: PageRequest<i64>,
    ) -> Result<Page<Complaint, i64>, StoreError>;

    /// Deletes an account, unless an [`Obligation`] keeps it: archives its listings, revokes its tokens and access keys, ends
    /// its sessions, and writes an audit record. Orders, sales and payments stay for the books, of
    /// [nobody](crate::account::Nobody). All that tells who the person was is erased: address, name, password, devices,
    /// network addresses, texts of complaints, and mails. The address can be registered again. Orders, logins and
    /// publishing at the same time come before it, and are taken into account, or after it, and are refused.
    ///
    /// # Errors
    /// [`EraseAccountError`]; nothing has changed then.
    async fn erase(&self, request: EraseAccount) -> Result<(), EraseAccountError>;
}

/// Why an account was not deleted.
#[derive(Debug, Error)]
pub enum EraseAccountError {
    /// The password was changed since it was verified, or the account is deleted.
    #[error("the password was changed meanwhile")]
    PasswordChanged,
    /// The account still owes something to others.
    #[error("the account is still needed")]
    StillNeeded(Vec<Obligation>),
    /// The store failed.
    #[error("deleting an account failed")]
    Unavailable(#[from] StoreError),
}
