use std::time::Duration;

use deadpool_postgres::{Manager, ManagerConfig, RecyclingMethod};
use thiserror::Error;
use tokio_postgres::config::SslMode;
use tokio_postgres::{Config, NoTls};

use crate::connection_url::{ConnectionUrl, DatabaseUrlError};
use crate::settings::PoolSettings;
use crate::tls::{self, TlsError};

/// Why no pool could be created from the settings. The database has not been contacted.
#[derive(Debug, Error)]
pub enum ConnectError {
    /// The URL is malformed.
    #[error(transparent)]
    Url(#[from] DatabaseUrlError),
    /// TLS could not be set up.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The connection pool could not be created.
    #[error("the connection pool could not be created")]
    Pool(#[source] deadpool_postgres::BuildError),
}

/// The timeouts that the server enforces on a connection; `None` for no limit.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Timeouts {
    /// `statement_timeout`.
    pub(crate) statement: Option<Duration>,
    /// `lock_timeout`.
    pub(crate) lock: Option<Duration>,
    /// `idle_in_transaction_session_timeout`.
    pub(crate) idle_in_transaction: Option<Duration>,
}

impl Timeouts {
    /// No limits.
    pub(crate) const NONE: Self = Self {
        statement: None,
        lock: None,
        idle_in_transaction: None,
    };

    /// Statements that set these timeouts for a transaction.
    ///
    /// The one for locks matters to migrations: while a migration waits for the lock of a table behind a long query,
    /// all other queries on that table wait behind the migration.
    pub(crate) fn for_transaction(self) -> String {
        SessionSettings::new(self, "").for_transaction()
    }
}

/// How connections are opened, and what each session is set to.
pub(crate) struct Connector {
    pub(crate) manager: Manager,
    /// Longest time that opening a connection may take.
    pub(crate) timeout: Duration,
    /// Statements that set it for the session, or with `LOCAL` for a transaction.
    pub(crate) session: SessionSettings,
}

impl Connector {
    /// Opens connections as the settings say.
    pub(crate) fn new(settings: &PoolSettings, timeouts: Timeouts) -> Result<Self, ConnectError> {
        let url = ConnectionUrl::parse(&settings.url)?;
        let config = with_defaults(url.config, settings);
        let timeout = connect_timeout(&config, settings);
        let session = SessionSettings::new(timeouts, config.get_options().unwrap_or_default());
        let recycling = ManagerConfig {
            recycling_method: RecyclingMethod::Fast,
        };
        let manager = if config.get_ssl_mode() == SslMode::Disable {
            Manager::from_config(config, NoTls, recycling)
        } else {
            let tls = tls::connector(url.root_certificates.as_deref())?;
            Manager::from_config(config, tls, recycling)
        };
        Ok(Self {
            manager,
            timeout,
            session,
        })
    }
}

/// Adds options that the URL does not set. Those that it sets win.
fn with_defaults(mut config: Config, settings: &PoolSettings) -> Config {
    // Time after which a connection to a server that no longer responds is closed.
    const TCP_USER_TIMEOUT: Duration = Duration::from_secs(30);

    if config.get_application_name().is_none() {
        config.application_name("udam");
    }
    if config.get_connect_timeout().is_none() {
        config.connect_timeout(settings.connect_timeout / hosts(&config));
    }
    if config.get_tcp_user_timeout().is_none() {
        config.tcp_user_timeout(TCP_USER_TIMEOUT);
        config.keepalives_idle(TCP_USER_TIMEOUT);
    }
    config
}

/// Number of hosts that a connection is tried with, one after another.
fn hosts(config: &Config) -> u32 {
    let hosts = config.get_hosts().len().max(config.get_hostaddrs().len());
    u32::try_from(hosts).unwrap_or(u32::MAX).max(1)
}

/// Longest time that opening a connection may take: enough for every host to use up the time that it has to respond.
fn connect_timeout(config: &Config, settings: &PoolSettings) -> Duration {
    let of_a_host = config.get_connect_timeout().copied().unwrap_or_default();
    let of_all = of_a_host.saturating_mul(hosts(config));
    settings.connect_timeout.max(of_all)
}

/// What every session is set to, except for what the URL's `options` set.
///
/// It is not sent as `options` when connecting: a connection pooler would refuse them. The isolation level is part of
/// it because the stores rely on it: rows that a lock protects are read by a later statement, which sees them as
/// of the lock at READ COMMITTED only.
#[derive(Debug)]
pub(crate) struct SessionSettings(Vec<String>);

impl SessionSettings {
    fn new(timeouts: Timeouts, options: &str) -> Self {
        let millis = |timeout: Option<Duration>| {
            let millis = timeout.map_or(0, |timeout| timeout.as_millis().max(1));
            millis.to_string()
        };
        let options = options.replace('-', "_").to_lowercase();
        let all = [
            ("statement_timeout", millis(timeouts.statement)),
            ("lock_timeout", millis(timeouts.lock)),
            (
                "idle_in_transaction_session_timeout",
                millis(timeouts.idle_in_transaction),
            ),
            ("timezone", "'UTC'".to_owned()),
            (
                "default_transaction_isolation",
                "'read committed'".to_owned(),
            ),
        ];
        let ours = all
            .into_iter()
            .filter(|(name, _)| !options.contains(&format!("{name}=")));
        Self(
            ours.map(|(name, value)| format!("{name} = {value}"))
                .collect(),
        )
    }

