use async_trait::async_trait;
use thiserror::Error;

use super::StoreError;
use crate::administration::{ChangeRole, NotAllowed, Role, RoleHolder, Suspend};
use crate::id::AccountId;
use crate::time::Timestamp;

/// Keeps the roles of operators, and what they have suspended.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait AdministrationStore: Send + Sync {
    /// Returns the role of an account; `None` if it has none.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn role(&self, account: AccountId) -> Result<Option<Role>, StoreError>;

    /// Suspends or restores an account or a listing as [`Suspend::decide`] says, and writes an audit record with who, why,
    /// before and after; a repeat writes none. Returns the time of the suspension, `None` if it is not suspended.
    ///
    /// Whatever begins after this has returned sees it, on any server: orders, calls and revealing keys are refused, the
    /// listing is out of the catalogue, and the sessions of a suspended account have ended. Restoring undoes exactly that;
    /// sessions do not come back, and what is suspended by itself stays so.
    ///
    /// # Errors
    /// [`SuspendError`]; nothing has changed then.
    async fn suspend(&self, suspend: Suspend) -> Result<Option<Timestamp>, SuspendError>;

    /// Gives an account a role, or takes it away, and writes an audit record with the reason unless it has that role already.
    /// Returns whether there is such an account.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn change_role(&self, change: ChangeRole) -> Result<bool, StoreError>;

    /// Returns the accounts that have roles, by address.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn role_holders(&self) -> Result<Vec<RoleHolder>, StoreError>;
}

/// Why nothing was suspended or restored.
#[derive(Debug, Error)]
pub enum SuspendError {
    /// There is no such account or listing.
    #[error("there is no such account or listing")]
    NotFound,
    /// The role of the operator does not allow it.
    #[error(transparent)]
    NotAllowed(#[from] NotAllowed),
    /// The store failed.
    #[error("suspending or restoring failed")]
    Unavailable(#[from] StoreError),
}
