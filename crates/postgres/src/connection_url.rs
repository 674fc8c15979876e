use std::path::PathBuf;

use percent_encoding::percent_decode_str;
use thiserror::Error;
use tokio_postgres::Config;
use tokio_postgres::config::{SslMode, TargetSessionAttrs};

/// Why a database URL could not be parsed. It contains a password and is therefore not quoted.
#[derive(Debug, Error)]
pub enum DatabaseUrlError {
    /// The scheme is not that of PostgreSQL.
    #[error("the database URL must start with postgres:// or postgresql://")]
    Scheme,
    /// `sslmode` or `sslrootcert` has an invalid value.
    #[error(
        "the database URL's sslmode must be disable, prefer, require, verify-ca or verify-full, and \
         its sslrootcert the path of a file"
    )]
    Tls,
    /// It has a parameter that the driver does not know.
    #[error(
        "the database URL has an unknown parameter{}; remove it, or use one of {}",
        .0.as_ref().map(|name| format!(" `{name}`")).unwrap_or_default(),
        PARAMETERS.join(", ")
    )]
    UnknownParameter(
        /// Its name; `None` if it may be a part of the password.
        Option<String>,
    ),
    /// The URL is malformed otherwise.
    #[error("the database URL is malformed")]
    Malformed(#[source] tokio_postgres::Error),
}

/// The parameters that a URL may have.
const PARAMETERS: [&str; 20] = [
    "application_name",
    "channel_binding",
    "connect_timeout",
    "dbname",
    "host",
    "hostaddr",
    "keepalives",
    "keepalives_idle",
    "keepalives_interval",
    "keepalives_retries",
    "load_balance_hosts",
    "options",
    "password",
    "port",
    "sslmode",
    "sslnegotiation",
    "sslrootcert",
    "target_session_attrs",
    "tcp_user_timeout",
    "user",
];

/// A parsed database URL.
#[derive(Debug)]
pub(crate) struct ConnectionUrl {
    /// Address, credentials and options, with the `sslmode`.
    pub(crate) config: Config,
    /// Whether the URL names an `sslmode`.
    pub(crate) has_ssl_mode: bool,
    /// PEM file of the certificates to trust; `None` for those of the operating system.
    pub(crate) root_certificates: Option<PathBuf>,
}

impl ConnectionUrl {
    /// Parses a URL. Parameters about TLS are parsed here because the driver knows neither `verify-full` nor
    /// `sslrootcert`, and defaults to `sslmode=prefer`.
    pub(crate) fn parse(url: &str) -> Result<Self, DatabaseUrlError> {
        if !["postgres://", "postgresql://"]
            .iter()
            .any(|scheme| url.starts_with(scheme))
        {
            return Err(DatabaseUrlError::Scheme);
        }
        let (base, query) = split_query(url);
        let (mut ssl_mode, mut root_certificates) = (None, None);
        let mut others = Vec::new();
        for parameter in query.split('&').filter(|parameter| !parameter.is_empty()) {
            match parameter.split_once('=') {
                Some(("sslmode", mode)) => {
                    ssl_mode = Some(parse_ssl_mode(mode).ok_or(DatabaseUrlError::Tls)?);
                }
                Some(("sslrootcert", file)) => {
                    let file = percent_decode_str(file).decode_utf8().ok();
                    let file = file.filter(|file| !file.is_empty());
                    let file = file.ok_or(DatabaseUrlError::Tls)?;
                    root_certificates = Some(PathBuf::from(file.into_owned()));
                }
                _ => others.push(parameter),
            }
        }
        if let Some(unknown) = others
            .iter()
            .find(|other| !PARAMETERS.contains(&name_of(other)))
        {
            return Err(DatabaseUrlError::UnknownParameter(quotable(unknown, query)));
        }
        let mut config: Config = format!("{base}?{}", others.join("&"))
            .parse()
            .map_err(DatabaseUrlError::Malformed)?;
        config.ssl_mode(ssl_mode.unwrap_or(SslMode::Disable));
        // Of several hosts, the primary. After a failover, a name may still lead to the old one.
        if !others
            .iter()
            .any(|parameter| name_of(parameter) == "target_session_attrs")
        {
            config.target_session_attrs(TargetSessionAttrs::ReadWrite);
        }
        Ok(Self {
            config,
            has_ssl_mode: ssl_mode.is_some(),
            root_certificates,
        })
    }
}

