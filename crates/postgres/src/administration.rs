//! Roles of operators, and what they have suspended.

use async_trait::async_trait;
use futures::FutureExt;
use udam_domain::administration::{
    ChangeRole, Role, RoleHolder, Suspend, Suspendable, SuspensionSnapshot,
};
use udam_domain::audit::AuditAction;
use udam_domain::id::{AccountId, ListingId};
use udam_domain::time::Timestamp;
use udam_domain::{AdministrationStore, StoreError, SuspendError};
use uuid::Uuid;

use crate::audit::{self, Change};
use crate::columns::{Columns, stored_as_text};
use crate::error::Unreadable;
use crate::pool::PgPool;
use crate::transaction::{Transaction, TxError, TxResult};

stored_as_text!(Role);

/// Keeps roles and suspensions in PostgreSQL.
#[derive(Debug, Clone)]
pub struct PgAdministrationStore {
    pool: PgPool,
}

impl PgAdministrationStore {
    /// A store over `pool`.
    #[must_use]
    pub const fn new(pool: PgPool) -> Self {
        Self { pool }
    }
}

#[async_trait]
impl AdministrationStore for PgAdministrationStore {
    async fn role(&self, account: AccountId) -> Result<Option<Role>, StoreError> {
        let client = self.pool.client().await?;
        let found = client.row(ROLE, &[&account.uuid()]).await?;
        Ok(found.map(|row| row.read("role")).transpose()?)
    }

    async fn suspend(&self, suspend: Suspend) -> Result<Option<Timestamp>, SuspendError> {
        self.pool
            .transaction(|tx| self::suspend(tx, &suspend).boxed())
            .await
    }

    async fn change_role(&self, change: ChangeRole) -> Result<bool, StoreError> {
        self.pool
            .transaction(|tx| change_role(tx, &change).boxed())
            .await
    }

    async fn role_holders(&self) -> Result<Vec<RoleHolder>, StoreError> {
        const HOLDERS: &str = "\
-- PgAdministrationStore::role_holders
SELECT r.account_id, a.email, r.role, r.granted_at
FROM account_roles r JOIN accounts a ON a.id = r.account_id ORDER BY a.email";

        let client = self.pool.client().await?;
        let found = client.rows(HOLDERS, &[]).await?;
        let holders = found.iter().map(|row| {
            Ok(RoleHolder {
                account_id: row.read("account_id")?,
                email: row.read("email")?,
                role: row.read("role")?,
                granted_at: row.read("granted_at")?,
            })
        });
        Ok(holders.collect::<Result<_, Unreadable>>()?)
    }
}

const ROLE: &str = "\
-- PgAdministrationStore::role
SELECT role FROM account_roles WHERE account_id = $1";

/// Suspends or restores under the lock of the row, which opening a session and publishing a listing take as well.
async fn suspend(
    tx: &Transaction<'_>,
    request: &Suspend,
) -> TxResult<Option<Timestamp>, SuspendError> {
    let before = match request.what {
        Suspendable::Account(id) => lock_account(tx, id).await?,
        Suspendable::Listing(id) => lock_listing(tx, id).await?,
    };
    let before = before.ok_or(TxError::Abort(SuspendError::NotFound))?;
    let change = request
        .decide(&before)
        .map_err(|refused| TxError::Abort(refused.into()))?;
    let Some(change) = change else {
        return Ok(before.suspended_at);
    };
    let subject = match request.what {
        Suspendable::Account(id) => {
            set_account(tx, id, change.suspended_at).await?;
            id.uuid()
        }
        Suspendable::Listing(id) => {
            set_listing(tx, id, change.suspended_at).await?;
            id.uuid()
        }
    };
    let audited = Change {
        reason: Some(&request.reason),
        before: Some(change.before),
        after: Some(change.after),
    };
    let by = request.by.actor();
    audit::record_change(tx, change.action, Some(&by), request.at, subject, audited).await?;
    Ok(change.suspended_at)
}

