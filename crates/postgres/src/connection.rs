use std::time::Duration;

use deadpool_postgres::{Manager, ManagerConfig, RecyclingMethod};
use thiserror::Error;
use tokio_postgres::config::SslMode;
use tokio_postgres::{Config, NoTls};

use crate::connection_url::{ConnectionUrl, DatabaseUrlError};
use crate::settings::PoolSettings;
use crate::tls::{self, TlsError};

/// Why the settings do not lead to a database. Nothing has been connected to yet.
#[derive(Debug, Error)]
pub enum ConnectError {
    /// The URL is not one.
    #[error(transparent)]
    Url(#[from] DatabaseUrlError),
    /// TLS could not be set up.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The pool could not be made.
    #[error("the connection pool could not be made")]
    Pool(#[source] deadpool_postgres::BuildError),
}

/// What every statement of a connection is bound by.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    pub(crate) statement: Option<Duration>,
    pub(crate) lock: Option<Duration>,
    pub(crate) idle_in_transaction: Option<Duration>,
}

impl Bounds {
    pub(crate) const NONE: Self = Self {
        statement: None,
        lock: None,
        idle_in_transaction: None,
    };
}

/// Makes connections as the settings say.
pub(crate) fn manager(settings: &PoolSettings, bounds: Bounds) -> Result<Manager, ConnectError> {
    let url = ConnectionUrl::parse(&settings.url)?;
    let config = with_defaults(url.config, settings, bounds);
    let recycling = ManagerConfig {
        recycling_method: RecyclingMethod::Fast,
    };
    if config.get_ssl_mode() == SslMode::Disable {
        return Ok(Manager::from_config(config, NoTls, recycling));
    }
    let tls = tls::connector(url.root_certificates.as_deref())?;
    Ok(Manager::from_config(config, tls, recycling))
}

/// Adds what the URL does not say. What it says wins.
fn with_defaults(mut config: Config, settings: &PoolSettings, bounds: Bounds) -> Config {
    // A server that has vanished without a word is noticed after this long.
    const SILENCE: Duration = Duration::from_secs(30);

    let options = match config.get_options() {
        Some(options) => format!("{} {options}", session_options(bounds)),
        None => session_options(bounds),
    };
    config.options(options);
    if config.get_application_name().is_none() {
        config.application_name("udam");
    }
    if config.get_connect_timeout().is_none() {
        config.connect_timeout(settings.connect_timeout);
    }
    if config.get_tcp_user_timeout().is_none() {
        config.tcp_user_timeout(SILENCE);
        config.keepalives_idle(SILENCE);
    }
    config
}

/// Sent with the connection, so that there is no moment without them and no round trip for them.
///
/// What locks protect is read by a later statement, which only READ COMMITTED shows afresh: a
/// database with another default must not change that.
fn session_options(bounds: Bounds) -> String {
    let millis = |bound: Option<Duration>| bound.map_or(0, |bound| bound.as_millis().max(1));
    format!(
        "-c statement_timeout={} -c lock_timeout={} -c idle_in_transaction_session_timeout={} \
         -c timezone=UTC -c default_transaction_isolation=read\\ committed",
        millis(bounds.statement),
        millis(bounds.lock),
        millis(bounds.idle_in_transaction),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_url_s_own_options_come_last_and_win() {
        let settings = PoolSettings::new("");
        let bounds = Bounds {
            statement: Some(Duration::from_secs(2)),
            lock: Some(Duration::from_micros(1)),
            idle_in_transaction: None,
        };
        let url = "postgres://db/udam?options=-c%20lock_timeout%3D9&application_name=mine";
        let config = ConnectionUrl::parse(url).unwrap().config;
        let config = with_defaults(config, &settings, bounds);
        let options = config.get_options().unwrap();
        assert!(options.contains("-c statement_timeout=2000 -c lock_timeout=1 "));
        assert!(options.contains("-c idle_in_transaction_session_timeout=0 "));
        assert!(options.ends_with(" -c lock_timeout=9"));
        assert_eq!(config.get_application_name(), Some("mine"));
    }
}
