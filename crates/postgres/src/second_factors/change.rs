//! Adds and removes second factors and recovery codes.

use std::net::IpAddr;

use tokio_postgres::Error;
use udam_domain::account::{
    ConfirmFactor, FactorChange, FactorRemover, RecoveryCodeDigest, RemoveFactor, RenewSession,
    ReplaceRecoveryCodes,
};
use udam_domain::audit::AuditAction;
use udam_domain::id::{AccountId, SecondFactorId, SessionId};
use udam_domain::mail::MailKind;
use udam_domain::time::Timestamp;
use uuid::Uuid;

use super::{lock, stored_step};
use crate::audit;
use crate::mails::{self, Facts, NewMail};
use crate::transaction::{Parameters, Transaction, TxResult};

pub(super) async fn confirm(tx: &Transaction<'_>, confirm: &ConfirmFactor) -> TxResult<bool> {
    const TAKE: &str = "\
-- second_factors::confirm, factor
UPDATE totp_secrets SET last_step = $3 WHERE id = $1 AND account_id = $2 AND last_step < $3";
    const ACTIVATE: &str = "\
-- second_factors::confirm
UPDATE accounts SET totp_id = $2 WHERE id = $1";
    const DELETE_OTHERS: &str = "\
-- second_factors::confirm, others
DELETE FROM totp_secrets WHERE account_id = $1 AND id <> $2";

    let ConfirmFactor {
        actor, factor, at, ..
    } = confirm;
    let (account, id) = (actor.account_id, factor.uuid());
    let Some(active) = lock(tx, account).await? else {
        return Ok(false);
    };
    let session = confirm.session.session;
    if active == Some(*factor) || !is_open(tx, account, session).await? {
        return Ok(false);
    }
    let step: Parameters<'_> = &[&id, &account.uuid(), &stored_step(confirm.step)];
    if tx.run(TAKE, step).await? == 0 {
        return Ok(false);
    }
    tx.run(ACTIVATE, &[&account.uuid(), &id]).await?;
    tx.run(DELETE_OTHERS, &[&account.uuid(), &id]).await?;
    replace_codes(tx, account, &confirm.recovery_codes).await?;
    renew_session(tx, account, confirm.session, Some(*at)).await?;
    end_log_ins(tx, account).await?;
    let action = AuditAction::SecondFactorAdded;
    audit::record(tx, action, actor, *at, account.uuid()).await?;
    tell(tx, account, FactorChange::Added, *at, actor.address).await?;
    Ok(true)
}

pub(super) async fn remove(tx: &Transaction<'_>, remove: &RemoveFactor) -> TxResult<bool> {
    const DEACTIVATE: &str = "\
-- second_factors::remove
UPDATE accounts SET totp_id = NULL WHERE id = $1";
    const DELETE: &str = "\
-- second_factors::remove, factors
DELETE FROM totp_secrets WHERE account_id = $1";
    const END_SESSIONS: &str = "\
-- second_factors::remove, sessions
DELETE FROM sessions WHERE account_id = $1";

    let RemoveFactor { account, by, at } = remove;
    let id = account.uuid();
    if lock(tx, *account).await?.flatten().is_none() {
        return Ok(false);
    }
    if let FactorRemover::Owner { session, .. } = by
        && !is_open(tx, *account, session.session).await?
    {
        return Ok(false);
    }
    tx.run(DEACTIVATE, &[&id]).await?;
    tx.run(DELETE, &[&id]).await?;
    replace_codes(tx, *account, &[]).await?;
    end_log_ins(tx, *account).await?;
    let action = AuditAction::SecondFactorRemoved;
    match by {
        FactorRemover::Owner { actor, session } => {
            renew_session(tx, *account, *session, None).await?;
            audit::record(tx, action, actor, *at, id).await?;
            tell(tx, *account, FactorChange::Removed, *at, actor.address).await?;
        }
        FactorRemover::Operator => {
            tx.run(END_SESSIONS, &[&id]).await?;
            audit::record_without_actor(tx, action, *at, id).await?;
            tell(tx, *account, FactorChange::RemovedByOperator, *at, None).await?;
        }
    }
    Ok(true)
}

