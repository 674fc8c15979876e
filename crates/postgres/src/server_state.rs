//! Whether the database can be used: its server accepts writes, and its schema is up to date.

use udam_domain::StoreError;

use crate::columns::Columns;
use crate::migrate::pending;
use crate::pool::PgPool;

/// State of the database as a server of the marketplace depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DatabaseState {
    /// It accepts writes, and its schema is up to date.
    Ready,
    /// Its server is a standby, or accepts no writes for another reason.
    ReadOnly,
    /// Migrations have yet to be applied.
    Outdated,
}

/// Returns the state of the database. If it is read-only, connections opened so far are not used again, because
/// a failover may have begun.
///
/// # Errors
/// [`StoreError`]
pub async fn state(pool: &PgPool) -> Result<DatabaseState, StoreError> {
    const READ_ONLY: &str = "\
-- server_state::state
SELECT pg_is_in_recovery() OR current_setting('transaction_read_only') = 'on' AS read_only";

    let client = pool.client().await?;
    let row = client.row(READ_ONLY, &[]).await?;
    let is_read_only = row.map(|row| row.read("read_only")).transpose()?;
    if is_read_only == Some(true) {
        pool.retire_connections("the database accepts no writes");
        return Ok(DatabaseState::ReadOnly);
    }
    drop(client);
    let is_current = pending(pool).await?.is_empty();
    Ok(if is_current {
        DatabaseState::Ready
    } else {
        DatabaseState::Outdated
    })
}
