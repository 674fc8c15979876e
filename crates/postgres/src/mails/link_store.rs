use async_trait::async_trait;
use futures::FutureExt;
use udam_domain::account::{AccountName, Email, LogInPlace, PasswordHash};
use udam_domain::audit::{Actor, AuditAction};
use udam_domain::id::AccountId;
use udam_domain::mail::{LinkDigest, LinkPurpose, MailKind, MailLink, NewLink, PasswordChange};
use udam_domain::money::Currency;
use udam_domain::policy::LinkLimit;
use udam_domain::time::Timestamp;
use udam_domain::{
    MailLinkStore, RequestLink, RequestLinkError, StoreError, UseLink, UseLinkError,
};
use uuid::Uuid;

use super::facts::Facts;
use super::links::{self, UsedLink};
use super::outbox::{NewMail, enqueue};
use super::requests;
use crate::columns::Columns;
use crate::error::violates;
use crate::pool::PgPool;
use crate::transaction::{Parameters, Transaction, TxError, TxResult};
use crate::{audit, login_places, seller_names};

/// Keeps requests for links, and links, in PostgreSQL.
#[derive(Debug, Clone)]
pub struct PgMailLinkStore {
    pool: PgPool,
    currency: Currency,
}

impl PgMailLinkStore {
    /// A store over `pool` that opens tabs of new accounts in `currency`.
    #[must_use]
    pub const fn new(pool: PgPool, currency: Currency) -> Self {
        Self { pool, currency }
    }

    /// Marks the addresses of these accounts as verified, without a link: those of a demo, where nobody reads mail.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn take_as_verified(
        &self,
        emails: &[Email],
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let emails: Vec<&str> = emails.iter().map(Email::as_str).collect();
        let client = self.pool.client().await?;
        client.run(TAKE_AS_VERIFIED, &[&emails, &at]).await?;
        Ok(())
    }
}

#[async_trait]
impl MailLinkStore for PgMailLinkStore {
    async fn request(
        &self,
        request: RequestLink,
        limit: LinkLimit,
        at: Timestamp,
    ) -> Result<(), RequestLinkError> {
        self.pool
            .transaction(|tx| requests::request(tx, &request, limit, at).boxed())
            .await
    }

    async fn find(
        &self,
        digest: LinkDigest,
        now: Timestamp,
    ) -> Result<Option<MailLink>, StoreError> {
        links::find(&self.pool, digest, now).await
    }

    async fn verify(&self, link: UseLink) -> Result<LinkPurpose, UseLinkError> {
        self.pool
            .transaction(|tx| verify(tx, &link, self.currency).boxed())
            .await
    }

    async fn reset_password(
        &self,
        link: UseLink,
        to: PasswordHash,
        places: Vec<LogInPlace>,
    ) -> Result<AccountId, UseLinkError> {
        self.pool
            .transaction(|tx| reset(tx, &link, &to, &places).boxed())
            .await
    }

    async fn issue_reset(
        &self,
        email: Email,
        link: NewLink,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        self.pool
            .transaction(|tx| issue_reset(tx, &email, &link, at).boxed())
            .await
    }

    async fn is_verified(&self, account: AccountId) -> Result<bool, StoreError> {
        let client = self.pool.client().await?;
        let row = client.row(IS_VERIFIED, &[&account.uuid()]).await?;
        Ok(row.is_some())
    }
}

const TAKE_AS_VERIFIED: &str = "\
-- PgMailLinkStore::take_as_verified
UPDATE accounts SET email_verified_at = $2 WHERE email = ANY ($1) AND email_verified_at IS NULL";

const IS_VERIFIED: &str = "\
-- PgMailLinkStore::is_verified
SELECT id FROM accounts WHERE id = $1 AND email_verified_at IS NOT NULL";

async fn verify(
    tx: &Transaction<'_>,
    link: &UseLink,
    currency: Currency,
) -> TxResult<LinkPurpose, UseLinkError> {
    let used = links::take(tx, link, LinkPurpose::proves_email).await?;
    let account = match used.purpose {
        LinkPurpose::Register => register(tx, &used, link.at, currency).await?,
        LinkPurpose::ChangeEmail => change_email(tx, &used, link).await?,
        LinkPurpose::VerifyEmail | LinkPurpose::ResetPassword => {
            if !mark_verified(tx, &used, link.at).await? {
                return Err(TxError::Abort(UseLinkError::Spent));
            }
            AccountId::from_uuid(used.owner)
        }
    };
    let action = match used.purpose {
        LinkPurpose::ChangeEmail => AuditAction::EmailChanged,
        _ => AuditAction::EmailVerified,
    };
    let actor = Actor {
        account_id: account,
        address: link.address,
    };
    audit::record(tx, action, &actor, link.at, account.uuid()).await?;
    Ok(used.purpose)
}

const TAKE_REGISTRATION: &str = "\
-- mails::link_store::register, registration
DELETE FROM registrations WHERE id = $1 RETURNING name, password_hash";

const REGISTER: &str = "\
-- mails::link_store::register, account
INSERT INTO accounts (id, email, name, password_hash, created_at, email_verified_at)
VALUES ($1, $2, $3, $4, $5, $5)";

const OPEN_TAB: &str = "\
-- mails::link_store::register, tab
INSERT INTO tabs (account_id, currency) VALUES ($1, $2)";

