//! Counting the sessions that are opened at the provider.

use udam_domain::account::Network;
use udam_domain::id::AccountId;
use udam_domain::payment::{SESSION_PERIOD, admit_session};
use udam_domain::policy::HoldTerms;
use udam_domain::time::{Timestamp, before};
use udam_domain::{OpenChargeError, StoreError};

use crate::columns::Columns;
use crate::pool::PgPool;
use crate::transaction::{Transaction, TxError, TxResult};

/// Counts a session of a buyer, whose tab the transaction has locked. Networks are locked after it.
pub(super) async fn admit(
    tx: &Transaction<'_>,
    terms: &HoldTerms,
    (buyer, network): (AccountId, Option<Network>),
    now: Timestamp,
) -> TxResult<(), OpenChargeError> {
    if let Some(most) = terms.sessions_per_hour {
        count(tx, format!("account:{}", buyer.uuid()), most, now).await?;
    }
    if let (Some(most), Some(network)) = (terms.new_sessions_per_hour_per_network, network)
        && !has_paid(tx, buyer).await?
    {
        count(tx, format!("network:{}", network.address()), most, now).await?;
    }
    Ok(())
}

const HAS_PAID: &str = "\
-- payments::opened_sessions::has_paid
SELECT paid_at IS NOT NULL AS has_paid FROM tabs WHERE account_id = $1";

async fn has_paid(tx: &Transaction<'_>, buyer: AccountId) -> TxResult<bool, OpenChargeError> {
    let row = tx.one(HAS_PAID, &[&buyer.uuid()]).await?;
    Ok(row.read("has_paid")?)
}

const LOCK: &str = "\
-- payments::opened_sessions::lock
INSERT INTO opened_sessions AS known (subject, opened_at, last_at) VALUES ($1, '{}', $2)
ON CONFLICT (subject) DO UPDATE SET last_at = excluded.last_at
RETURNING opened_at";

const UPDATE: &str = "\
-- payments::opened_sessions::update
UPDATE opened_sessions SET opened_at = $2 WHERE subject = $1";

async fn count(
    tx: &Transaction<'_>,
    subject: String,
    most: u32,
    now: Timestamp,
) -> TxResult<(), OpenChargeError> {
    let row = tx.one(LOCK, &[&subject, &now]).await?;
    let opened: Vec<Timestamp> = row.read("opened_at")?;
    let kept = admit_session(&opened, most, now)
        .map_err(|retry| TxError::Abort(OpenChargeError::TooManySessions(retry)))?;
    tx.run(UPDATE, &[&subject, &kept]).await?;
    Ok(())
}

const FORGET: &str = "\
-- payments::opened_sessions::forget
DELETE FROM opened_sessions WHERE last_at < $1";

/// Deletes counts that are over, for every server whose clock is less than an hour off.
pub(crate) async fn forget(pool: &PgPool, now: Timestamp) -> Result<(), StoreError> {
    let kept = SESSION_PERIOD.saturating_mul(2);
    let client = pool.client().await?;
    client.rows(FORGET, &[&before(now, kept)]).await?;
    Ok(())
}
