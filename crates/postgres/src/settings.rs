use std::fmt;
use std::num::NonZeroUsize;
use std::time::Duration;

/// Where the database is, and what may be asked of it.
#[derive(Clone)]
pub struct PoolSettings {
    /// A `postgres://` URL, as every PostgreSQL client takes it.
    ///
    /// TLS is used when `sslmode` says so: `require`, `verify-ca` and `verify-full` insist on it,
    /// `prefer` takes it when the server offers it, and `disable`, like no `sslmode` at all, goes
    /// without. Where TLS is used, the server's certificate and name are verified, whatever the mode,
    /// against the machine's roots, or those in the PEM file that `sslrootcert` names.
    pub url: String,
    /// How many connections are kept at most.
    pub max_connections: NonZeroUsize,
    /// How long a request waits for one of them.
    pub wait_timeout: Duration,
    /// How long making a connection may take.
    pub connect_timeout: Duration,
    /// How long a statement may run.
    pub statement_timeout: Duration,
    /// How long a statement waits for a lock.
    pub lock_timeout: Duration,
    /// How long a transaction may sit between two statements: whoever holds its locks has died.
    pub idle_in_transaction_timeout: Duration,
}

impl PoolSettings {
    /// Settings that suit a server, for the database at `url`.
    #[must_use]
    pub fn new(url: impl Into<String>) -> Self {
        const CONNECTIONS: NonZeroUsize = NonZeroUsize::MIN.saturating_add(15);
        Self {
            url: url.into(),
            max_connections: CONNECTIONS,
            wait_timeout: Duration::from_secs(5),
            connect_timeout: Duration::from_secs(5),
            statement_timeout: Duration::from_secs(15),
            lock_timeout: Duration::from_secs(5),
            idle_in_transaction_timeout: Duration::from_secs(15),
        }
    }
}

/// The URL holds a password.
impl fmt::Debug for PoolSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PoolSettings")
            .field("url", &"[redacted]")
            .field("max_connections", &self.max_connections)
            .field("wait_timeout", &self.wait_timeout)
            .field("connect_timeout", &self.connect_timeout)
            .field("statement_timeout", &self.statement_timeout)
            .field("lock_timeout", &self.lock_timeout)
            .field(
                "idle_in_transaction_timeout",
                &self.idle_in_transaction_timeout,
            )
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_do_not_print_their_password() {
        let settings = PoolSettings::new("postgres://udam:hunter2@db/udam");
        assert!(!format!("{settings:?}").contains("hunter2"));
    }
}
