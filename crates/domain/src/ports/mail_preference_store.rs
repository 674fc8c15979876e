use async_trait::async_trait;

use super::StoreError;
use crate::id::AccountId;
use crate::mail::{MailPreferences, MailPreferencesEdit};

/// Keeps which mails accounts want.
///
/// # Cancellation
/// A call whose future is dropped has happened whole or not at all.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait MailPreferenceStore: Send + Sync {
    /// Returns the preferences of an account. All mails are wanted at first.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn find(&self, account: AccountId) -> Result<MailPreferences, StoreError>;

    /// Changes the preferences of an account, and returns them. Mails that were written before and have not been sent follow
    /// them as well.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn change(
        &self,
        account: AccountId,
        edit: MailPreferencesEdit,
    ) -> Result<MailPreferences, StoreError>;
}
