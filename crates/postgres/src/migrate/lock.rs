//! The lock that lets one process at a time migrate a database.

use std::time::{Duration, Instant};

use deadpool_postgres::ClientWrapper;
use tokio::time::sleep;
use tokio_postgres::{Error, SimpleQueryMessage};

use udam_domain::StoreError;

use crate::error::store_error;

/// Why the lock was not acquired.
pub(super) enum LockError {
    /// Another session holds it.
    Held {
        /// The session, for an operator.
        holder: String,
        /// Process id of the session.
        pid: String,
    },
    /// The database could not be asked.
    Unavailable(StoreError),
}

impl From<Error> for LockError {
    fn from(error: Error) -> Self {
        Self::Unavailable(store_error(error))
    }
}

/// The lock, held until this is released or dropped.
///
/// It belongs to a transaction, which a connection pooler keeps in one session: when the connection closes, also
/// because the process is killed, the lock is gone.
pub(super) struct MigrationLock(ClientWrapper);

// "udam" in ASCII; it must be the same in every release.
const TRY: &str = "\
-- migrate::lock::try_once
SELECT pg_try_advisory_xact_lock(x'7564616d'::bigint)";

const HOLDER: &str = "\
-- migrate::lock::holder
SELECT concat('pid ', pid, ', ', coalesce(nullif(application_name, ''), 'without a name'), ', ', state,
    coalesce(' from ' || client_addr, '')), pid
FROM pg_locks JOIN pg_stat_activity USING (pid)
WHERE locktype = 'advisory' AND granted AND (classid, objid, objsubid) = (0, x'7564616d'::int, 1)
    AND pg_locks.database = (SELECT oid FROM pg_database WHERE datname = current_database())";

impl MigrationLock {
    /// Waits for the lock, and logs that it does. Fails once `wait` is over.
    pub(super) async fn acquire(client: ClientWrapper, wait: Duration) -> Result<Self, LockError> {
        const POLL_INTERVAL: Duration = Duration::from_millis(200);

        let start = Instant::now();
        let mut is_logged = false;
        loop {
            if try_once(&client).await? {
                return Ok(Self(client));
            }
            if start.elapsed() >= wait {
                let pid = value(&client, HOLDER, 1).await?;
                let holder = value(&client, HOLDER, 0).await?;
                return Err(LockError::Held {
                    holder: holder.unwrap_or_else(|| "unknown".to_owned()),
                    pid: pid.unwrap_or_else(|| "…".to_owned()),
                });
            }
            if !is_logged {
                is_logged = true;
                let (holder, wait) = (value(&client, HOLDER, 0).await?, wait.as_secs());
                tracing::warn!(
                    holder,
                    "another session is migrating the database; waiting for it, at most {wait} s"
                );
            }
            sleep(POLL_INTERVAL).await;
        }
    }

    /// Releases the lock.
    pub(super) async fn release(self) {
        // If that fails the connection is broken, and the lock is gone with it.
        let _ = self.0.batch_execute("ROLLBACK").await;
    }
}

/// Begins a transaction that holds the lock, if the lock is free.
async fn try_once(client: &ClientWrapper) -> Result<bool, Error> {
    // The transaction is idle while the migrations run.
    const BEGIN: &str = "BEGIN; SET LOCAL idle_in_transaction_session_timeout = 0";

    client.batch_execute(BEGIN).await?;
    let is_held = value(client, TRY, 0).await?.as_deref() == Some("t");
    if !is_held {
        client.batch_execute("ROLLBACK").await?;
    }
    Ok(is_held)
}

/// A value of the first row, as text.
async fn value(
    client: &ClientWrapper,
    statement: &str,
    column: usize,
) -> Result<Option<String>, Error> {
    let answers = client.simple_query(statement).await?;
    Ok(answers.iter().find_map(|answer| match answer {
        SimpleQueryMessage::Row(row) => row.get(column).map(str::to_owned),
        _ => None,
    }))
}