/// Makes the account of a registration.
async fn register(
    tx: &Transaction<'_>,
    used: &UsedLink,
    at: Timestamp,
    currency: Currency,
) -> TxResult<AccountId, UseLinkError> {
    let id = AccountId::from_uuid(used.owner);
    let row = tx.row(TAKE_REGISTRATION, &[&used.owner]).await?;
    let row = row.ok_or(TxError::Abort(UseLinkError::Spent))?;
    let mut name: AccountName = row.read("name")?;
    if seller_names::is_taken(tx, &name.skeleton(id), id).await? {
        name = AccountName::neutral(id);
    }
    let hash: PasswordHash = row.read("password_hash")?;
    let account: Parameters<'_> = &[
        &used.owner,
        &used.email.as_str(),
        &name.as_str(),
        &hash.as_phc(),
        &at,
    ];
    tx.run(REGISTER, account).await.map_err(unless_taken)?;
    tx.run(OPEN_TAB, &[&used.owner, &currency.code()]).await?;
    Ok(id)
}

/// Another account has the address by now: whoever has it knows, and the link does nothing.
fn unless_taken(error: tokio_postgres::Error) -> TxError<UseLinkError> {
    if violates(&error, "accounts_email_key") {
        TxError::Abort(UseLinkError::Spent)
    } else {
        error.into()
    }
}

const LOCK: &str = "\
-- mails::link_store::change_email, lock
SELECT email FROM accounts WHERE id = $1 FOR NO KEY UPDATE";

const CHANGE_EMAIL: &str = "\
-- mails::link_store::change_email
UPDATE accounts SET email = $2, email_verified_at = $3 WHERE id = $1";

/// Gives the account the address that the link was sent to, and tells both. Links that were sent to the old one are spent.
async fn change_email(
    tx: &Transaction<'_>,
    used: &UsedLink,
    link: &UseLink,
) -> TxResult<AccountId, UseLinkError> {
    let id = AccountId::from_uuid(used.owner);
    let row = tx.row(LOCK, &[&used.owner]).await?;
    let row = row.ok_or(TxError::Abort(UseLinkError::Spent))?;
    let from: Email = row.read("email")?;
    let change: Parameters<'_> = &[&used.owner, &used.email.as_str(), &link.at];
    tx.run(CHANGE_EMAIL, change).await.map_err(unless_taken)?;
    for purpose in [LinkPurpose::ResetPassword, LinkPurpose::VerifyEmail] {
        links::spend(tx, used.owner, purpose, link.at).await?;
    }
    for (to, which) in [(&from, "from"), (&used.email, "to")] {
        let mail = NewMail {
            kind: MailKind::EmailChanged,
            subject: format!("{}:{which}:{}", used.owner, link.at),
            account: Some(id),
            email: Some(to),
            facts: Facts::email_changed(&from, &used.email),
            at: link.at,
        };
        enqueue(tx, mail).await?;
    }
    Ok(id)
}

const MARK_VERIFIED: &str = "\
-- mails::link_store::mark_verified
UPDATE accounts SET email_verified_at = coalesce(email_verified_at, $3)
WHERE id = $1 AND email = $2";

/// `false` if the account no longer has the address.
async fn mark_verified(
    tx: &Transaction<'_>,
    used: &UsedLink,
    at: Timestamp,
) -> TxResult<bool, UseLinkError> {
    let marked: Parameters<'_> = &[&used.owner, &used.email.as_str(), &at];
    Ok(tx.run(MARK_VERIFIED, marked).await? > 0)
}

const SET_PASSWORD: &str = "\
-- mails::link_store::reset, password
UPDATE accounts SET password_hash = $2 WHERE id = $1";

const END_SESSIONS: &str = "\
-- mails::link_store::reset, sessions
DELETE FROM sessions WHERE account_id = $1";

async fn reset(
    tx: &Transaction<'_>,
    link: &UseLink,
    to: &PasswordHash,
    places: &[LogInPlace],
) -> TxResult<AccountId, UseLinkError> {
    let used = links::take(tx, link, |purpose| purpose == LinkPurpose::ResetPassword).await?;
    if !mark_verified(tx, &used, link.at).await? {
        return Err(TxError::Abort(UseLinkError::Spent));
    }
    let id = AccountId::from_uuid(used.owner);
    tx.run(SET_PASSWORD, &[&used.owner, &to.as_phc()]).await?;
    tx.run(END_SESSIONS, &[&used.owner]).await?;
    login_places::keep(tx, id, places).await?;
    let actor = Actor {
        account_id: id,
        address: link.address,
    };
    let action = AuditAction::PasswordReset;
    audit::record(tx, action, &actor, link.at, used.owner).await?;
    let (how, at) = (PasswordChange::ByLink, link.at);
    let mail = NewMail {
        kind: MailKind::PasswordChanged,
        subject: format!("{}:{at}", used.owner),
        account: Some(id),
        email: None,
        facts: Facts::password_changed(how, at, link.address),
        at,
    };
    enqueue(tx, mail).await?;
    Ok(id)
}

const ACCOUNT_OF: &str = "\
-- mails::link_store::issue_reset
SELECT id FROM accounts WHERE email = $1";

async fn issue_reset(
    tx: &Transaction<'_>,
    email: &Email,
    link: &NewLink,
    at: Timestamp,
) -> TxResult<bool> {
    let Some(row) = tx.row(ACCOUNT_OF, &[&email.as_str()]).await? else {
        return Ok(false);
    };
    let owner: Uuid = row.read("id")?;
    links::insert(tx, LinkPurpose::ResetPassword, owner, email, link, at).await?;
    audit::record_without_actor(tx, AuditAction::ResetLinkIssued, at, owner).await?;
    Ok(true)
}
