use std::error::Error;
use std::io;

use deadpool_postgres::{HookError, PoolError, TimeoutType};
use thiserror::Error;
use tokio_postgres::error::{DbError, SqlState};
use udam_domain::StoreError;

/// A stored value that its type rejects.
#[derive(Debug, Error)]
#[error("the value stored in column `{column}` is invalid")]
pub(crate) struct Unreadable {
    pub(crate) column: String,
    pub(crate) source: Box<dyn Error + Send + Sync>,
}

impl From<Unreadable> for StoreError {
    fn from(error: Unreadable) -> Self {
        Self::Failed(Box::new(error))
    }
}

/// The server's error for a failed statement, without its detail: that quotes whole rows, with addresses,
/// hashes and sealed keys.
#[derive(Debug, Error)]
#[error("sqlstate {sqlstate}: {message}")]
pub(crate) struct ServerError {
    sqlstate: String,
    message: String,
}

impl ServerError {
    /// Whether the role may not do what it tried.
    pub(crate) fn is_privilege_missing(&self) -> bool {
        self.sqlstate == SqlState::INSUFFICIENT_PRIVILEGE.code()
    }
}

impl From<&DbError> for ServerError {
    fn from(error: &DbError) -> Self {
        Self {
            sqlstate: error.code().code().to_owned(),
            message: error.message().to_owned(),
        }
    }
}

/// Converts the error of a statement, by its SQLSTATE.
pub(crate) fn store_error(error: tokio_postgres::Error) -> StoreError {
    let Some(db_error) = error.as_db_error() else {
        return if is_disconnect(&error) {
            StoreError::Unreachable(Box::new(error))
        } else {
            StoreError::Failed(Box::new(error))
        };
    };
    let (state, cause) = (db_error.code(), ServerError::from(db_error));
    if OVERLOAD.contains(state) {
        // `Overloaded` has no source, so the cause is logged here.
        tracing::warn!("the database is overloaded: {cause}");
        StoreError::Overloaded
    } else if is_elsewhere(state) || OUT_OF_ORDER.contains(state) {
        StoreError::Unreachable(Box::new(cause))
    } else {
        StoreError::Failed(Box::new(cause))
    }
}

/// Converts the error of getting a connection from the pool.
pub(crate) fn pool_error(error: PoolError) -> StoreError {
    match error {
        PoolError::Timeout(TimeoutType::Wait) => StoreError::Overloaded,
        // No statement was sent, so none has failed.
        PoolError::Backend(error) | PoolError::PostCreateHook(HookError::Backend(error)) => {
            match store_error(error) {
                StoreError::Failed(cause) => StoreError::Unreachable(cause),
                other => other,
            }
        }
        other => StoreError::Unreachable(Box::new(other)),
    }
}

/// Whether a statement failed because it violates this constraint or unique index.
pub(crate) fn violates(error: &tokio_postgres::Error, constraint: &str) -> bool {
    error
        .as_db_error()
        .is_some_and(|error| error.constraint() == Some(constraint))
}

/// Whether a transaction failed only because of concurrent ones.
pub(crate) fn is_transient(error: &tokio_postgres::Error) -> bool {
    error.code().is_some_and(|state| TRANSIENT.contains(state)) || has_lost_partition(error)
}

/// Whether a row was on its way to a partition that no longer takes it, since another was attached meanwhile: a check without a
/// constraint's name is that of a partition's bounds.
fn has_lost_partition(error: &tokio_postgres::Error) -> bool {
    error.as_db_error().is_some_and(|error| {
        *error.code() == SqlState::CHECK_VIOLATION && error.constraint().is_none()
    })
}

static TRANSIENT: [SqlState; 2] = [
    SqlState::T_R_SERIALIZATION_FAILURE,
    SqlState::T_R_DEADLOCK_DETECTED,
];

/// A timeout, too many connections, too little memory, or a [`TRANSIENT`] failure that remained after all
/// retries.
static OVERLOAD: [SqlState; 7] = [
    SqlState::T_R_SERIALIZATION_FAILURE,
    SqlState::T_R_DEADLOCK_DETECTED,
    SqlState::LOCK_NOT_AVAILABLE,
    SqlState::QUERY_CANCELED,
    SqlState::TOO_MANY_CONNECTIONS,
    SqlState::OUT_OF_MEMORY,
    SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT,
];

/// The server lacks what it needs to carry out any such statement, such as free space on its disk.
static OUT_OF_ORDER: [SqlState; 4] = [
    SqlState::INSUFFICIENT_RESOURCES,
    SqlState::DISK_FULL,
    SqlState::CONFIGURATION_LIMIT_EXCEEDED,
    SqlState::IO_ERROR,
];

/// Class of the SQLSTATEs of failed connections, among them those of a connection pooler that has lost its server.
const CONNECTION_EXCEPTION: &str = "08";

/// The server is shutting down or starting up, or accepts no writes: it is, or is about to be, no longer the
/// primary.
static ELSEWHERE: [SqlState; 5] = [
    SqlState::READ_ONLY_SQL_TRANSACTION,
    SqlState::ADMIN_SHUTDOWN,
    SqlState::CRASH_SHUTDOWN,
    SqlState::CANNOT_CONNECT_NOW,
    SqlState::DATABASE_DROPPED,
];

fn is_elsewhere(state: &SqlState) -> bool {
    state.code().starts_with(CONNECTION_EXCEPTION) || ELSEWHERE.contains(state)
}

/// Whether a statement failed because its connection, and others opened before, lead to the wrong server or to one
/// that is ending.
pub(crate) fn leads_to_wrong_server(error: &tokio_postgres::Error) -> bool {
    error.code().is_some_and(is_elsewhere)
}

/// Whether connecting failed for a reason that may pass by itself: nothing listens yet, or the server starts up.
pub(crate) fn is_temporary(error: &tokio_postgres::Error) -> bool {
    match error.code() {
        Some(state) => is_elsewhere(state) || OVERLOAD.contains(state),
        // A server's certificate that is not trusted is invalid data.
        None => is_disconnect(error) && io_kind(error) != Some(io::ErrorKind::InvalidData),
    }
}

fn io_kind(error: &tokio_postgres::Error) -> Option<io::ErrorKind> {
    let source = error.source()?.downcast_ref::<io::Error>()?;
    Some(source.kind())
}

/// Whether the connection failed before the server responded. Not so for `InvalidInput`, which is a parameter
/// that could not be encoded and was not sent.
fn is_disconnect(error: &tokio_postgres::Error) -> bool {
    error.is_closed() || io_kind(error).is_some_and(|kind| kind != io::ErrorKind::InvalidInput)
}
