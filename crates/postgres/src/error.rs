use std::error::Error;
use std::io;

use deadpool_postgres::{PoolError, TimeoutType};
use thiserror::Error;
use tokio_postgres::error::{DbError, SqlState};
use udam_domain::StoreError;

/// A stored value is not what its column should hold.
#[derive(Debug, Error)]
#[error("the stored `{column}` is not what it should be")]
pub(crate) struct Unreadable {
    pub(crate) column: String,
    pub(crate) source: Box<dyn Error + Send + Sync>,
}

impl From<Unreadable> for StoreError {
    fn from(error: Unreadable) -> Self {
        Self::Failed(Box::new(error))
    }
}

/// What the server said of a statement that it did not carry out, without the detail it gave: that
/// quotes whole rows, with the addresses, hashes and sealed keys in them.
#[derive(Debug, Error)]
#[error("sqlstate {sqlstate}: {message}")]
pub(crate) struct Refusal {
    sqlstate: String,
    message: String,
}

impl From<&DbError> for Refusal {
    fn from(error: &DbError) -> Self {
        Self {
            sqlstate: error.code().code().to_owned(),
            message: error.message().to_owned(),
        }
    }
}

/// What a failed statement means to a caller, by the class of its SQLSTATE.
pub(crate) fn store_error(error: tokio_postgres::Error) -> StoreError {
    let Some(said) = error.as_db_error() else {
        return if is_silence(&error) {
            StoreError::Unreachable(Box::new(error))
        } else {
            StoreError::Failed(Box::new(error))
        };
    };
    let (state, refusal) = (said.code(), Refusal::from(said));
    if OVERLOAD.contains(state) {
        // The answer has no room for the cause, so this is the last place that knows it.
        tracing::warn!("the database has more to do than it can: {refusal}");
        StoreError::Overloaded
    } else if state.code().starts_with("08") || GONE.contains(state) {
        StoreError::Unreachable(Box::new(refusal))
    } else {
        StoreError::Failed(Box::new(refusal))
    }
}

/// What it means that the pool had no connection to give.
pub(crate) fn pool_error(error: PoolError) -> StoreError {
    match error {
        PoolError::Timeout(TimeoutType::Wait) => StoreError::Overloaded,
        // Whatever kept us from connecting, no operation was carried out, nor has one failed.
        PoolError::Backend(error) => match store_error(error) {
            StoreError::Failed(cause) => StoreError::Unreachable(cause),
            kept => kept,
        },
        other => StoreError::Unreachable(Box::new(other)),
    }
}

/// Whether the statement failed because it would have broken this constraint or unique index.
pub(crate) fn violates(error: &tokio_postgres::Error, constraint: &str) -> bool {
    error
        .as_db_error()
        .is_some_and(|error| error.constraint() == Some(constraint))
}

/// Whether the transaction failed only because of others that ran beside it.
pub(crate) fn is_transient(error: &tokio_postgres::Error) -> bool {
    error.code().is_some_and(|state| TRANSIENT.contains(state))
}

static TRANSIENT: [SqlState; 2] = [
    SqlState::T_R_SERIALIZATION_FAILURE,
    SqlState::T_R_DEADLOCK_DETECTED,
];

/// A lock or a statement took too long, or there are too many of us; also what is left of
/// [`TRANSIENT`] failures after all retries.
static OVERLOAD: [SqlState; 6] = [
    SqlState::T_R_SERIALIZATION_FAILURE,
    SqlState::T_R_DEADLOCK_DETECTED,
    SqlState::LOCK_NOT_AVAILABLE,
    SqlState::QUERY_CANCELED,
    SqlState::TOO_MANY_CONNECTIONS,
    SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT,
];

/// The server is going down or coming up.
static GONE: [SqlState; 4] = [
    SqlState::ADMIN_SHUTDOWN,
    SqlState::CRASH_SHUTDOWN,
    SqlState::CANNOT_CONNECT_NOW,
    SqlState::DATABASE_DROPPED,
];

/// Whether the server said nothing at all. A parameter that does not encode is `InvalidInput`, and
/// was never sent.
fn is_silence(error: &tokio_postgres::Error) -> bool {
    error.is_closed()
        || error
            .source()
            .and_then(|source| source.downcast_ref::<io::Error>())
            .is_some_and(|error| error.kind() != io::ErrorKind::InvalidInput)
}
