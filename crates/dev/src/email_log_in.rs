use async_trait::async_trait;
use udam_domain::account::{
    Account, Email, NewAccount, NewSession, Origin, PasswordHash, Session, SignedIn,
};
use udam_domain::id::{AccountId, SessionId};
use udam_domain::marketplace::{Accounts, OpenedSession};
use udam_domain::time::{Timestamp, after};
use udam_domain::{RegisterAccountError, StoreError};
use udam_web::PasswordlessLogIn;

/// Logs in by email address alone, over the ports of the use case that asks for a password.
pub struct EmailLogIn {
    ports: Accounts,
}

impl EmailLogIn {
    /// Logs in to the accounts of this use case.
    #[must_use]
    pub const fn new(ports: Accounts) -> Self {
        Self { ports }
    }

    async fn open_existing(
        &self,
        email: &Email,
        origin: &Origin,
    ) -> Result<Option<OpenedSession>, StoreError> {
        let Some(found) = self.ports.accounts.find_credentials(email).await? else {
            return Ok(None);
        };
        self.open(found.account, found.password_hash, origin.clone())
            .await
    }

    /// `None` if the password was changed meanwhile.
    async fn open(
        &self,
        account: Account,
        verified: Option<PasswordHash>,
        origin: Origin,
    ) -> Result<Option<OpenedSession>, StoreError> {
        let (session, opened) = self.new_session(account, origin, self.ports.clock.now());
        let open = self.ports.sessions.open(session, verified).await?;
        Ok(open.then_some(opened))
    }

    fn new_session(
        &self,
        account: Account,
        origin: Origin,
        now: Timestamp,
    ) -> (NewSession, OpenedSession) {
        let (token, digest) = self.ports.mint.mint();
        let session = Session {
            id: SessionId::mint(now, self.ports.entropy.as_ref()),
            account_id: account.id,
            origin,
            created_at: now,
            last_seen_at: now,
            expires_at: after(now, self.ports.policy.ttl),
        };
        let signed_in = SignedIn {
            account,
            session: session.clone(),
        };
        let opened = OpenedSession { token, signed_in };
        (NewSession { session, digest }, opened)
    }
}

#[async_trait]
impl PasswordlessLogIn for EmailLogIn {
    async fn log_in(&self, email: Email, origin: Origin) -> Result<OpenedSession, StoreError> {
        if let Some(opened) = self.open_existing(&email, &origin).await? {
            return Ok(opened);
        }
        let now = self.ports.clock.now();
        let account = Account {
            id: AccountId::mint(now, self.ports.entropy.as_ref()),
            email: email.clone(),
            name: email.default_name(),
        };
        let (session, opened) = self.new_session(account.clone(), origin.clone(), now);
        let account = NewAccount {
            account,
            password_hash: None,
            registered_at: now,
        };
        match self.ports.accounts.register(account, session).await {
            Ok(()) => Ok(opened),
            Err(RegisterAccountError::Unavailable(source)) => Err(source),
            // Another request has registered it meanwhile; accounts are never removed.
            Err(RegisterAccountError::EmailTaken) => {
                let opened = self.open_existing(&email, &origin).await?;
                opened.ok_or(StoreError::Overloaded)
            }
        }
    }
}

#[cfg(test)]
mod tests;