    /// Statements that set it for a session.
    pub(crate) fn for_session(&self) -> String {
        self.statements("SET")
    }

    /// Statements that set it for a transaction.
    pub(crate) fn for_transaction(&self) -> String {
        self.statements("SET LOCAL")
    }

    fn statements(&self, set: &str) -> String {
        let statements = self.0.iter().map(|setting| format!("{set} {setting};"));
        statements.collect::<Vec<_>>().join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_host_has_its_share_of_the_time() {
        let settings = PoolSettings::new("");
        for (hosts, of_a_host, of_all) in [
            ("db1/udam", 5_000, 5_000),
            ("db1,db2/udam", 2_500, 5_000),
            ("db1,db2:5433/udam?connect_timeout=1", 1_000, 5_000),
            ("db1,db2/udam?connect_timeout=8", 8_000, 16_000),
        ] {
            let url = ConnectionUrl::parse(&format!("postgres://{hosts}")).unwrap();
            let config = with_defaults(url.config, &settings);
            let share = config.get_connect_timeout().copied();
            assert_eq!(share, Some(Duration::from_millis(of_a_host)), "{hosts}");
            let all = connect_timeout(&config, &settings);
            assert_eq!(all, Duration::from_millis(of_all), "{hosts}");
        }
    }

    #[test]
    fn options_of_the_url_win() {
        let settings = PoolSettings::new("");
        let timeouts = Timeouts {
            statement: Some(Duration::from_secs(2)),
            lock: Some(Duration::from_micros(1)),
            idle_in_transaction: None,
        };
        let url = "postgres://db/udam?options=-c%20lock_timeout%3D9%20--TimeZone%3DCET\
            &application_name=mine";
        let config = ConnectionUrl::parse(url).unwrap().config;
        let config = with_defaults(config, &settings);
        let options = config.get_options().unwrap();
        assert_eq!(options, "-c lock_timeout=9 --TimeZone=CET");
        assert_eq!(
            SessionSettings::new(timeouts, options).for_session(),
            "SET statement_timeout = 2000; SET idle_in_transaction_session_timeout = 0; \
             SET default_transaction_isolation = 'read committed';"
        );
        let all = SessionSettings::new(timeouts, "").for_transaction();
        assert!(all.contains("SET LOCAL lock_timeout = 1; "), "{all}");
        assert!(all.contains("SET LOCAL timezone = 'UTC'; "), "{all}");
        assert_eq!(config.get_application_name(), Some("mine"));
    }
}