/// The parameter's name, if it cannot be a part of a password that was not percent-encoded.
fn quotable(parameter: &str, query: &str) -> Option<String> {
    let name = name_of(parameter);
    let is_name = |name: &str| {
        (1..=32).contains(&name.len())
            && name
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte == b'_')
    };
    (is_name(name) && parameter.contains('=') && !query.contains('@')).then(|| name.to_owned())
}

fn name_of(parameter: &str) -> &str {
    parameter
        .split_once('=')
        .map_or(parameter, |(name, _)| name)
}

/// Splits a URL into the part before its query and the query. A password may contain a question mark.
fn split_query(url: &str) -> (&str, &str) {
    let credentials = url.find('@').unwrap_or_default();
    url.char_indices()
        .find(|(at, character)| *at > credentials && *character == '?')
        .and_then(|(at, _)| Some((url.get(..at)?, url.get(at.checked_add(1)?..)?)))
        .unwrap_or((url, ""))
}

fn parse_ssl_mode(mode: &str) -> Option<SslMode> {
    match mode {
        "disable" => Some(SslMode::Disable),
        "prefer" => Some(SslMode::Prefer),
        "require" | "verify-ca" | "verify-full" => Some(SslMode::Require),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(url: &str) -> ConnectionUrl {
        ConnectionUrl::parse(url).unwrap()
    }

    #[test]
    fn tls_is_used_when_the_url_asks_for_it() {
        let mode = |query: &str| {
            parse(&format!("postgres://udam:pw@db/udam{query}"))
                .config
                .get_ssl_mode()
        };
        assert_eq!(mode(""), SslMode::Disable);
        assert_eq!(mode("?sslmode=disable"), SslMode::Disable);
        assert_eq!(mode("?sslmode=prefer"), SslMode::Prefer);
        assert_eq!(mode("?connect_timeout=3&sslmode=require"), SslMode::Require);
        assert_eq!(mode("?sslmode=verify-full"), SslMode::Require);
    }

    #[test]
    fn a_server_that_accepts_writes_is_looked_for_unless_the_url_says_otherwise() {
        let attributes = |query: &str| {
            parse(&format!("postgres://udam:pw@a:5432,b:5433/udam{query}"))
                .config
                .get_target_session_attrs()
        };
        assert_eq!(attributes(""), TargetSessionAttrs::ReadWrite);
        assert_eq!(attributes("?sslmode=prefer"), TargetSessionAttrs::ReadWrite);
        assert_eq!(
            attributes("?target_session_attrs=any"),
            TargetSessionAttrs::Any
        );
        assert_eq!(
            parse("postgres://a:5432,b:5433/udam").config.get_ports(),
            [5432, 5433]
        );
    }

    #[test]
    fn the_file_of_root_certificates_is_read_from_the_url() {
        let url = parse("postgresql://db/udam?sslrootcert=%2Fetc%2Fmy%20ca.pem&sslmode=verify-ca");
        assert_eq!(url.root_certificates, Some("/etc/my ca.pem".into()));
        assert_eq!(url.config.get_dbname(), Some("udam"));
    }

    #[test]
    fn a_password_may_contain_a_question_mark() {
        let url = parse("postgres://udam:who?me@db/udam?application_name=x");
        assert_eq!(url.config.get_password(), Some(&b"who?me"[..]));
        assert_eq!(url.config.get_application_name(), Some("x"));
    }

    #[test]
    fn an_unknown_parameter_is_named_with_those_that_are_known() {
        let error = |url: &str| ConnectionUrl::parse(url).unwrap_err().to_string();
        let named = error("postgres://udam:pw@db/udam?sslmode=require&pgbouncer=true");
        assert!(
            named.starts_with("the database URL has an unknown parameter `pgbouncer`; remove it"),
            "{named}"
        );
        assert!(named.contains("target_session_attrs"), "{named}");
        let in_password = error("postgres://udam:hun@ter?secret=2@db/udam");
        assert!(!in_password.contains("secret"), "{in_password}");
    }

    #[test]
    fn a_malformed_url_is_rejected_without_being_quoted() {
        for url in [
            "",
            "mysql://udam:hunter2@db/udam",
            "host=db password=hunter2",
            "postgres://udam:hunter2@db/udam?sslmode=allow",
            "postgres://udam:hunter2@db/udam?sslrootcert=",
            "postgres://udam:hunter2@db/udam?unknown=1",
            "postgres://udam:hunter2@db:port/udam",
        ] {
            let error = ConnectionUrl::parse(url).unwrap_err();
            assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
        }
    }
}
