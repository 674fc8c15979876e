//! Accounts, each registered with its tab and its first session.

use async_trait::async_trait;
use futures::FutureExt;
use udam_domain::account::{
    Credentials, Email, NewAccount, NewSession, PasswordHash, RenameAccount,
};
use udam_domain::audit::AuditAction;
use udam_domain::id::SessionId;
use udam_domain::mail::{MailKind, PasswordChange};
use udam_domain::money::Currency;
use udam_domain::{
    AccountStore, RegisterAccountError, RenameAccountError, ReplacePassword, StoreError,
};

use crate::account_row::account;
use crate::audit;
use crate::columns::Columns;
use crate::error::violates;
use crate::login_places;
use crate::mails::{self, Facts, NewMail};
use crate::pool::PgPool;
use crate::seller_names;
use crate::sessions;
use crate::transaction::{Transaction, TxError, TxResult};

/// Stores accounts in PostgreSQL.
#[derive(Debug, Clone)]
pub struct PgAccountStore {
    pool: PgPool,
    currency: Currency,
}

impl PgAccountStore {
    /// A store over `pool` that opens tabs in `currency`, the one that the marketplace settles in.
    #[must_use]
    pub const fn new(pool: PgPool, currency: Currency) -> Self {
        Self { pool, currency }
    }
}

#[async_trait]
impl AccountStore for PgAccountStore {
    async fn register(
        &self,
        account: NewAccount,
        session: Option<NewSession>,
    ) -> Result<(), RegisterAccountError> {
        self.pool
            .transaction(|tx| register(tx, &account, self.currency, session.as_ref()).boxed())
            .await
    }

    async fn find_credentials(&self, email: &Email) -> Result<Option<Credentials>, StoreError> {
        let client = self.pool.client().await?;
        let Some(row) = client.row(FIND_CREDENTIALS, &[&email.as_str()]).await? else {
            return Ok(None);
        };
        Ok(Some(Credentials {
            account: account(&row)?,
            password_hash: row.read("password_hash")?,
            is_suspended: row.read("is_suspended")?,
            has_factor: row.read("has_factor")?,
        }))
    }

    async fn change_password(&self, change: ReplacePassword) -> Result<bool, StoreError> {
        self.pool
            .transaction(|tx| change_password(tx, &change).boxed())
            .await
    }

    async fn rename(&self, change: RenameAccount) -> Result<(), RenameAccountError> {
        self.pool
            .transaction(|tx| rename(tx, &change).boxed())
            .await
    }
}

const FIND_CREDENTIALS: &str = "\
-- PgAccountStore::find_credentials
SELECT id AS account_id, email, name, password_hash, suspended_at IS NOT NULL AS is_suspended,
    totp_id IS NOT NULL AS has_factor
FROM accounts WHERE email = $1";

async fn register(
    tx: &Transaction<'_>,
    new: &NewAccount,
    currency: Currency,
    session: Option<&NewSession>,
) -> TxResult<(), RegisterAccountError> {
    const INSERT: &str = "\
-- accounts::register, account
INSERT INTO accounts (id, email, name, password_hash, created_at) VALUES ($1, $2, $3, $4, $5)";
    const OPEN_TAB: &str = "\
-- accounts::register, tab
INSERT INTO tabs (account_id, currency) VALUES ($1, $2)";

    let id = new.account.id.uuid();
    let (email, name) = (new.account.email.as_str(), new.account.name.as_str());
    let hash = new.password_hash.as_ref().map(PasswordHash::as_phc);
    tx.run(INSERT, &[&id, &email, &name, &hash, &new.registered_at])
        .await
        .map_err(|error| {
            if violates(&error, "accounts_email_key") {
                TxError::Abort(RegisterAccountError::EmailTaken)
            } else {
                error.into()
            }
        })?;
    let skeleton = new.account.name.skeleton(new.account.id);
    if seller_names::is_taken(tx, &skeleton, new.account.id).await? {
        return Err(TxError::Abort(RegisterAccountError::NameTaken));
    }
    tx.run(OPEN_TAB, &[&id, &currency.code()]).await?;
    if let Some(session) = session {
        sessions::insert(tx, session).await?;
    }
    Ok(())
}

async fn change_password(tx: &Transaction<'_>, change: &ReplacePassword) -> TxResult<bool> {
    const CHANGE: &str = "\
-- accounts::change_password, hash
UPDATE accounts SET password_hash = $3 WHERE id = $1 AND password_hash = $2";
    const END_OTHERS: &str = "\
-- accounts::change_password, sessions
DELETE FROM sessions WHERE account_id = $1 AND id IS DISTINCT FROM $2";

    let id = change.actor.account_id.uuid();
    let hashes = (change.from.as_phc(), change.to.as_phc());
    if tx.run(CHANGE, &[&id, &hashes.0, &hashes.1]).await? == 0 {
        return Ok(false);
    }
    let keep = change.keep.map(SessionId::uuid);
    tx.run(END_OTHERS, &[&id, &keep]).await?;
    login_places::keep(tx, change.actor.account_id, &change.places).await?;
    let subject = keep.unwrap_or(id);
    let (action, at) = (AuditAction::PasswordChanged, change.at);
    audit::record(tx, action, &change.actor, at, subject).await?;
    let how = PasswordChange::WithPassword;
    let mail = NewMail {
        kind: MailKind::PasswordChanged,
        subject: format!("{id}:{at}"),
        account: Some(change.actor.account_id),
        email: None,
        facts: Facts::password_changed(how, at, change.actor.address),
        at,
    };
    mails::enqueue(tx, mail).await?;
    Ok(true)
}

async fn rename(tx: &Transaction<'_>, change: &RenameAccount) -> TxResult<(), RenameAccountError> {
    const RENAME: &str = "\
-- accounts::rename
UPDATE accounts SET name = $2 WHERE id = $1 AND name <> $2";

    let own = change.actor.account_id;
    let id = own.uuid();
    if tx.run(RENAME, &[&id, &change.name.as_str()]).await? == 0 {
        return Ok(());
    }
    if !seller_names::replace(tx, &change.name.skeleton(own), own).await? {
        return Err(TxError::Abort(RenameAccountError::NameTaken));
    }
    let (action, at) = (AuditAction::NameChanged, change.at);
    audit::record(tx, action, &change.actor, at, id).await?;
    Ok(())
}
