//! The address of a database, with its password.

use std::fmt::{self, Write};

use zeroize::Zeroizing;

/// A `postgres://` URL; it holds a password, so it is shown only to those who ask by name.
///
/// ```
/// # let cluster = udam_embedded_postgres::Cluster::temporary(&Default::default()).unwrap();
/// let url = cluster.url();
/// assert!(url.expose().starts_with("postgres://udam:"));
/// assert_eq!(format!("{url:?}"), "ConnectionUrl([redacted])");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct ConnectionUrl(Zeroizing<String>);

impl ConnectionUrl {
    pub(crate) fn new(user: &str, password: &str, port: u16, database: &str) -> Self {
        let database = percent_encoded(database);
        Self(Zeroizing::new(format!(
            "postgres://{user}:{password}@127.0.0.1:{port}/{database}"
        )))
    }

    /// The URL itself, to connect with.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ConnectionUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ConnectionUrl([redacted])")
    }
}

/// Encodes all but the unreserved characters of RFC 3986.
fn percent_encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut encoded, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
        encoded
    })
}

#[cfg(test)]
mod tests {
    use super::ConnectionUrl;

    #[test]
    fn a_url_names_user_password_address_and_database() {
        let url = ConnectionUrl::new("udam", "5ec2e7", 5433, "udam");
        assert_eq!(url.expose(), "postgres://udam:5ec2e7@127.0.0.1:5433/udam");
    }

    #[test]
    fn a_url_does_not_show_its_password_when_debugged() {
        let url = ConnectionUrl::new("udam", "5ec2e7", 5433, "udam");
        assert_eq!(format!("{url:?}"), "ConnectionUrl([redacted])");
    }

    #[test]
    fn a_database_of_any_name_survives_the_url() {
        let url = ConnectionUrl::new("udam", "5ec2e7", 5433, "a b/c?é");
        assert_eq!(
            url.expose(),
            "postgres://udam:5ec2e7@127.0.0.1:5433/a%20b%2Fc%3F%C3%A9"
        );
        let config: tokio_postgres::Config = url.expose().parse().unwrap();
        assert_eq!(config.get_dbname(), Some("a b/c?é"));
    }
}
