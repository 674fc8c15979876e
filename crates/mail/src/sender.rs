use std::fmt;
use std::str::FromStr;

use lettre::message::Mailbox;
use thiserror::Error;

/// Who mails are from: an address, with a name or without one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sender(Mailbox);

/// The text is no address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("must be an address such as market@example.com, or Market <market@example.com>")]
pub struct SenderError;

impl Sender {
    pub(crate) fn mailbox(&self) -> Mailbox {
        self.0.clone()
    }

    /// Domain of the address, in which mails get their identifiers.
    pub(crate) fn domain(&self) -> &str {
        self.0.email.domain()
    }
}

impl FromStr for Sender {
    type Err = SenderError;

    fn from_str(text: &str) -> Result<Self, SenderError> {
        if text.chars().any(char::is_control) {
            return Err(SenderError);
        }
        text.parse().map(Self).map_err(|_malformed| SenderError)
    }
}

impl fmt::Display for Sender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sender_is_an_address_with_a_name_or_without_one() {
        let plain: Sender = "market@example.com".parse().unwrap();
        assert_eq!(plain.domain(), "example.com");
        let named: Sender = "Data Market <market@example.com>".parse().unwrap();
        assert_eq!(named.mailbox().name.as_deref(), Some("Data Market"));
        for text in ["", "market", "a@b.com\r\nBcc: c@d.com", "a@b.com, c@d.com"] {
            assert_eq!(text.parse::<Sender>(), Err(SenderError), "{text}");
        }
    }
}