pub(super) async fn replace_recovery_codes(
    tx: &Transaction<'_>,
    replace: &ReplaceRecoveryCodes,
) -> TxResult<bool> {
    let ReplaceRecoveryCodes { actor, codes, at } = replace;
    let account = actor.account_id;
    let active: Option<SecondFactorId> = lock(tx, account).await?.flatten();
    if active.is_none() {
        return Ok(false);
    }
    replace_codes(tx, account, codes).await?;
    let action = AuditAction::RecoveryCodesReplaced;
    audit::record(tx, action, actor, *at, account.uuid()).await?;
    tell(tx, account, FactorChange::CodesReplaced, *at, actor.address).await?;
    Ok(true)
}

/// Whether a session of the account is still open, which is locked so.
pub(super) async fn is_open(
    tx: &Transaction<'_>,
    account: AccountId,
    session: SessionId,
) -> Result<bool, Error> {
    const IS_OPEN: &str = "\
-- second_factors::is_open
SELECT id FROM sessions WHERE id = $1 AND account_id = $2 FOR UPDATE";

    let found = tx.row(IS_OPEN, &[&session.uuid(), &account.uuid()]).await?;
    Ok(found.is_some())
}

/// Gives a session a new token and the time of its last proof, and ends all others of the account.
async fn renew_session(
    tx: &Transaction<'_>,
    account: AccountId,
    renew: RenewSession,
    proved_at: Option<Timestamp>,
) -> Result<(), Error> {
    const RENEW: &str = "\
-- second_factors::renew_session
UPDATE sessions SET token_digest = $2, proved_at = $3 WHERE id = $1";
    const END_OTHERS: &str = "\
-- second_factors::renew_session, others
DELETE FROM sessions WHERE account_id = $1 AND id <> $2";

    let session = renew.session.uuid();
    let digest = renew.digest.as_bytes().as_slice();
    tx.run(RENEW, &[&session, &digest, &proved_at]).await?;
    tx.run(END_OTHERS, &[&account.uuid(), &session])
        .await
        .map(drop)
}

/// Ends logins that wait for a code.
async fn end_log_ins(tx: &Transaction<'_>, account: AccountId) -> Result<(), Error> {
    const END: &str = "\
-- second_factors::end_log_ins
DELETE FROM log_in_challenges WHERE account_id = $1";

    tx.run(END, &[&account.uuid()]).await.map(drop)
}

async fn replace_codes(
    tx: &Transaction<'_>,
    account: AccountId,
    digests: &[RecoveryCodeDigest],
) -> Result<(), Error> {
    const DELETE: &str = "\
-- second_factors::replace_codes, old
DELETE FROM recovery_codes WHERE account_id = $1";
    const INSERT: &str = "\
-- second_factors::replace_codes
INSERT INTO recovery_codes (account_id, digest) SELECT $1, unnest($2::bytea[])";

    let account = account.uuid();
    tx.run(DELETE, &[&account]).await?;
    let digests: Vec<&[u8]> = digests
        .iter()
        .map(|digest| digest.as_bytes().as_slice())
        .collect();
    tx.run(INSERT, &[&account, &digests]).await.map(drop)
}

/// Writes the mail that tells an account of a change.
pub(super) async fn tell(
    tx: &Transaction<'_>,
    account: AccountId,
    what: FactorChange,
    at: Timestamp,
    address: Option<IpAddr>,
) -> Result<(), Error> {
    let id: Uuid = account.uuid();
    let mail = NewMail {
        kind: MailKind::SecondFactorChanged,
        subject: format!("{id}:{what}:{at}"),
        account: Some(account),
        email: None,
        facts: Facts::second_factor_changed(what, at, address),
        at,
    };
    mails::enqueue(tx, mail).await
}
