use std::fmt;
use std::num::NonZeroUsize;
use std::time::Duration;

use crate::mailing::Mailing;

/// What a connection is to the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Pooling {
    /// A session: of PostgreSQL itself, or through a pooler in session mode.
    #[default]
    Session,
    /// Another session at each transaction, as through PgBouncer in transaction mode.
    Transaction,
}

/// Address of the database, and the limits of a pool of connections to it.
#[derive(Clone)]
pub struct PoolSettings {
    /// A `postgres://` URL, as PostgreSQL's own clients take it.
    ///
    /// `sslmode` decides on TLS: `require`, `verify-ca` and `verify-full` require it, `prefer` uses it if the
    /// server offers it, and `disable`, which is the default, does not use it. With TLS, the server's
    /// certificate and name are verified in every mode, against the root certificates of the operating system
    /// or those in the PEM file `sslrootcert`.
    ///
    /// Unless it sets `target_session_attrs`, only a server that accepts writes is used.
    pub url: String,
    /// Whether a pooler shares out sessions. By default, none does.
    pub pooling: Pooling,
    /// Whether the stores write mails. By default, they do not.
    pub mailing: Mailing,
    /// Largest number of connections. 16 by default.
    pub max_connections: NonZeroUsize,
    /// Longest wait for a free connection. 5 s by default.
    pub wait_timeout: Duration,
    /// Longest time that opening a connection may take. 5 s by default. Of several hosts in the URL, each gets its
    /// share to respond, so that one that is gone without a trace does not keep the others from being tried.
    pub connect_timeout: Duration,
    /// Longest time that a statement may run. 15 s by default.
    pub statement_timeout: Duration,
    /// Time from which a statement is logged as slow, with its name. 1 s by default; `None` for never.
    pub slow_statement: Option<Duration>,
    /// Longest wait of a statement for a lock. 5 s by default.
    pub lock_timeout: Duration,
    /// Longest pause between two statements of a transaction. 15 s by default; if its client has died, its locks
    /// are released then.
    pub idle_in_transaction_timeout: Duration,
    /// Longest wait for another process that migrates the database. 10 min by default.
    pub migration_wait: Duration,
}

impl PoolSettings {
    /// Default settings for the database at `url`, on whatever server is there: a standby as well.
    #[must_use]
    pub fn for_reading(url: &str) -> Self {
        if url.contains("target_session_attrs") {
            return Self::new(url);
        }
        let separator = if url.contains('?') { '&' } else { '?' };
        Self::new(format!("{url}{separator}target_session_attrs=any"))
    }

    /// Default settings for the database at `url`.
    #[must_use]
    pub fn new(url: impl Into<String>) -> Self {
        const CONNECTIONS: NonZeroUsize = NonZeroUsize::MIN.saturating_add(15);
        Self {
            url: url.into(),
            pooling: Pooling::Session,
            mailing: Mailing::Off,
            max_connections: CONNECTIONS,
            wait_timeout: Duration::from_secs(5),
            connect_timeout: Duration::from_secs(5),
            statement_timeout: Duration::from_secs(15),
            slow_statement: Some(Duration::from_secs(1)),
            lock_timeout: Duration::from_secs(5),
            idle_in_transaction_timeout: Duration::from_secs(15),
            migration_wait: Duration::from_mins(10),
        }
    }
}

// Leaves out the URL, which contains a password.
impl fmt::Debug for PoolSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PoolSettings")
            .field("url", &"[redacted]")
            .field("pooling", &self.pooling)
            .field("mailing", &self.mailing)
            .field("max_connections", &self.max_connections)
            .field("wait_timeout", &self.wait_timeout)
            .field("connect_timeout", &self.connect_timeout)
            .field("statement_timeout", &self.statement_timeout)
            .field("slow_statement", &self.slow_statement)
            .field("lock_timeout", &self.lock_timeout)
            .field(
                "idle_in_transaction_timeout",
                &self.idle_in_transaction_timeout,
            )
            .field("migration_wait", &self.migration_wait)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_output_does_not_contain_the_password() {
        let settings = PoolSettings::new("postgres://udam:hunter2@db/udam");
        assert!(!format!("{settings:?}").contains("hunter2"));
    }
}
