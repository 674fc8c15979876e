//! Protection against cross-site request forgery.
//!
//! Every form carries a token derived from a secret in the visitor's cookie: the session token or, before they
//! log in, a random secret. Another site can cause the cookie to be sent but cannot read it, and so cannot derive
//! the token. In addition, the `Origin` that browsers send has to be ours.

use std::sync::Once;

use actix_web::http::Uri;
use actix_web::http::header::{self, HeaderMap};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::hmac;
use url::Url;

/// Separates these tokens from other values derived from the same secret.
const PURPOSE: &[u8] = b"udam storefront form";

/// CSRF token for the forms of the holder of this secret.
pub(crate) fn token(secret: &str) -> String {
    URL_SAFE_NO_PAD.encode(hmac::sign(&key(secret), PURPOSE))
}

/// Verifies a CSRF token in constant time.
pub(crate) fn is_genuine(token: &str, secret: &str) -> bool {
    URL_SAFE_NO_PAD
        .decode(token)
        .is_ok_and(|tag| hmac::verify(&key(secret), PURPOSE, &tag).is_ok())
}

/// Signature over the code of a flash message and the path that shows it, for the holder of this secret.
pub(crate) fn flash_signature(secret: &str, path: &str, code: &str) -> String {
    let statement = format!("udam storefront said\0{path}\0{code}");
    URL_SAFE_NO_PAD.encode(hmac::sign(&key(secret), statement.as_bytes()))
}

fn key(secret: &str) -> hmac::Key {
    hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes())
}

/// Whether the form was sent from one of our pages, by the headers of the browser. Without such headers, the token
/// alone decides.
pub(crate) fn is_same_origin(headers: &HeaderMap, public_url: Option<&Url>) -> bool {
    let Some(origin) = headers.get(header::ORIGIN) else {
        return headers
            .get("sec-fetch-site")
            .is_none_or(|site| site == "same-origin" || site == "none");
    };
    let Ok(origin) = origin.to_str() else {
        return false;
    };
    let ours = public_url.map(|url| url.origin().ascii_serialization());
    if ours.is_some_and(|ours| ours == origin) {
        return true;
    }
    let Ok(origin) = origin.parse::<Uri>() else {
        return false;
    };
    // An attacker on plain HTTP must not be able to send forms to a site with TLS.
    let scheme = match public_url {
        Some(url) => origin.scheme_str() == Some(url.scheme()),
        None => matches!(origin.scheme_str(), Some("http" | "https")),
    };
    let host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
    let authority = origin.authority();
    scheme && authority.is_some_and(|authority| Some(authority.as_str()) == host)
}

/// Says once, for operators, what makes every form be refused: a proxy that does not pass on `Host`.
pub(crate) fn warn_of_missing_host(headers: &HeaderMap, public_url: Option<&Url>) {
    static WARNED: Once = Once::new();

    let (origin, host) = (headers.get(header::ORIGIN), headers.get(header::HOST));
    if public_url.is_none() && origin.is_some() {
        WARNED.call_once(|| {
            tracing::warn!(
                ?origin,
                ?host,
                "a form was refused because it does not come from this host; if that is your site, set \
                 UDAM_PUBLIC_URL to it, or have the proxy in front pass on Host"
            );
        });
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{HeaderName, HeaderValue};

    use super::*;

    #[test]
    fn a_token_is_valid_for_its_own_secret_only() {
        let made = token("ses_a");
        assert!(is_genuine(&made, "ses_a"));
        for (token, secret) in [(made.as_str(), "ses_b"), ("", "ses_a"), ("?", "ses_a")] {
            assert!(!is_genuine(token, secret));
        }
    }

    fn from_here(given: &[(&'static str, &'static str)]) -> bool {
        let mut headers = HeaderMap::new();
        for (name, value) in given {
            headers.insert(
                HeaderName::from_static(name),
                HeaderValue::from_static(value),
            );
        }
        let public_url = Url::parse("https://udam.example/").ok();
        is_same_origin(&headers, public_url.as_ref())
    }

    #[test]
    fn a_form_may_come_from_its_own_host_or_the_public_url() {
        assert!(from_here(&[("origin", "https://a:80"), ("host", "a:80")]));
        assert!(from_here(&[
            ("origin", "https://udam.example"),
            ("host", "10.0.0.1")
        ]));
        assert!(from_here(&[("host", "a")]));
        assert!(from_here(&[("sec-fetch-site", "same-origin")]));
    }

    #[test]
    fn a_form_of_another_origin_is_recognized() {
        for origin in [
            "https://evil.example",
            "null",
            "https://a:81",
            "http://a:80",
            "a:80",
            "",
        ] {
            assert!(
                !from_here(&[("origin", origin), ("host", "a:80")]),
                "{origin}"
            );
        }
        assert!(!from_here(&[("sec-fetch-site", "cross-site")]));
    }
}