async fn lock_account(
    tx: &Transaction<'_>,
    id: AccountId,
) -> TxResult<Option<SuspensionSnapshot>, SuspendError> {
    const LOCK: &str = "\
-- administration::lock_account
SELECT suspended_at FROM accounts WHERE id = $1 FOR NO KEY UPDATE";

    let Some(row) = tx.row(LOCK, &[&id.uuid()]).await? else {
        return Ok(None);
    };
    let role = tx.row(ROLE, &[&id.uuid()]).await?;
    Ok(Some(SuspensionSnapshot {
        suspended_at: row.read("suspended_at")?,
        role: role.map(|row| row.read("role")).transpose()?,
    }))
}

async fn lock_listing(
    tx: &Transaction<'_>,
    id: ListingId,
) -> TxResult<Option<SuspensionSnapshot>, SuspendError> {
    const LOCK: &str = "\
-- administration::lock_listing
SELECT suspended_at FROM listings WHERE id = $1 FOR NO KEY UPDATE";

    let Some(row) = tx.row(LOCK, &[&id.uuid()]).await? else {
        return Ok(None);
    };
    Ok(Some(SuspensionSnapshot {
        suspended_at: row.read("suspended_at")?,
        role: None,
    }))
}

/// Sets the suspension of an account, and ends its sessions if it is suspended.
async fn set_account(
    tx: &Transaction<'_>,
    id: AccountId,
    suspended_at: Option<Timestamp>,
) -> Result<(), tokio_postgres::Error> {
    const SET: &str = "\
-- administration::set_account
UPDATE accounts SET suspended_at = $2 WHERE id = $1";
    const END_SESSIONS: &str = "\
-- administration::set_account, sessions
DELETE FROM sessions WHERE account_id = $1";

    tx.run(SET, &[&id.uuid(), &suspended_at]).await?;
    if suspended_at.is_some() {
        tx.run(END_SESSIONS, &[&id.uuid()]).await?;
    }
    Ok(())
}

async fn set_listing(
    tx: &Transaction<'_>,
    id: ListingId,
    suspended_at: Option<Timestamp>,
) -> Result<(), tokio_postgres::Error> {
    const SET: &str = "\
-- administration::set_listing
UPDATE listings SET suspended_at = $2 WHERE id = $1";

    tx.run(SET, &[&id.uuid(), &suspended_at]).await.map(drop)
}

async fn change_role(tx: &Transaction<'_>, change: &ChangeRole) -> TxResult<bool> {
    const LOCK: &str = "\
-- administration::change_role, account
SELECT id FROM accounts WHERE email = $1 FOR NO KEY UPDATE";
    const GRANT: &str = "\
-- administration::change_role, grant
INSERT INTO account_roles (account_id, role, granted_at) VALUES ($1, $2, $3)
ON CONFLICT (account_id) DO UPDATE SET role = excluded.role, granted_at = excluded.granted_at";
    const REVOKE: &str = "\
-- administration::change_role, revoke
DELETE FROM account_roles WHERE account_id = $1";

    let Some(row) = tx.row(LOCK, &[&change.email.as_str()]).await? else {
        return Ok(false);
    };
    let account: Uuid = row.read("id")?;
    let before = tx.row(ROLE, &[&account]).await?;
    let before: Option<Role> = before.map(|row| row.read("role")).transpose()?;
    if before == change.role {
        return Ok(true);
    }
    let action = if let Some(role) = change.role {
        let role: &str = role.into();
        tx.run(GRANT, &[&account, &role, &change.at]).await?;
        AuditAction::RoleGranted
    } else {
        tx.run(REVOKE, &[&account]).await?;
        AuditAction::RoleRevoked
    };
    let audited = Change {
        reason: Some(&change.reason),
        before: before.map(Into::into),
        after: change.role.map(Into::into),
    };
    audit::record_change(tx, action, None, change.at, account, audited).await?;
    Ok(true)
}
