//! Second factors, recovery codes, and logins that wait for one.

mod challenges;
mod change;
mod proof;

use async_trait::async_trait;
use futures::FutureExt;
use tokio_postgres::Row;
use udam_domain::account::{
    ConfirmFactor, Factors, NewFactor, RemoveFactor, ReplaceRecoveryCodes, StepUp, StoredFactor,
    TotpStep,
};
use udam_domain::audit::AuditAction;
use udam_domain::id::{AccountId, SecondFactorId};
use udam_domain::time::{Timestamp, before};
use udam_domain::{SecondFactorStore, StoreError};

use crate::audit;
use crate::columns::{Cause, Columns, Stored};
use crate::error::Unreadable;
use crate::listings::sealed_key;
use crate::pool::PgPool;
use crate::transaction::{Parameters, Transaction, TxResult};

pub use challenges::PgLogInChallengeStore;

/// Keeps second factors in PostgreSQL.
#[derive(Debug, Clone)]
pub struct PgSecondFactorStore {
    pool: PgPool,
}

impl PgSecondFactorStore {
    /// A store over `pool`.
    #[must_use]
    pub const fn new(pool: PgPool) -> Self {
        Self { pool }
    }
}

impl Stored for TotpStep {
    type Column = i64;

    fn load(column: i64) -> Result<Self, Cause> {
        Ok(Self::new(column.try_into()?))
    }
}

/// Number of a step, as it is stored.
fn stored_step(step: TotpStep) -> i64 {
    i64::try_from(step.number()).unwrap_or(i64::MAX)
}

#[async_trait]
impl SecondFactorStore for PgSecondFactorStore {
    async fn begin(&self, factor: NewFactor) -> Result<(), StoreError> {
        self.pool.transaction(|tx| begin(tx, &factor).boxed()).await
    }

    async fn find(&self, account: AccountId, now: Timestamp) -> Result<Factors, StoreError> {
        let client = self.pool.client().await?;
        let oldest = before(now, NewFactor::OPEN_FOR);
        let asked: Parameters<'_> = &[&account.uuid(), &oldest];
        let found = client.rows(FIND, asked).await?;
        let mut factors = Factors::default();
        for row in &found {
            let stored = stored_factor(row)?;
            if row.read("is_active")? {
                factors.active = Some(stored);
            } else {
                factors.begun = Some(stored);
            }
        }
        if factors.active.is_some() {
            let row = client.row(COUNT_CODES, &[&account.uuid()]).await?;
            let left: Option<u64> = row.map(|row| row.read("count")).transpose()?;
            factors.recovery_codes = left
                .and_then(|left| u32::try_from(left).ok())
                .unwrap_or_default();
        }
        Ok(factors)
    }

    async fn confirm(&self, confirm: ConfirmFactor) -> Result<bool, StoreError> {
        self.pool
            .transaction(|tx| change::confirm(tx, &confirm).boxed())
            .await
    }

    async fn remove(&self, remove: RemoveFactor) -> Result<bool, StoreError> {
        self.pool
            .transaction(|tx| change::remove(tx, &remove).boxed())
            .await
    }

    async fn replace_recovery_codes(
        &self,
        replace: ReplaceRecoveryCodes,
    ) -> Result<bool, StoreError> {
        self.pool
            .transaction(|tx| change::replace_recovery_codes(tx, &replace).boxed())
            .await
    }

    async fn step_up(&self, step_up: StepUp) -> Result<bool, StoreError> {
        self.pool
            .transaction(|tx| self::step_up(tx, &step_up).boxed())
            .await
    }
}

const FIND: &str = "\
-- PgSecondFactorStore::find
SELECT t.id, t.sealed_key, t.master_key_id, t.last_step, t.id = a.totp_id IS TRUE AS is_active
FROM accounts a JOIN totp_secrets t ON t.account_id = a.id
WHERE a.id = $1 AND (t.id = a.totp_id OR t.created_at > $2)";

const COUNT_CODES: &str = "\
-- PgSecondFactorStore::find, recovery codes
SELECT count(*) FROM recovery_codes WHERE account_id = $1";

fn stored_factor(row: &Row) -> Result<StoredFactor, Unreadable> {
    Ok(StoredFactor {
        id: row.read("id")?,
        secret: sealed_key(row)?,
        last_step: row.read("last_step")?,
    })
}

/// The confirmed factor of an account, under the lock of the account: changes of the factor, and logins, wait for each other.
/// The outer `None` is an unknown account.
async fn lock(
    tx: &Transaction<'_>,
    account: AccountId,
) -> TxResult<Option<Option<SecondFactorId>>> {
    const LOCK: &str = "\
-- second_factors::lock
SELECT totp_id FROM accounts WHERE id = $1 FOR NO KEY UPDATE";

    let row = tx.row(LOCK, &[&account.uuid()]).await?;
    Ok(row.map(|row| row.read("totp_id")).transpose()?)
}

async fn begin(tx: &Transaction<'_>, factor: &NewFactor) -> TxResult<()> {
    // Locks the account: of several requests at once, one is left.
    const DELETE_BEGUN: &str = "\
-- second_factors::begin, others
DELETE FROM totp_secrets WHERE account_id = $1 AND id IS DISTINCT FROM $2";
    const BEGIN: &str = "\
-- second_factors::begin
INSERT INTO totp_secrets (id, account_id, sealed_key, master_key_id, created_at)
VALUES ($1, $2, $3, $4, $5)";

    let account = factor.actor.account_id;
    let Some(active) = lock(tx, account).await? else {
        return Ok(());
    };
    let active = active.map(SecondFactorId::uuid);
    tx.run(DELETE_BEGUN, &[&account.uuid(), &active]).await?;
    let row: Parameters<'_> = &[
        &factor.id.uuid(),
        &account.uuid(),
        &factor.secret.ciphertext,
        &factor.secret.key_id.as_str(),
        &factor.at,
    ];
    tx.run(BEGIN, row).await?;
    Ok(())
}

async fn step_up(tx: &Transaction<'_>, step_up: &StepUp) -> TxResult<bool> {
    const PROVE: &str = "\
-- second_factors::step_up
UPDATE sessions SET proved_at = $2 WHERE id = $1";

    let StepUp {
        actor,
        session,
        used,
        at,
    } = step_up;
    let account = actor.account_id;
    let active = lock(tx, account).await?.flatten();
    if !change::is_open(tx, account, *session).await?
        || !proof::use_up(tx, actor, active, used, *at).await?
    {
        return Ok(false);
    }
    tx.run(PROVE, &[&session.uuid(), at]).await?;
    audit::record(tx, AuditAction::SteppedUp, actor, *at, session.uuid()).await?;
    Ok(true)
}
