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
}

/// A manager that opens connections as the settings say.
pub(crate) fn manager(
    settings: &PoolSettings,
    timeouts: Timeouts,
) -> Result<Manager, ConnectError> {
    let url = ConnectionUrl::parse(&settings.url)?;
    let config = with_defaults(url.config, settings, timeouts);
    let recycling = ManagerConfig {
        recycling_method: RecyclingMethod::Fast,
    };
    if config.get_ssl_mode() == SslMode::Disable {
        return Ok(Manager::from_config(config, NoTls, recycling));
    }
    let tls = tls::connector(url.root_certificates.as_deref())?;
    Ok(Manager::from_config(config, tls, recycling))
}

/// Adds options that the URL does not set. Those that it sets win.
fn with_defaults(mut config: Config, settings: &PoolSettings, timeouts: Timeouts) -> Config {
    // Time after which a connection to a server that no longer responds is closed.
    const TCP_USER_TIMEOUT: Duration = Duration::from_secs(30);

    let options = match config.get_options() {
        Some(options) => format!("{} {options}", session_options(timeouts)),
        None => session_options(timeouts),
    };
    config.options(options);
    if config.get_application_name().is_none() {
        config.application_name("udam");
    }
    if config.get_connect_timeout().is_none() {
        config.connect_timeout(settings.connect_timeout);
    }
    if config.get_tcp_user_timeout().is_none() {
        config.tcp_user_timeout(TCP_USER_TIMEOUT);
        config.keepalives_idle(TCP_USER_TIMEOUT);
    }
    config
}

/// The options that every session starts with. Sent when connecting, they take no round trip of their own.
///
/// The isolation level is set because the stores rely on it: rows that a lock protects are read by a later
/// statement, which sees them as of the lock at READ COMMITTED only.
fn session_options(timeouts: Timeouts) -> String {
    let millis =
        |timeout: Option<Duration>| timeout.map_or(0, |timeout| timeout.as_millis().max(1));
    format!(
        "-c statement_timeout={} -c lock_timeout={} -c idle_in_transaction_session_timeout={} \
         -c timezone=UTC -c default_transaction_isolation=read\\ committed",
        millis(timeouts.statement),
        millis(timeouts.lock),
        millis(timeouts.idle_in_transaction),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_of_the_url_come_last_and_win() {
        let settings = PoolSettings::new("");
        let timeouts = Timeouts {
            statement: Some(Duration::from_secs(2)),
            lock: Some(Duration::from_micros(1)),
            idle_in_transaction: None,
        };
        let url = "postgres://db/udam?options=-c%20lock_timeout%3D9&application_name=mine";
        let config = ConnectionUrl::parse(url).unwrap().config;
        let config = with_defaults(config, &settings, timeouts);
        let options = config.get_options().unwrap();
        assert!(options.contains("-c statement_timeout=2000 -c lock_timeout=1 "));
        assert!(options.contains("-c idle_in_transaction_session_timeout=0 "));
        assert!(options.ends_with(" -c lock_timeout=9"));
        assert_eq!(config.get_application_name(), Some("mine"));
    }
}
