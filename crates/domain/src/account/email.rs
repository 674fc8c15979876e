use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// An email address, in lower case, so that two spellings of one address are one account.
///
/// Its form is that of the [HTML standard](https://html.spec.whatwg.org/#valid-e-mail-address), at
/// most 254 characters, so that every address that a browser's form accepts is accepted here.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Email(String);

/// The text is not an email address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("must be an email address, such as ada@example.com")]
pub struct EmailError;

impl Email {
    /// Most characters of an address.
    pub const MAX_LENGTH: usize = 254;

    /// Most characters before the `@`.
    pub const MAX_LOCAL_LENGTH: usize = 64;

    /// The address in lower case.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Email {
    type Err = EmailError;

    fn from_str(text: &str) -> Result<Self, EmailError> {
        let text = text.trim();
        let (local, domain) = text.split_once('@').ok_or(EmailError)?;
        let valid = text.len() <= Self::MAX_LENGTH
            && (1..=Self::MAX_LOCAL_LENGTH).contains(&local.len())
            && local.bytes().all(is_local)
            && domain.split('.').all(is_label);
        if valid {
            Ok(Self(text.to_ascii_lowercase()))
        } else {
            Err(EmailError)
        }
    }
}

fn is_local(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b".!#$%&'*+/=?^_`{|}~-".contains(&byte)
}

fn is_label(label: &str) -> bool {
    (1..=63).contains(&label.len())
        && label
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        && !label.starts_with('-')
        && !label.ends_with('-')
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_spellings_of_an_address_are_one() {
        let email: Email = " Ada.Lovelace@Example.COM ".parse().unwrap();
        assert_eq!(email.as_str(), "ada.lovelace@example.com");
    }

    #[test]
    fn an_address_that_no_browser_would_send_is_rejected() {
        let long = format!("{}@example.com", "a".repeat(65));
        for text in [
            "",
            "ada",
            "@example.com",
            "ada@",
            "a@b@c",
            "a b@example.com",
            "ada@-x.com",
            "ada@x..com",
            "ada@exämple.com",
            "\"ada\"@example.com",
            "ada@example.com\0",
            &long,
        ] {
            assert_eq!(text.parse::<Email>(), Err(EmailError), "{text}");
        }
    }
}
