use std::fmt;
use std::str::FromStr;

use strum::{Display, EnumString, IntoStaticStr, VariantArray};

use crate::text::TextError;

/// Place in a request where a service expects its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyPlacement {
    /// A header, in which the key follows a prefix, such as `Bearer ` with its space.
    Header {
        /// Name of the header.
        name: HeaderName,
        /// Text before the key; may be empty.
        prefix: KeyPrefix,
    },
    /// A parameter of the query.
    Query(QueryName),
    /// Basic authentication (RFC 7617): the password of this user, or the user's name with an empty password.
    Basic(Option<BasicUser>),
}

/// Kind of a [`KeyPlacement`]. Its name, in snake case, is what clients and forms know it by.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    Default,
    Display,
    EnumString,
    IntoStaticStr,
    VariantArray,
)]
#[strum(serialize_all = "snake_case")]
pub enum KeyPlace {
    /// See [`KeyPlacement::Header`].
    #[default]
    Header,
    /// See [`KeyPlacement::Query`].
    Query,
    /// See [`KeyPlacement::Basic`].
    Basic,
}

impl Default for KeyPlacement {
    /// `Authorization: Bearer` (RFC 6750).
    fn default() -> Self {
        Self::in_header(None, None)
    }
}

impl KeyPlacement {
    /// The key in a header: in `Authorization` unless `name` names another. Without a prefix, it is a bearer token
    /// (RFC 6750) in `Authorization`, and stands alone in any other.
    #[must_use]
    pub fn in_header(name: Option<HeaderName>, prefix: Option<KeyPrefix>) -> Self {
        const DEFAULT: &str = "Authorization";

        let name = name.unwrap_or_else(|| HeaderName(DEFAULT.to_owned()));
        let prefix = prefix.unwrap_or_else(|| {
            let is_default = name.as_str().eq_ignore_ascii_case(DEFAULT);
            let prefix = if is_default { "Bearer " } else { "" };
            KeyPrefix(prefix.to_owned())
        });
        Self::Header { name, prefix }
    }

    /// Its kind.
    #[must_use]
    pub const fn place(&self) -> KeyPlace {
        match self {
            Self::Header { .. } => KeyPlace::Header,
            Self::Query(_) => KeyPlace::Query,
            Self::Basic(_) => KeyPlace::Basic,
        }
    }
}

/// Headers that say how a message is sent, or for whom: no service takes its key there, and a request that has two of
/// them is understood in two ways.
const RESERVED_HEADERS: [&str; 17] = [
    "accept-encoding",
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "cookie",
    "expect",
    "forwarded",
    "host",
    "keep-alive",
    "proxy-connection",
    "set-cookie",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "via",
];

macro_rules! checked_text {
    ($(#[$doc:meta])* $name:ident, $most:literal, $check:expr, $form:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        pub struct $name(String);

        impl $name {
            /// Most characters.
            pub const MAX_LENGTH: usize = $most;

            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = TextError;

            fn from_str(text: &str) -> Result<Self, TextError> {
                if text.len() > $most {
                    return Err(TextError::TooLong { most: $most });
                }
                let check: fn(&str) -> bool = $check;
                if check(text) {
                    Ok(Self(text.to_owned()))
                } else {
                    Err(TextError::Form($form))
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

checked_text!(
    /// Name of a header (RFC 9110, section 5.1) that can carry a key: 1 to 64 characters.
    HeaderName,
    64,
    is_header_name,
    "must be the name of a header that can carry a key, such as X-Api-Key"
);
checked_text!(
    /// Text before a key in a header: up to 32 printable ASCII characters.
    KeyPrefix,
    32,
    |text| text.bytes().all(is_printable) && text.trim_start().len() == text.len(),
    "must be printable ASCII characters that do not begin with a space"
);
checked_text!(
    /// Name of a parameter of a query: 1 to 64 characters that need no encoding (RFC 3986, section 2.3).
    QueryName,
    64,
    |text| !text.is_empty() && text.bytes().all(is_unreserved),
    "must be letters, digits, hyphens, dots, underscores and tildes"
);
checked_text!(
    /// Name of a user of basic authentication: 1 to 64 printable ASCII characters without a colon.
    BasicUser,
    64,
    |text| !text.is_empty() && text.bytes().all(|byte| is_printable(byte) && byte != b':'),
    "must be printable ASCII characters without a colon"
);

fn is_header_name(text: &str) -> bool {
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    let lower = text.to_ascii_lowercase();
    let is_reserved = RESERVED_HEADERS.contains(&lower.as_str())
        || ["proxy-", "sec-", "udam-", "x-forwarded-", "x-udam-"]
            .iter()
            .any(|family| lower.starts_with(family));
    !text.is_empty() && text.bytes().all(is_token) && !is_reserved
}

const fn is_printable(byte: u8) -> bool {
    matches!(byte, b' '..=b'~')
}

const fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_travels_in_a_header_of_its_own() {
        for name in ["X-Api-Key", "Authorization", "apikey", "X!#$"] {
            assert!(name.parse::<HeaderName>().is_ok(), "{name}");
        }
        for name in [
            "",
            "X Key",
            "X:Key",
            "Host",
            "TRANSFER-ENCODING",
            "content-length",
            "X-Forwarded-For",
            "UDAM-Units",
            "Proxy-Authorization",
            "Sec-WebSocket-Key",
            "K\u{e4}y",
            "X\r\nHost",
        ] {
            assert!(name.parse::<HeaderName>().is_err(), "{name}");
        }
        assert!("x".repeat(65).parse::<HeaderName>().is_err());
    }

    #[test]
    fn a_key_is_a_bearer_token_in_authorization_and_stands_alone_elsewhere() {
        let prefix = |name: Option<&str>, prefix: Option<&str>| {
            let name = name.map(|name| name.parse().unwrap());
            let prefix = prefix.map(|prefix| prefix.parse().unwrap());
            match KeyPlacement::in_header(name, prefix) {
                KeyPlacement::Header { name, prefix } => format!("{name}: {prefix}"),
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(prefix(None, None), "Authorization: Bearer ");
        assert_eq!(
            prefix(Some("authorization"), None),
            "authorization: Bearer "
        );
        assert_eq!(prefix(Some("X-Api-Key"), None), "X-Api-Key: ");
        assert_eq!(prefix(None, Some("Token ")), "Authorization: Token ");
        assert_eq!(prefix(Some("Authorization"), Some("")), "Authorization: ");
        assert_eq!(KeyPlacement::default().place(), KeyPlace::Header);
    }

    #[test]
    fn no_part_of_a_credential_ends_a_line() {
        assert_eq!("Bearer ".parse::<KeyPrefix>().unwrap().as_str(), "Bearer ");
        assert!("".parse::<KeyPrefix>().is_ok());
        for prefix in [" Bearer", "a\r\n", "\u{e4}"] {
            assert!(prefix.parse::<KeyPrefix>().is_err(), "{prefix}");
        }
        assert!("api_key".parse::<QueryName>().is_ok());
        for name in ["", "a=b", "a&b", "a b", "a%20"] {
            assert!(name.parse::<QueryName>().is_err(), "{name}");
        }
        assert!("api".parse::<BasicUser>().is_ok());
        for user in ["", "a:b", "a\n"] {
            assert!(user.parse::<BasicUser>().is_err(), "{user}");
        }
    }
}
