use std::fmt;
use std::str::FromStr;

use url::Url;

use super::private_host::is_private;
use crate::text::{TextError, line};

/// Address of a service: an `http` or `https` address of at most 2,048 characters, kept as it was typed.
///
/// It may be a template (RFC 6570), such as `https://api.example/{lat}/{lon}`, which encoding would break. Only an
/// address that parsers read as another one, as with white space in it, is kept as they read it. Everyone can read it, so an address that carries a user name or password is refused.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct EndpointUrl(String);

impl EndpointUrl {
    /// Most characters of an address.
    pub const MAX_LENGTH: usize = 2_048;

    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns whether buyers outside of the seller's machine and network cannot reach it, as far as the address
    /// tells.
    #[must_use]
    pub fn is_private(&self) -> bool {
        let url = parse_template(&self.0);
        url.is_none_or(|url| url.host().is_none_or(|host| is_private(&host)))
    }
}

impl FromStr for EndpointUrl {
    type Err = TextError;

    fn from_str(text: &str) -> Result<Self, TextError> {
        let text = line(text, Self::MAX_LENGTH)?;
        let url = parse_template(&text).filter(|url| matches!(url.scheme(), "http" | "https"));
        let url = url.ok_or(TextError::Form("must be an http or https address"))?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(TextError::Form(
                "must not carry a user name or password: all can read it",
            ));
        }
        // Clients send it encoded, which is longer.
        if url.as_str().len() > Self::MAX_LENGTH {
            return Err(TextError::TooLong {
                most: Self::MAX_LENGTH,
            });
        }
        if means_what_it_says(&text) {
            Ok(Self(text))
        } else {
            Ok(Self(url.into()))
        }
    }
}

/// Whether clients read the address as people do. White space, backslashes and missing slashes are taken by the
/// parser for something else.
fn means_what_it_says(text: &str) -> bool {
    let misread = |character: char| character.is_whitespace() || character == '\\';
    let host = text.split_once("://").map(|(_scheme, host)| host);
    host.is_some_and(|host| !host.starts_with('/')) && !text.contains(misread)
}

/// Parses an address whose port may be a variable, as in `https://api.example:{port}`. Anywhere else, the parser
/// takes the braces of a variable.
fn parse_template(text: &str) -> Option<Url> {
    let plain = Url::parse(text).ok();
    plain.or_else(|| {
        let (before, after) = text.split_once(":{")?;
        let (_variable, after) = after.split_once('}')?;
        Url::parse(&format!("{before}:1{after}")).ok()
    })
}

impl fmt::Display for EndpointUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_endpoint_is_a_web_address_without_credentials() {
        let parse = |text: &str| {
            text.parse::<EndpointUrl>()
                .map(|url| url.as_str().to_owned())
        };
        assert_eq!(
            parse(" https://API.example.com/v1 ").unwrap(),
            "https://API.example.com/v1"
        );
        for text in [
            "",
            "example.com",
            "ftp://x.com",
            "javascript:alert(1)",
            "https://",
            "http://a b",
            "https://a:{port",
            "https://example.com:port",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
        for text in [
            "https://user:pw@example.com",
            "https://{user}@example.com",
            "https://{u}:{p}@{host}",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
        assert!(parse(&format!("https://example.com/{}", "é".repeat(2_000))).is_err());
    }

    #[test]
    fn an_address_that_only_its_own_network_reaches_is_private() {
        let is_private = |text: &str| text.parse::<EndpointUrl>().unwrap().is_private();
        for text in [
            "http://localhost:8080/",
            "https://LOCALHOST./v1",
            "https://api.localhost",
            "https://printer.local",
            "https://nas.home.arpa",
            "https://metadata.google.internal",
            "https://intranet/v1",
            "http://127.0.0.1",
            "http://127.1",
            "http://0x7f000001",
            "http://2130706433",
            "http://0.0.0.0",
            "http://10.1.2.3:{port}/",
            "http://172.16.0.1",
            "http://192.168.1.1",
            "http://169.254.169.254/latest/meta-data",
            "http://100.64.0.1",
            "http://100.127.255.255",
            "http://[::1]",
            "http://[::ffff:10.0.0.1]",
            "http://[fd00::1]",
            "http://[fe80::1]",
            "http://[::]",
        ] {
            assert!(is_private(text), "{text}");
        }
        for text in [
            "https://api.example.com/v1",
            "https://{region}.api.example:{port}/",
            "https://{host}/v1",
            "https://localhost.example.com",
            "https://notlocal.example",
            "http://8.8.8.8",
            "http://172.32.0.1",
            "http://100.128.0.1",
            "http://[2001:4860:4860::8888]",
        ] {
            assert!(!is_private(text), "{text}");
        }
    }

    #[test]
    fn an_endpoint_stays_as_it_was_typed() {
        for text in [
            "https://api.example/{lat}/{lon}",
            "https://{region}.api.example/v1",
            "https://api.{tld}:{port}/{+path}{?q,page*}",
            "https://api.example:{port}/",
            "http://api.example",
            "https://api.example/wetter/m\u{fc}nchen?q=a|b#c^d",
            "https://api.example/a%7Bb%7D",
            "HTTPS://api.example/../v1",
        ] {
            assert_eq!(text.parse::<EndpointUrl>().unwrap().as_str(), text);
        }
    }

    #[test]
    fn an_endpoint_that_parsers_read_as_another_is_kept_as_they_read_it() {
        for (text, read) in [
            ("https://a.example/b c", "https://a.example/b%20c"),
            ("https:a.example", "https://a.example/"),
            ("https:///a.example", "https://a.example/"),
            ("https:\\\\a.example\\v1", "https://a.example/v1"),
            (
                "https://a.example\\@other.example",
                "https://a.example/@other.example",
            ),
        ] {
            assert_eq!(text.parse::<EndpointUrl>().unwrap().as_str(), read);
        }
    }

    proptest! {
        #[test]
        fn what_is_kept_is_what_was_typed_and_is_accepted_again(
            rest in "[a-z0-9./{}:@?#%|\\\\ \u{e9}-]{1,40}"
        ) {
            let text = format!("https://{rest}");
            if let Ok(endpoint) = text.parse::<EndpointUrl>() {
                if means_what_it_says(text.trim()) {
                    prop_assert_eq!(endpoint.as_str(), text.trim());
                }
                prop_assert_eq!(endpoint.as_str().parse::<EndpointUrl>(), Ok(endpoint));
            }
        }
    }
}
