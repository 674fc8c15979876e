use udam_domain::account::{EraseAccount, Nobody};
use udam_domain::audit::AuditAction;
use udam_domain::id::AccountId;
use udam_domain::listing::ListingState;
use udam_domain::token::TokenState;
use udam_domain::{EraseAccountError, StoreError};

use super::obligations;
use crate::columns::Columns;
use crate::transaction::{Parameters, Transaction, TxError, TxResult};
use crate::{audit, seller_names};

const LOCK: &str = "\
-- personal_data::erase::erase, lock
SELECT email FROM accounts WHERE id = $1 AND password_hash = $2 AND deleted_at IS NULL FOR UPDATE";

/// Deletes an account under the locks that its orders and sales take, and that opening a session takes.
pub(super) async fn erase(
    tx: &Transaction<'_>,
    request: &EraseAccount,
) -> TxResult<(), EraseAccountError> {
    let account = request.actor.account_id;
    obligations::lock(tx, account).await?;
    let verified = request.verified.as_phc();
    let row = tx.row(LOCK, &[&account.uuid(), &verified]).await?;
    let row = row.ok_or(TxError::Abort(EraseAccountError::PasswordChanged))?;
    let email: String = row.read("email").map_err(StoreError::from)?;
    let found = obligations::find(tx, account, request.at).await?.all();
    if !found.is_empty() {
        return Err(TxError::Abort(EraseAccountError::StillNeeded(found)));
    }
    close(tx, account, request).await?;
    forget(tx, account, &email).await?;
    let nobody = Nobody::of(account)
        .ok_or_else(|| StoreError::Failed("an account has no address of nobody".into()))?;
    let anonymous: Parameters<'_> = &[
        &account.uuid(),
        &nobody.email.as_str(),
        &nobody.name.as_str(),
        &request.at,
    ];
    tx.run(ANONYMIZE, anonymous).await?;
    seller_names::replace(tx, &nobody.name.skeleton(account), account).await?;
    // Without the address that the request came from.
    let actor = account.into();
    let subject = account.uuid();
    audit::record(tx, AuditAction::AccountDeleted, &actor, request.at, subject).await?;
    Ok(())
}

const ANONYMIZE: &str = "\
-- personal_data::erase::erase, account
UPDATE accounts
SET email = $2, name = $3, password_hash = NULL, email_verified_at = NULL, deleted_at = $4
WHERE id = $1";

const ARCHIVE: &str = "\
-- personal_data::erase::close, listings
UPDATE listings SET state = $2 WHERE seller_id = $1 AND state <> $2";

const REVOKE: &str = "\
-- personal_data::erase::close, tokens
UPDATE tokens SET state = $2 WHERE buyer_id = $1 AND state <> $2";

const DELETE_KEYS: &str = "\
-- personal_data::erase::close, access keys
UPDATE access_keys SET
    name = NULL, sealed_key = NULL, master_key_id = NULL, deleted_at = coalesce(deleted_at, $2)
WHERE token_id = ANY (ARRAY(SELECT id FROM tokens WHERE buyer_id = $1))
    AND (deleted_at IS NULL OR name IS NOT NULL)";

/// Ends what the account sells, and what it has bought.
async fn close(
    tx: &Transaction<'_>,
    account: AccountId,
    request: &EraseAccount,
) -> Result<(), tokio_postgres::Error> {
    let id = account.uuid();
    let (archived, revoked): (&str, &str) =
        (ListingState::Archived.into(), TokenState::Revoked.into());
    tx.run(ARCHIVE, &[&id, &archived]).await?;
    tx.run(REVOKE, &[&id, &revoked]).await?;
    tx.run(DELETE_KEYS, &[&id, &request.at]).await.map(drop)
}

// What belongs to the account alone. Each takes the id.
const FORGET: [&str; 11] = [
    "\
-- personal_data::erase::forget, sessions
DELETE FROM sessions WHERE account_id = $1",
    "\
-- personal_data::erase::forget, places
DELETE FROM login_places WHERE account_id = $1",
    "\
-- personal_data::erase::forget, second factor
UPDATE accounts SET totp_id = NULL WHERE id = $1 AND totp_id IS NOT NULL",
    "\
-- personal_data::erase::forget, secrets of second factors
DELETE FROM totp_secrets WHERE account_id = $1",
    "\
-- personal_data::erase::forget, recovery codes
DELETE FROM recovery_codes WHERE account_id = $1",
    "\
-- personal_data::erase::forget, logins that wait for a code
DELETE FROM log_in_challenges WHERE account_id = $1",
    "\
-- personal_data::erase::forget, API keys
DELETE FROM account_keys WHERE account_id = $1",
    "\
-- personal_data::erase::forget, preferences
DELETE FROM unwanted_mails WHERE account_id = $1",
    "\
-- personal_data::erase::forget, links
DELETE FROM mail_links WHERE owner_id = $1",
    "\
-- personal_data::erase::forget, complaints
UPDATE complaints SET reason = '(deleted)' WHERE buyer_id = $1",
    "\
-- personal_data::erase::forget, addresses
DELETE FROM addresses_of_actions WHERE event_id = ANY (ARRAY(
    SELECT id FROM audit_events WHERE account_id = $1 UNION SELECT id FROM audit_events WHERE subject_id = $1
))",
];

// What is kept by the address, or with it.
const FORGET_ADDRESS: [&str; 4] = [
    "\
-- personal_data::erase::forget, registrations
DELETE FROM registrations WHERE email = $1",
    "\
-- personal_data::erase::forget, attempts
DELETE FROM login_failures WHERE email_digest = sha256(convert_to($1, 'UTF8'))",
    "\
-- personal_data::erase::forget, links by address
DELETE FROM mail_links WHERE email = $1",
    "\
-- personal_data::erase::forget, mails by address
DELETE FROM mails WHERE email = $1",
];

const FORGET_MAILS: &str = "\
-- personal_data::erase::forget, mails
DELETE FROM mails WHERE account_id = $1";

const FORGET_OPENED: &str = "\
-- personal_data::erase::forget, opened sessions
DELETE FROM opened_sessions WHERE subject = 'account:' || $1";

/// Erases what tells who the person was.
async fn forget(
    tx: &Transaction<'_>,
    account: AccountId,
    email: &str,
) -> Result<(), tokio_postgres::Error> {
    let id = account.uuid();
    for statement in FORGET {
        tx.run(statement, &[&id]).await?;
    }
    for statement in FORGET_ADDRESS {
        tx.run(statement, &[&email]).await?;
    }
    tx.run(FORGET_MAILS, &[&id]).await?;
    tx.run(FORGET_OPENED, &[&id.to_string()]).await.map(drop)
}
