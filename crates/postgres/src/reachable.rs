//! Waiting for a database that is not up yet.

use std::time::{Duration, Instant};

use deadpool_postgres::PoolError;
use tokio::time::sleep;
use udam_domain::{StoreError, error_chain};

use crate::error::{is_temporary, pool_error};
use crate::pool::PgPool;

/// Waits until the database accepts connections, and logs that it does.
///
/// Fails at once if waiting cannot help: with a wrong password, or a database that does not exist.
///
/// # Errors
/// [`StoreError`] of the last attempt, after `wait`.
pub async fn wait_until_reachable(pool: &PgPool, wait: Duration) -> Result<(), StoreError> {
    const PAUSE: Duration = Duration::from_millis(500);

    let start = Instant::now();
    let mut is_logged = false;
    loop {
        let error = match pool.try_connect().await {
            Ok(()) => return Ok(()),
            Err(error) => error,
        };
        let is_worth_waiting = match &error {
            PoolError::Backend(error) => is_temporary(error),
            _ => true,
        };
        let error = pool_error(error);
        if !is_worth_waiting || start.elapsed() >= wait {
            return Err(error);
        }
        if !is_logged {
            is_logged = true;
            let (cause, wait) = (error_chain(&error), wait.as_secs());
            tracing::warn!(
                cause,
                "the database cannot be reached; trying again for at most {wait} s"
            );
        }
        sleep(PAUSE).await;
    }
}
