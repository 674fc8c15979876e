//! The two cookies: who is signed in, and which browser a form was given to.

use actix_web::cookie::{Cookie, SameSite};
use actix_web::{HttpRequest, HttpResponse};
use udam_domain::account::SessionToken;
use udam_domain::time::Timestamp;

use crate::Stage;
use crate::error::PageError;

/// What a cookie is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// The session of whoever is signed in.
    Session,
    /// A random text that tells one browser from others, before anybody signs in.
    Visitor,
}

impl Purpose {
    /// `__Host-` has the browser refuse it unless it is secure, ours alone and for every path
    /// (RFC 6265bis, section 4.1.3.2). In development there is no TLS.
    const fn name(self, stage: Stage) -> &'static str {
        match (self, stage) {
            (Self::Session, Stage::Production) => "__Host-udam_session",
            (Self::Session, Stage::Development) => "udam_session",
            (Self::Visitor, Stage::Production) => "__Host-udam_visitor",
            (Self::Visitor, Stage::Development) => "udam_visitor",
        }
    }
}

/// What the browser has kept.
pub(crate) fn read(request: &HttpRequest, purpose: Purpose, stage: Stage) -> Option<String> {
    let cookie = request.cookie(purpose.name(stage))?;
    Some(cookie.value().to_owned()).filter(|value| !value.is_empty())
}

/// A cookie that the browser forgets when it is closed.
pub(crate) fn keep(purpose: Purpose, value: String, stage: Stage) -> Cookie<'static> {
    Cookie::build(purpose.name(stage), value)
        .path("/")
        .http_only(true)
        .secure(stage == Stage::Production)
        .same_site(SameSite::Lax)
        .finish()
}

/// Keeps a session for as long as it lives.
pub(crate) fn sign_in(
    token: &SessionToken,
    expires_at: Timestamp,
    now: Timestamp,
    stage: Stage,
) -> Cookie<'static> {
    let mut cookie = keep(Purpose::Session, token.expose().to_owned(), stage);
    let seconds = expires_at.as_second().saturating_sub(now.as_second());
    cookie.set_max_age(actix_web::cookie::time::Duration::seconds(seconds));
    cookie
}

/// Has the browser forget.
pub(crate) fn forget(purpose: Purpose, stage: Stage) -> Cookie<'static> {
    let mut cookie = keep(purpose, String::new(), stage);
    cookie.make_removal();
    cookie
}

/// Gives a cookie together with an answer.
pub(crate) fn set(answer: &mut HttpResponse, cookie: &Cookie<'_>) -> Result<(), PageError> {
    answer
        .add_cookie(cookie)
        .map_err(|error| PageError::Internal(error.to_string().into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn in_production_no_other_site_and_no_script_sees_the_session() {
        let token = SessionToken::new("ses_x".into());
        let now = Timestamp::UNIX_EPOCH;
        let later = Timestamp::from_second(60).unwrap();
        let cookie = sign_in(&token, later, now, Stage::Production).to_string();
        assert_eq!(
            cookie,
            "__Host-udam_session=ses_x; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=60"
        );
        let cookie = forget(Purpose::Session, Stage::Development).to_string();
        assert!(cookie.starts_with("udam_session=; HttpOnly; SameSite=Lax; Path=/; Max-Age=0"));
    }
}
