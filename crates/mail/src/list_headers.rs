//! Headers by which mail programs end mails of a topic, at the press of a button (RFC 2369, RFC 8058).

use std::error::Error;

use lettre::message::header::{Header, HeaderName, HeaderValue};

type Parsed<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// `List-Unsubscribe`: an address in angle brackets, of ASCII characters.
#[derive(Debug, Clone)]
pub(crate) struct ListUnsubscribe(pub(crate) String);

impl Header for ListUnsubscribe {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("List-Unsubscribe")
    }

    fn parse(text: &str) -> Parsed<Self> {
        Ok(Self(text.to_owned()))
    }

    fn display(&self) -> HeaderValue {
        // As it is, in one line: it would be folded at its length, which programs take amiss.
        HeaderValue::dangerous_new_pre_encoded(Self::name(), self.0.clone(), self.0.clone())
    }
}

/// `List-Unsubscribe-Post`: a form of this one field, posted to that address, ends the mails.
#[derive(Debug, Clone)]
pub(crate) struct ListUnsubscribePost;

/// The field.
const ONE_CLICK: &str = "List-Unsubscribe=One-Click";

impl Header for ListUnsubscribePost {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("List-Unsubscribe-Post")
    }

    fn parse(_text: &str) -> Parsed<Self> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), ONE_CLICK.to_owned())
    }
}
