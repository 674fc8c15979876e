//! The URL of a database, with its password.

use std::fmt;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use secrecy::{ExposeSecret, SecretString};

/// All characters but the unreserved ones of RFC 3986, section 2.3.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// A `postgres://` URL. It holds a password, so `Debug` redacts it and [`Self::expose`] returns it.
///
/// ```
/// # let cluster = udam_embedded_postgres::Cluster::temporary(&Default::default()).unwrap();
/// let url = cluster.url();
/// assert!(url.expose().starts_with("postgres://udam:"));
/// assert_eq!(format!("{url:?}"), "ConnectionUrl([redacted])");
/// ```
#[derive(Clone)]
pub struct ConnectionUrl(SecretString);

impl ConnectionUrl {
    pub(crate) fn new(user: &str, password: &SecretString, port: u16, database: &str) -> Self {
        let password = password.expose_secret();
        let database = utf8_percent_encode(database, RESERVED);
        Self(format!("postgres://{user}:{password}@127.0.0.1:{port}/{database}").into())
    }

    /// Returns the URL, to connect with.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for ConnectionUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ConnectionUrl([redacted])")
    }
}

#[cfg(test)]
mod tests {
    use super::ConnectionUrl;

    fn url(database: &str) -> ConnectionUrl {
        ConnectionUrl::new("udam", &"5ec2e7".into(), 5433, database)
    }

    #[test]
    fn a_url_holds_user_password_address_and_database() {
        assert_eq!(
            url("udam").expose(),
            "postgres://udam:5ec2e7@127.0.0.1:5433/udam"
        );
    }

    #[test]
    fn debug_output_does_not_hold_the_password() {
        assert_eq!(format!("{:?}", url("udam")), "ConnectionUrl([redacted])");
    }

    #[test]
    fn any_database_name_is_parsed_back_from_the_url() {
        let url = url("a b/c?é");
        assert_eq!(
            url.expose(),
            "postgres://udam:5ec2e7@127.0.0.1:5433/a%20b%2Fc%3F%C3%A9"
        );
        let config: tokio_postgres::Config = url.expose().parse().unwrap();
        assert_eq!(config.get_dbname(), Some("a b/c?é"));
    }
}
