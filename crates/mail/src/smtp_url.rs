use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use lettre::transport::smtp::authentication::Credentials;
use percent_encoding::percent_decode_str;
use thiserror::Error;
use udam_domain::secret::Secret;
use url::{Host, Url};

/// A server that takes mails: `smtps://user:password@host`, or `smtp://…` for one that begins in the clear.
///
/// In the second form the connection is switched to TLS before anything else is said, unless the server is on this machine; with
/// `?tls=required`, even then.
#[derive(Clone)]
pub struct SmtpUrl {
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) security: Security,
    user: Option<(String, Secret)>,
}

/// Security of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Security {
    /// TLS from the first byte.
    Tls,
    /// TLS by `STARTTLS`, without which nothing is sent.
    StartTls,
    /// Not at all, within this machine.
    Loopback,
}

/// The text is no URL of a server for mails. It is not repeated: it may have a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error(
    "must be an address such as smtps://user:password@mail.example.com, or smtp:// with STARTTLS"
)]
pub struct SmtpUrlError;

impl SmtpUrl {
    pub(crate) fn credentials(&self) -> Option<Credentials> {
        let (name, password) = self.user.as_ref()?;
        Some(Credentials::new(name.clone(), password.expose().to_owned()))
    }
}

impl FromStr for SmtpUrl {
    type Err = SmtpUrlError;

    fn from_str(text: &str) -> Result<Self, SmtpUrlError> {
        let url = Url::parse(text).map_err(|_malformed| SmtpUrlError)?;
        let requires_tls = match url.query() {
            None => false,
            Some("tls=required") => true,
            Some(_) => return Err(SmtpUrlError),
        };
        let has_more = !matches!(url.path(), "" | "/") || url.fragment().is_some();
        let host = url.host().filter(|_| !has_more).ok_or(SmtpUrlError)?;
        let is_local = is_loopback(&host);
        let (security, port) = match url.scheme() {
            "smtps" => (Security::Tls, 465),
            "smtp" if is_local && !requires_tls => (Security::Loopback, 25),
            "smtp" => (Security::StartTls, 587),
            _ => return Err(SmtpUrlError),
        };
        Ok(Self {
            host: name_of(&host),
            port: url.port().unwrap_or(port),
            security,
            user: user(&url)?,
        })
    }
}

/// Hosts of schemes that are not the web's are not parsed as addresses.
fn is_loopback(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => {
            let address = name.parse::<IpAddr>();
            *name == "localhost" || address.is_ok_and(|address| address.is_loopback())
        }
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    }
}

fn name_of(host: &Host<&str>) -> String {
    match host {
        Host::Domain(name) => (*name).to_owned(),
        Host::Ipv4(address) => address.to_string(),
        Host::Ipv6(address) => address.to_string(),
    }
}

fn user(url: &Url) -> Result<Option<(String, Secret)>, SmtpUrlError> {
    match (url.username(), url.password()) {
        ("", None) => Ok(None),
        (name, Some(password)) if !name.is_empty() => {
            let password = Secret::new(decoded(password)?);
            Ok(Some((decoded(name)?, password)))
        }
        _ => Err(SmtpUrlError),
    }
}

fn decoded(text: &str) -> Result<String, SmtpUrlError> {
    let text = percent_decode_str(text).decode_utf8();
    text.map(Into::into).map_err(|_not_a_text| SmtpUrlError)
}

// Leaves out the password.
impl fmt::Debug for SmtpUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SmtpUrl")
            .field("host", &self.host)
            .field("port", &self.port)
            .field("security", &self.security)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> SmtpUrl {
        text.parse().unwrap()
    }

    #[test]
    fn a_server_elsewhere_is_reached_through_tls_alone() {
        for (text, port, security) in [
            ("smtps://mail.example.com", 465, Security::Tls),
            ("smtps://mail.example.com:2465/", 2465, Security::Tls),
            ("smtp://mail.example.com", 587, Security::StartTls),
            ("smtp://192.0.2.1:25", 25, Security::StartTls),
            ("smtp://localhost:2525", 2525, Security::Loopback),
            ("smtp://127.0.0.1", 25, Security::Loopback),
            ("smtp://[::1]:2525", 2525, Security::Loopback),
            ("smtps://127.0.0.1", 465, Security::Tls),
            (
                "smtp://127.0.0.1:2525?tls=required",
                2525,
                Security::StartTls,
            ),
            (
                "smtp://mail.example.com/?tls=required",
                587,
                Security::StartTls,
            ),
            ("smtps://mail.example.com?tls=required", 465, Security::Tls),
        ] {
            let url = parsed(text);
            assert_eq!((url.port, url.security), (port, security), "{text}");
        }
        assert_eq!(parsed("smtp://[::1]").host, "::1");
    }

    #[test]
    fn a_password_is_decoded_and_does_not_print() {
        let url = parsed("smtps://udam%40example.com:h%2Fu+n&t=e%20r@mail.example.com");
        let (name, password) = url.user.as_ref().unwrap();
        assert_eq!(name, "udam@example.com");
        assert_eq!(password.expose(), "h/u+n&t=e r");
        let printed = format!("{url:?}");
        assert!(
            !printed.contains("n&t") && !printed.contains("udam@"),
            "{printed}"
        );
    }

    #[test]
    fn what_names_no_server_is_refused() {
        for text in [
            "",
            "mail.example.com",
            "https://mail.example.com",
            "smtps://",
            "smtps://user@mail.example.com",
            "smtps://:password@mail.example.com",
            "smtps://mail.example.com/path",
            "smtps://mail.example.com?tls=none",
        ] {
            assert!(text.parse::<SmtpUrl>().is_err(), "{text}");
        }
    }
}
