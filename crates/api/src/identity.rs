//! Authentication: the `Authorization` header with its session or API key.

use actix_web::http::header;
use actix_web::http::header::HeaderMap;
use udam_domain::account::{Account, AccountKey, Scope, SessionToken, SignedIn};
use udam_domain::order::Authority;

use super::problem::{ApiError, Problem};
use super::request_context::RequestContext;

/// The account that a request acts for.
pub(super) struct Caller {
    /// The account.
    pub(super) account: Account,
}

impl AsRef<Account> for Caller {
    fn as_ref(&self) -> &Account {
        &self.account
    }
}

impl RequestContext {
    /// The account that is signed in, or that an API key with the scope of the endpoint acts for.
    pub(super) async fn signed_in(&self) -> Result<Caller, ApiError> {
        let account = match self.key()? {
            Some((key, scope)) => self.holder(&key, scope).await?,
            None => self.session().await?.account,
        };
        Ok(Caller { account })
    }

    /// The account that is signed in. Fails with [`Problem::SessionRequired`] if the request has an API key.
    pub(super) async fn session(&self) -> Result<SignedIn, ApiError> {
        let token = self.token()?;
        if is_account_key(&token) {
            return Err(Problem::SessionRequired.into());
        }
        let signed_in = self
            .marketplace()
            .sessions
            .authenticate(&token)
            .await?
            .ok_or(Problem::Unauthenticated)?;
        self.record_account(signed_in.account.id);
        Ok(signed_in)
    }

    /// As [`signed_in`](Self::signed_in), with a session that has proved the second factor lately, if the account has one. Making
    /// an API key took such a proof.
    pub(super) async fn stepped_up(&self) -> Result<Caller, ApiError> {
        if self.key()?.is_some() {
            return self.signed_in().await;
        }
        let account = self.stepped_up_session().await?.account;
        Ok(Caller { account })
    }

    /// The account that is signed in, with a session that has proved the second factor lately, if the account has one.
    pub(super) async fn stepped_up_session(&self) -> Result<SignedIn, ApiError> {
        let signed_in = self.session().await?;
        signed_in.check_step_up(self.marketplace().clock.now())?;
        Ok(signed_in)
    }

    /// Authority to order: that of a session, which is looked up together with the order, or of the account of an API key.
    pub(super) async fn authority(&self) -> Result<Authority, ApiError> {
        if let Some((key, scope)) = self.key()? {
            return Ok(Authority::Account(self.holder(&key, scope).await?.id));
        }
        let token = self.token()?;
        let digest = self.marketplace().sessions.recognize(&token);
        Ok(Authority::Session(digest.ok_or(Problem::Unauthenticated)?))
    }

    /// The API key of the request, with the scope that the endpoint asks of it; `None` if it has none. Fails with
    /// [`Problem::SessionRequired`] if the endpoint takes no key.
    fn key(&self) -> Result<Option<(AccountKey, Scope)>, ApiError> {
        let token = self.token()?;
        if !is_account_key(&token) {
            return Ok(None);
        }
        let scope = self.credential.scope().ok_or(Problem::SessionRequired)?;
        Ok(Some((AccountKey::new(token.expose().to_owned()), scope)))
    }

    /// The account that a key acts for. Only who has a living key learns which scope it lacks.
    async fn holder(&self, key: &AccountKey, scope: Scope) -> Result<Account, ApiError> {
        let keys = &self.marketplace().account_keys;
        let holder = keys.authenticate(key).await?;
        let holder = holder.ok_or(Problem::Unauthenticated)?;
        self.record_account(holder.account.id);
        holder.key.scopes.allow(scope)?;
        Ok(holder.account)
    }

    fn token(&self) -> Result<SessionToken, Problem> {
        bearer(self.request.headers()).ok_or(Problem::Unauthenticated)
    }
}

fn is_account_key(token: &SessionToken) -> bool {
    token.expose().starts_with(AccountKey::PREFIX)
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
