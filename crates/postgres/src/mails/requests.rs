//! Requests for links.

use udam_domain::account::{Email, NewAccount, PasswordHash};
use udam_domain::id::AccountId;
use udam_domain::mail::MailKind;
use udam_domain::policy::LinkLimit;
use udam_domain::time::{RetryAfter, Timestamp, after, before};
use udam_domain::{RequestLink, RequestLinkError, StoreError};
use uuid::Uuid;

use super::facts::Facts;
use super::outbox::{NewMail, insert};
use crate::columns::Columns;
use crate::seller_names;
use crate::transaction::{Parameters, Transaction, TxError, TxResult};

/// Writes the mail that asks for a link. What is done depends on the request and the limit of its address, and not on whether
/// there is an account with it.
pub(super) async fn request(
    tx: &Transaction<'_>,
    asked: &RequestLink,
    limit: LinkLimit,
    at: Timestamp,
) -> TxResult<(), RequestLinkError> {
    let (kind, account, email) = match asked {
        RequestLink::Register(new) => (MailKind::Registration, None, new.account.email.clone()),
        RequestLink::ResetPassword(email) => (MailKind::PasswordReset, None, email.clone()),
        RequestLink::VerifyEmail(account) => {
            let email = unverified(tx, *account).await?;
            (MailKind::EmailVerification, Some(*account), email)
        }
        RequestLink::ChangeEmail { actor, to } => {
            (MailKind::EmailChange, Some(actor.account_id), to.clone())
        }
    };
    lock(tx, &email).await?;
    within_limit(tx, &email, limit, at).await?;
    let subject = match asked {
        RequestLink::Register(new) => {
            register(tx, new).await?;
            new.account.id.uuid().to_string()
        }
        _ => unique(tx).await?,
    };
    let mail = NewMail {
        kind,
        subject,
        account,
        email: Some(&email),
        facts: Facts::default(),
        at,
    };
    insert(tx, mail).await?;
    Ok(())
}

const UNVERIFIED: &str = "\
-- mails::requests::unverified
SELECT email, email_verified_at IS NOT NULL AS is_verified FROM accounts WHERE id = $1";

/// Address of an account, unless it is verified.
async fn unverified(tx: &Transaction<'_>, account: AccountId) -> TxResult<Email, RequestLinkError> {
    let row = tx.row(UNVERIFIED, &[&account.uuid()]).await?;
    let row = row.ok_or_else(|| StoreError::Failed("there is no such account".into()))?;
    if row.read("is_verified")? {
        return Err(TxError::Abort(RequestLinkError::AlreadyVerified));
    }
    Ok(row.read("email")?)
}

// Requests for one address wait for each other, so that they are counted.
const LOCK: &str = "\
-- mails::requests::lock
SELECT pg_advisory_xact_lock(hashtextextended('mails ' || $1, 0))";

async fn lock(tx: &Transaction<'_>, email: &Email) -> Result<(), tokio_postgres::Error> {
    tx.row(LOCK, &[&email.as_str()]).await.map(drop)
}

const LATELY: &str = "\
-- mails::requests::within_limit
SELECT count(*) AS asked, min(written_at) AS first_at FROM mails
WHERE email = $1 AND written_at > $2
    AND kind IN ('registration', 'password_reset', 'email_verification', 'email_change')";

async fn within_limit(
    tx: &Transaction<'_>,
    email: &Email,
    limit: LinkLimit,
    now: Timestamp,
) -> TxResult<(), RequestLinkError> {
    let since = before(now, limit.within);
    let row = tx.one(LATELY, &[&email.as_str(), &since]).await?;
    let asked: u64 = row.read("asked")?;
    if asked < u64::from(limit.most) {
        return Ok(());
    }
    let first: Option<Timestamp> = row.read("first_at")?;
    let until = after(first.unwrap_or(now), limit.within);
    Err(TxError::Abort(RequestLinkError::TooMany(RetryAfter::at(
        until, now,
    ))))
}

const REGISTER: &str = "\
-- mails::requests::register
INSERT INTO registrations (id, email, name, password_hash, created_at) VALUES ($1, $2, $3, $4, $5)";

async fn register(tx: &Transaction<'_>, new: &NewAccount) -> TxResult<(), RequestLinkError> {
    let account = &new.account;
    let skeleton = account.name.skeleton(account.id);
    if seller_names::is_taken(tx, &skeleton, account.id).await? {
        return Err(TxError::Abort(RequestLinkError::NameTaken));
    }
    let hash = new.password_hash.as_ref().map(PasswordHash::as_phc);
    let row: Parameters<'_> = &[
        &account.id.uuid(),
        &account.email.as_str(),
        &account.name.as_str(),
        &hash,
        &new.registered_at,
    ];
    tx.run(REGISTER, row).await?;
    Ok(())
}

const UNIQUE: &str = "\
-- mails::requests::unique
SELECT gen_random_uuid() AS subject";

/// A subject that no other mail has: each such request is told.
async fn unique(tx: &Transaction<'_>) -> TxResult<String, RequestLinkError> {
    let subject: Uuid = tx.one(UNIQUE, &[]).await?.read("subject")?;
    Ok(subject.to_string())
}
