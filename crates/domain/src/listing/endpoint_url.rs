use std::fmt;
use std::str::FromStr;

use url::Url;

use crate::text::{TextError, line};

/// Address of a service: an `http` or `https` address of at most 2,048 characters.
///
/// Everyone can read it, so an address that carries a user name or password is refused.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct EndpointUrl(String);

impl EndpointUrl {
    /// Most characters of an address.
    pub const MAX_LENGTH: usize = 2_048;

    /// The address, normalized.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for EndpointUrl {
    type Err = TextError;

    fn from_str(text: &str) -> Result<Self, TextError> {
        let text = line(text, Self::MAX_LENGTH)?;
        let not_an_address = TextError::Form("must be an http or https address");
        let Ok(url) = Url::parse(&text) else {
            return Err(not_an_address);
        };
        if !matches!(url.scheme(), "http" | "https") {
            return Err(not_an_address);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(TextError::Form(
                "must not carry a user name or password: all can read it",
            ));
        }
        let address = String::from(url);
        if address.len() > Self::MAX_LENGTH {
            return Err(TextError::TooLong {
                most: Self::MAX_LENGTH,
            });
        }
        Ok(Self(address))
    }
}

impl fmt::Display for EndpointUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_is_a_web_address_without_credentials() {
        let parse = |text: &str| {
            text.parse::<EndpointUrl>()
                .map(|url| url.as_str().to_owned())
        };
        assert_eq!(
            parse(" https://API.example.com/v1 ").unwrap(),
            "https://api.example.com/v1"
        );
        for text in [
            "",
            "example.com",
            "ftp://x.com",
            "javascript:alert(1)",
            "https://",
            "http://a b",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
        assert!(parse("https://user:pw@example.com").is_err());
        assert!(parse(&format!("https://example.com/{}", "é".repeat(2_000))).is_err());
    }
}
