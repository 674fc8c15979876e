//! Authentication: the `Authorization` header and its session.

use actix_web::http::header;
use actix_web::http::header::HeaderMap;
use udam_domain::account::{SessionToken, SignedIn};
use udam_domain::order::Authority;

use super::problem::{ApiError, Problem};
use super::request_context::RequestContext;

impl RequestContext {
    /// The signed-in account.
    pub(super) async fn signed_in(&self) -> Result<SignedIn, ApiError> {
        let token = self.token()?;
        let signed_in = self
            .marketplace()
            .sessions
            .authenticate(&token)
            .await?
            .ok_or(Problem::Unauthenticated)?;
        self.record_account(signed_in.account.id);
        Ok(signed_in)
    }

    /// The signed-in account, whose session has proved the second factor lately, if the account has one.
    pub(super) async fn stepped_up(&self) -> Result<SignedIn, ApiError> {
        let signed_in = self.signed_in().await?;
        signed_in.check_step_up(self.marketplace().clock.now())?;
        Ok(signed_in)
    }

    /// Authority to order by a session that is looked up together with the order.
    pub(super) fn authority(&self) -> Result<Authority, ApiError> {
        let token = self.token()?;
        let digest = self.marketplace().sessions.recognize(&token);
        Ok(Authority::Session(digest.ok_or(Problem::Unauthenticated)?))
    }

    fn token(&self) -> Result<SessionToken, Problem> {
        bearer(self.request.headers()).ok_or(Problem::Unauthenticated)
    }
}

/// The token of the one `Authorization` header, if its scheme is `Bearer` (RFC 6750, RFC 9110).
fn bearer(headers: &HeaderMap) -> Option<SessionToken> {
    let mut given = headers.get_all(header::AUTHORIZATION);
    let credentials = given.next()?.to_str().ok()?;
    if given.next().is_some() {
        return None;
    }
    let (scheme, token) = credentials.trim().split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then(|| SessionToken::new(token.trim().to_owned()))
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    fn token(values: &[&'static str]) -> Option<String> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(header::AUTHORIZATION, HeaderValue::from_static(value));
        }
        bearer(&headers).map(|token| token.expose().to_owned())
    }

    #[test]
    fn the_scheme_is_read_in_any_case() {
        for header in ["Bearer abc", "bearer abc", "BEARER  abc "] {
            assert_eq!(token(&[header]).as_deref(), Some("abc"), "{header}");
        }
    }

    #[test]
    fn anything_but_one_bearer_token_is_unauthenticated() {
        assert_eq!(token(&[]), None);
        assert_eq!(token(&["Bearer"]), None);
        assert_eq!(token(&["Basic YTpi"]), None);
        assert_eq!(token(&["Bearer abc", "Bearer def"]), None);
    }
}
