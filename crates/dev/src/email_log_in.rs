use async_trait::async_trait;
use udam_domain::account::{Email, Origin};
use udam_domain::marketplace::{Accounts, CreateAccount, OpenedSession};
use udam_domain::{RegisterAccountError, StoreError};
use udam_web::PasswordlessLogIn;

/// Logs in by email address alone. Registers an account for an address that has none.
#[derive(Debug)]
pub struct EmailLogIn {
    accounts: Accounts,
}

impl EmailLogIn {
    /// Logs in to these accounts.
    #[must_use]
    pub const fn new(accounts: Accounts) -> Self {
        Self { accounts }
    }
}

#[async_trait]
impl PasswordlessLogIn for EmailLogIn {
    async fn log_in(&self, email: Email, origin: Origin) -> Result<OpenedSession, StoreError> {
        let accounts = &self.accounts;
        if let Some(opened) = accounts.open_session(&email, origin.clone()).await? {
            return Ok(opened);
        }
        let request = CreateAccount {
            email: email.clone(),
            name: None,
        };
        match accounts.create(request).await {
            // Another request may have registered it meanwhile.
            Ok(_) | Err(RegisterAccountError::EmailTaken) => {}
            // No other name looks like that of an account without one.
            Err(RegisterAccountError::NameTaken) => return Err(StoreError::Overloaded),
            Err(RegisterAccountError::Unavailable(source)) => return Err(source),
        }
        // Accounts are never removed.
        let opened = accounts.open_session(&email, origin).await?;
        opened.ok_or(StoreError::Overloaded)
    }
}

#[cfg(test)]
mod tests;
