//! Audit records of attempts at passwords, in a bounded number: a client can make as many attempts as it likes.

use std::net::IpAddr;

use tokio_postgres::Error;
use udam_domain::StoreError;
use udam_domain::account::{Email, Network};
use udam_domain::audit::{AuditAction, UNKNOWN_ACCOUNT_INTERVAL};
use udam_domain::id::AccountId;
use udam_domain::time::{Timestamp, after, before};

use crate::audit;
use crate::columns::Columns;
use crate::transaction::{Transaction, TxResult};

const ACCOUNT: &str = "\
-- password_attempts::audited, account
SELECT id FROM accounts WHERE email = $1";

/// Records an attempt at the password of the account with this address. Failures at one account are as many
/// as attempts are admitted; those at addresses without an account are recorded once in a while for each
/// network.
pub(super) async fn record(
    tx: &Transaction<'_>,
    action: AuditAction,
    email: &Email,
    address: Option<IpAddr>,
    at: Timestamp,
) -> TxResult<()> {
    let found = tx.row(ACCOUNT, &[&email.as_str()]).await?;
    let account: Option<AccountId> = found
        .map(|row| row.read("id"))
        .transpose()
        .map_err(StoreError::from)?;
    if account.is_some() || is_first_from(tx, action, address, at).await? {
        audit::record_attempt(tx, action, at, address, account).await?;
    }
    Ok(())
}

// Kept among the counts, under an address that no account can have, and deleted with them.
const IS_FIRST: &str = "\
-- password_attempts::is_first_from
INSERT INTO login_failures AS f (email_digest, source, count, last_at, forgotten_at)
VALUES (sha256(''), $1, 1, $2, $4)
ON CONFLICT (email_digest, source) DO UPDATE
    SET last_at = excluded.last_at, forgotten_at = excluded.forgotten_at WHERE f.last_at <= $3
RETURNING f.count";

/// Whether nothing of this kind was recorded of the client's network for [`UNKNOWN_ACCOUNT_INTERVAL`].
async fn is_first_from(
    tx: &Transaction<'_>,
    action: AuditAction,
    address: Option<IpAddr>,
    at: Timestamp,
) -> Result<bool, Error> {
    let network = address.map(|address| Network::of(address).address().to_string());
    let source = format!("{action}:{}", network.as_deref().unwrap_or("unknown"));
    let earlier = before(at, UNKNOWN_ACCOUNT_INTERVAL);
    let forgotten_at = after(at, UNKNOWN_ACCOUNT_INTERVAL);
    let first = tx
        .row(IS_FIRST, &[&source, &at, &earlier, &forgotten_at])
        .await?;
    Ok(first.is_some())
}
