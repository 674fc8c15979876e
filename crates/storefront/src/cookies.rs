//! The cookies: the session, the CSRF secret of browsers without one, and the secret of browsers that have
//! logged in.

use actix_web::cookie::{Cookie, SameSite};
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse};
use udam_domain::account::{LogInPlace, SessionToken};
use udam_domain::time::Timestamp;

use crate::error::PageError;
use crate::storefront::Stage;

/// The purpose of a cookie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// The session token.
    Session,
    /// A random secret that CSRF tokens are derived from while nobody is signed in.
    Visitor,
    /// The secret by which an account recognizes a browser.
    Device,
}

impl Purpose {
    /// The prefix `__Host-` makes browsers refuse a cookie that is not secure, host-only and for all paths
    /// (RFC 6265bis, section 4.1.3.2). In development there is no TLS.
    const fn name(self, stage: Stage) -> &'static str {
        match (self, stage) {
            (Self::Session, Stage::Production) => "__Host-udam_session",
            (Self::Session, Stage::Development) => "udam_session",
            (Self::Visitor, Stage::Production) => "__Host-udam_visitor",
            (Self::Visitor, Stage::Development) => "udam_visitor",
            (Self::Device, Stage::Production) => "__Host-udam_device",
            (Self::Device, Stage::Development) => "udam_device",
        }
    }
}

/// The cookie's value, unless it is missing or empty.
///
/// Browsers send all cookies of a host in one header, also those of its other sites, with whatever bytes are in
/// them. Ours are plain ASCII, and are read from among the others without reading those.
pub(crate) fn read(request: &HttpRequest, purpose: Purpose, stage: Stage) -> Option<String> {
    let headers = request.headers().get_all(header::COOKIE);
    let mut pairs = headers.flat_map(|header| header.as_bytes().split(|byte| *byte == b';'));
    pairs.find_map(|pair| value(pair, purpose.name(stage)))
}

/// The value of this `name=value`, if it has this name and is not empty.
fn value(pair: &[u8], name: &str) -> Option<String> {
    let pair = std::str::from_utf8(pair).ok()?.trim_ascii();
    let value = pair.strip_prefix(name)?.strip_prefix('=')?;
    (!value.is_empty()).then(|| value.to_owned())
}

/// A cookie that lasts until the browser is closed.
pub(crate) fn session_cookie(purpose: Purpose, value: String, stage: Stage) -> Cookie<'static> {
    Cookie::build(purpose.name(stage), value)
        .path("/")
        .http_only(true)
        .secure(stage == Stage::Production)
        .same_site(SameSite::Lax)
        .finish()
}

/// The cookie of a login session, which expires with it.
pub(crate) fn sign_in(
    token: &SessionToken,
    expires_at: Timestamp,
    now: Timestamp,
    stage: Stage,
) -> Cookie<'static> {
    let mut cookie = session_cookie(Purpose::Session, token.expose().to_owned(), stage);
    let seconds = expires_at.as_second().saturating_sub(now.as_second());
    cookie.set_max_age(actix_web::cookie::time::Duration::seconds(seconds));
    cookie
}

/// The cookie with a browser's secret, which lasts as long as an account is recognized by it.
pub(crate) fn device(secret: &str, stage: Stage) -> Cookie<'static> {
    let mut cookie = session_cookie(Purpose::Device, secret.to_owned(), stage);
    let seconds = LogInPlace::KEPT_FOR.as_secs();
    cookie.set_max_age(actix_web::cookie::time::Duration::seconds(seconds));
    cookie
}

/// A cookie that removes the browser's.
pub(crate) fn removal(purpose: Purpose, stage: Stage) -> Cookie<'static> {
    let mut cookie = session_cookie(purpose, String::new(), stage);
    cookie.make_removal();
    cookie
}

/// Sets a cookie on a response.
pub(crate) fn set(response: &mut HttpResponse, cookie: &Cookie<'_>) -> Result<(), PageError> {
    response
        .add_cookie(cookie)
        .map_err(|error| PageError::Internal(error.to_string().into()))
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn in_production_the_session_cookie_is_hidden_from_other_sites_and_scripts() {
        let token = SessionToken::new("ses_x".into());
        let now = Timestamp::UNIX_EPOCH;
        let later = Timestamp::from_second(60).unwrap();
        let cookie = sign_in(&token, later, now, Stage::Production).to_string();
        assert_eq!(
            cookie,
            "__Host-udam_session=ses_x; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=60"
        );
        let cookie = removal(Purpose::Session, Stage::Development).to_string();
        assert!(cookie.starts_with("udam_session=; HttpOnly; SameSite=Lax; Path=/; Max-Age=0"));
    }

    #[test]
    fn odd_cookies_of_other_sites_are_passed_over() {
        let read = |headers: &[&[u8]]| {
            let mut request = TestRequest::get();
            for header in headers {
                let value = HeaderValue::from_bytes(header).unwrap();
                request = request.append_header((header::COOKIE, value));
            }
            read(
                &request.to_http_request(),
                Purpose::Session,
                Stage::Development,
            )
        };
        let found = Some("ses_x".to_owned());
        for headers in [
            &[&b"udam_session=ses_x"[..]][..],
            &[b"z=\xe9; udam_session=ses_x"],
            &[b"udam_session=ses_x;z=\xff\xfe"],
            &[b"%zz; =; ;; a==b; udam_session=ses_x; \"q; p=\x80"],
            &[b"udam_session=\xe9; udam_session=; udam_session=ses_x"],
            &[b"z=\xe9", b"udam_session=ses_x"],
        ] {
            assert_eq!(read(headers), found, "{headers:?}");
        }
        for headers in [
            &[][..],
            &[&b""[..]],
            &[b"udam_session="],
            &[b"udam_session"],
            &[b"udam_sessions=ses_x; xudam_session=ses_x; Udam_session=ses_x"],
            &[b"udam_session=\xe9"],
        ] {
            assert_eq!(read(headers), None, "{headers:?}");
        }
    }
}
