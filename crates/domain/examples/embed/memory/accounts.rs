use async_trait::async_trait;
use udam_domain::account::{Credentials, Email, NewAccount, NewSession, RenameAccount};
use udam_domain::audit::AuditAction;
use udam_domain::money::Money;
use udam_domain::{
    AccountStore, RegisterAccountError, RenameAccountError, ReplacePassword, StoreError,
};

use super::MemoryStore;
use super::data::missing;

#[async_trait]
impl AccountStore for MemoryStore {
    async fn register(
        &self,
        account: NewAccount,
        session: Option<NewSession>,
    ) -> Result<(), RegisterAccountError> {
        if session.is_some() {
            // This service has a sign-in of its own.
            return Err(missing().into());
        }
        self.change(|data| {
            let mut known = data.accounts.values();
            if known.any(|known| known.account.email == account.account.email) {
                return Err(RegisterAccountError::EmailTaken);
            }
            let id = account.account.id;
            if data.is_taken(&account.account.name.skeleton(id), id) {
                return Err(RegisterAccountError::NameTaken);
            }
            data.tabs.insert(id, Money::zero(self.policy.currency()));
            data.accounts.insert(id, account);
            Ok(())
        })
    }

    async fn find_credentials(&self, email: &Email) -> Result<Option<Credentials>, StoreError> {
        let found = self.read(|data| {
            let mut accounts = data.accounts.values();
            accounts
                .find(|known| known.account.email == *email)
                .cloned()
        });
        Ok(found.map(|found| Credentials {
            is_suspended: false,
            has_factor: false,
            account: found.account,
            password_hash: found.password_hash,
        }))
    }

    async fn change_password(&self, change: ReplacePassword) -> Result<bool, StoreError> {
        self.change(|data| {
            let account = data.accounts.get_mut(&change.actor.account_id);
            let stored = account.and_then(|account| account.password_hash.as_mut());
            match stored {
                Some(hash) if hash.as_phc() == change.from.as_phc() => *hash = change.to,
                _ => return Ok(false),
            }
            data.record(AuditAction::PasswordChanged, change.actor, change.at);
            Ok(true)
        })
    }

    async fn rename(&self, change: RenameAccount) -> Result<(), RenameAccountError> {
        self.change(|data| {
            let id = change.actor.account_id;
            let skeleton = change.name.skeleton(id);
            let is_taken = data.is_taken(&skeleton, id);
            match data.accounts.get_mut(&id) {
                Some(known) if known.account.name != change.name => {
                    if is_taken {
                        return Err(RenameAccountError::NameTaken);
                    }
                    known.account.name = change.name;
                }
                _ => return Ok(()),
            }
            if let Some(taken) = data.taken_names.get_mut(&id) {
                *taken = skeleton;
            }
            data.record(AuditAction::NameChanged, change.actor, change.at);
            Ok(())
        })
    }
}
