use async_trait::async_trait;
use udam_domain::StoreError;
use udam_domain::account::{Email, Origin};
use udam_domain::marketplace::OpenedSession;

/// Logs accounts in without a password. Only development has an implementation: it lets anyone be
/// anybody.
#[async_trait]
pub trait PasswordlessLogIn: Send + Sync {
    /// Opens a session of the account with this address, registering it first if there is none.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn log_in(&self, email: Email, origin: Origin) -> Result<OpenedSession, StoreError>;
}
