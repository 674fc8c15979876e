//! A request for a page: its session, and the form or query that came with it.

mod body;
mod flash;

use std::net::IpAddr;
use std::str::FromStr;

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use udam_domain::Marketplace;
use udam_domain::account::{Origin, SessionDigest, SessionToken, SignedIn, StepUpRequired};
use udam_domain::audit::Actor;
use udam_domain::id::ListingId;
use udam_domain::marketplace::{Gateway, MailLinks};
use udam_domain::order::Authority;
use udam_domain::page::PageRequest;
use udam_web::{RateLimitClass, origin, record_acting_account};
use url::Url;
use zeroize::Zeroizing;

use crate::cookies::{self, Purpose};
use crate::csrf;
use crate::error::PageError;
use crate::form::Form;
use crate::layout::{Layout, Viewer};
use crate::storefront::{Stage, Storefront};

/// A request that has passed the rate limit. If it is a `POST`, its body is complete and its CSRF token
/// and origin are verified.
pub(crate) struct Request {
    pub(crate) store: web::Data<Storefront>,
    pub(crate) http: HttpRequest,
    /// Fields of the submitted form, or of the query.
    pub(crate) form: Form,
    /// Client address; `None` if it is unknown.
    address: Option<IpAddr>,
    signed_in: Option<(SignedIn, SessionDigest)>,
    /// Cookie value that CSRF tokens and flash signatures are derived from.
    secret: Option<Zeroizing<String>>,
}

impl Request {
    /// Admits a `GET` or `HEAD` request.
    pub(crate) async fn from_get(
        store: web::Data<Storefront>,
        request: HttpRequest,
    ) -> Result<Self, PageError> {
        let address = store
            .dependencies
            .admission
            .admit(&request, RateLimitClass::General)?;
        let form = Form::parse(request.query_string().as_bytes());
        Self::authenticated(store, request, address, form).await
    }

    /// Admits a `POST` request whose form was issued to this browser.
    pub(crate) async fn from_post(
        store: web::Data<Storefront>,
        request: HttpRequest,
        body: web::Payload,
        class: RateLimitClass,
    ) -> Result<Self, PageError> {
        let address = store.dependencies.admission.admit(&request, class)?;
        let public_url = store.settings.public_url.as_ref();
        if !csrf::is_same_origin(request.headers(), public_url) {
            csrf::warn_of_missing_host(request.headers(), public_url);
            return Err(PageError::CsrfRejected);
        }
        // The session is looked up after the whole body has arrived: it could end in between.
        let form = Form::parse(&body::read(request.headers(), body).await?);
        let request = Self::authenticated(store, request, address, form).await?;
        let token = request.form.value("csrf");
        let genuine = request
            .secret
            .as_ref()
            .is_some_and(|secret| csrf::is_genuine(token, secret));
        if genuine {
            Ok(request)
        } else if request.signed_in.is_none() && request.cookie(Purpose::Session).is_some() {
            // The form was issued to a session that has ended since.
            Err(request.login_required())
        } else {
            Err(PageError::CsrfRejected)
        }
    }

    /// Admits a `POST` request that needs no session: the secret in its query says what may be done. Programs send it as well,
    /// with a body of any form, which does not matter.
    pub(crate) async fn from_secret_link(
        store: web::Data<Storefront>,
        request: HttpRequest,
        body: web::Payload,
        class: RateLimitClass,
    ) -> Result<Self, PageError> {
        let address = store.dependencies.admission.admit(&request, class)?;
        body::discard(request.headers(), body).await?;
        let form = Form::parse(request.query_string().as_bytes());
        Self::authenticated(store, request, address, form).await
    }

    async fn authenticated(
        store: web::Data<Storefront>,
        http: HttpRequest,
        address: Option<IpAddr>,
        form: Form,
    ) -> Result<Self, PageError> {
        let mut request = Self {
            store,
            http,
            form,
            address,
            signed_in: None,
            secret: None,
        };
        if let Some(text) = request.cookie(Purpose::Session) {
            let sessions = &request.store.marketplace.sessions;
            let token = SessionToken::new(text);
            if let Some(digest) = sessions.recognize(&token)
                && let Some(signed_in) = sessions.authenticate(&token).await?
            {
                record_acting_account(&request.http, signed_in.account.id);
                request.secret = Some(Zeroizing::new(token.expose().to_owned()));
                request.signed_in = Some((signed_in, digest));
            }
        }
        if request.signed_in.is_none() {
            request.secret = request.cookie(Purpose::Visitor).map(Zeroizing::new);
        }
        Ok(request)
    }

    /// Whether the marketplace sends mail.
    pub(crate) fn sends_mail(&self) -> bool {
        let links = self.store.marketplace.mail_links.as_ref();
        links.is_some_and(MailLinks::sends_mail)
    }

    /// The browser's cookie of this purpose.
    pub(crate) fn cookie(&self, purpose: Purpose) -> Option<String> {
        cookies::read(&self.http, purpose, self.store.stage())
    }

    /// Creates the secret for the forms of a browser that has no cookie of ours yet, to be set on the
    /// response.
    pub(crate) fn issue_csrf_cookie(&mut self) -> Option<NewCsrfCookie> {
        if self.secret.is_some() {
            return None;
        }
        let mut bytes = [0; 32];
        self.marketplace().entropy.fill(&mut bytes);
        let text = URL_SAFE_NO_PAD.encode(bytes);
        self.secret = Some(Zeroizing::new(text.clone()));
        Some(NewCsrfCookie(text))
    }

    /// The use cases.
    pub(crate) fn marketplace(&self) -> &Marketplace {
        &self.store.marketplace
    }

    pub(crate) const fn is_signed_in(&self) -> bool {
        self.signed_in.is_some()
    }

    /// The session and its account. Fails with [`PageError::LoginRequired`] if there is none.
    pub(crate) fn signed_in(&self) -> Result<&SignedIn, PageError> {
        let signed_in = self.signed_in.as_ref().map(|(signed_in, _)| signed_in);
        signed_in.ok_or_else(|| self.login_required())
    }

    /// The account that is signed in, acting from the client's address.
    pub(crate) fn actor(&self) -> Result<Actor, PageError> {
        Ok(self.signed_in()?.actor(self.address))
    }

    /// Authority to order by this session, which is verified again in the order's transaction.
    pub(crate) fn authority(&self) -> Result<Authority, PageError> {
        let digest = self.signed_in.as_ref().map(|(_, digest)| *digest);
        digest
            .map(Authority::Session)
            .ok_or_else(|| self.login_required())
    }

    /// The session and its account, which has proved its second factor lately, if it has one.
    pub(crate) fn stepped_up(&self) -> Result<&SignedIn, PageError> {
        let signed_in = self.signed_in()?;
        let now = self.marketplace().clock.now();
        match signed_in.check_step_up(now) {
            Ok(()) => Ok(signed_in),
            Err(StepUpRequired) => Err(self.step_up_required()),
        }
    }

    /// Sends the browser to prove the second factor, and back.
    pub(crate) fn step_up_required(&self) -> PageError {
        PageError::StepUpRequired {
            return_to: self.return_to(),
        }
    }

    /// The session goes on under this token, from which CSRF tokens and flash signatures are derived from now on.
    pub(crate) fn renew_session(&mut self, token: &SessionToken) {
        self.secret = Some(Zeroizing::new(token.expose().to_owned()));
    }

    fn login_required(&self) -> PageError {
        PageError::LoginRequired {
            return_to: self.return_to(),
        }
    }

    /// The page to come back to.
    fn return_to(&self) -> String {
        let return_to = if self.http.method() == actix_web::http::Method::POST {
            self.referring_page()
        } else {
            let uri = self.http.uri();
            uri.path_and_query().map(ToString::to_string)
        };
        return_to.unwrap_or_else(|| "/".to_owned())
    }

    /// Path and query of the page that sent the request, if it is one of ours.
    fn referring_page(&self) -> Option<String> {
        let page = self.http.headers().get(header::REFERER)?;
        let page = Url::parse(page.to_str().ok()?).ok()?;
        let host = self.http.headers().get(header::HOST)?.to_str().ok()?;
        let ours = Url::parse(&format!("{}://{host}", page.scheme())).ok()?;
        if page.origin() != ours.origin() {
            return None;
        }
        let query = page.query().map(|query| format!("?{query}"));
        Some(format!("{}{}", page.path(), query.unwrap_or_default()))
    }

    /// The page of a list that `?after=` asks for; the first one if it is missing or malformed.
    pub(crate) fn list_page<P: FromStr>(&self) -> PageRequest<P> {
        PageRequest {
            after: self.form.value("after").parse().ok(),
            ..PageRequest::default()
        }
    }

    /// The identifier in the path. Fails with [`PageError::NotFound`] if it is not of this type.
    pub(crate) fn path_id<T: FromStr>(&self) -> Result<T, PageError> {
        self.path_id_named("id")
    }

    /// As [`path_id`](Self::path_id), of the part of the path with this name.
    pub(crate) fn path_id_named<T: FromStr>(&self, name: &str) -> Result<T, PageError> {
        let id = self.http.match_info().get(name);
        id.and_then(|id| id.parse().ok()).ok_or(PageError::NotFound)
    }

    /// Address of the client; `None` if it is unknown.
    pub(crate) const fn client_address(&self) -> Option<IpAddr> {
        self.address
    }

    /// Client address and device, for the audit log and the list of sessions.
    pub(crate) fn origin(&self) -> Origin {
        origin(&self.http, self.address)
    }

    /// The layout of a page for this visitor.
    pub(crate) fn layout(&self) -> Layout {
        let viewer = self.signed_in.as_ref().map(|(who, _)| Viewer::from(who));
        let csrf = self.secret.as_ref().map(|secret| csrf::token(secret));
        Layout {
            viewer,
            csrf: csrf.unwrap_or_default(),
            path: self.http.path().to_owned(),
            development: self.store.development_texts(),
            ..Layout::default()
        }
    }

    /// The gateway's use cases. Fails with [`PageError::NotFound`] if the marketplace has none.
    pub(crate) fn gateway(&self) -> Result<&Gateway, PageError> {
        let gateway = self.marketplace().gateway.as_ref();
        gateway.ok_or(PageError::NotFound)
    }

    /// Address at which a listing is called through the gateway.
    pub(crate) fn gateway_address(&self, listing: ListingId) -> String {
        self.store.settings.gateway.of(&self.http, listing)
    }

    /// The absolute URL of one of our paths.
    pub(crate) fn absolute_url(&self, path: &str) -> String {
        if let Some(url) = &self.store.settings.public_url {
            return format!("{}{path}", url.as_str().trim_end_matches('/'));
        }
        // Forwarded hosts are not trusted: any client can send them.
        let host = self.http.headers().get(header::HOST);
        let host = host.and_then(|host| host.to_str().ok());
        // Production is served over TLS, if only by a proxy: sessions need it.
        let scheme = match self.store.stage() {
            Stage::Development => "http",
            Stage::Production => "https",
        };
        format!("{scheme}://{}{path}", host.unwrap_or("localhost"))
    }
}

/// A CSRF secret that the browser does not have yet.
pub(crate) struct NewCsrfCookie(String);

impl NewCsrfCookie {
    /// Sets it on a response.
    pub(crate) fn set(
        self,
        response: &mut HttpResponse,
        store: &Storefront,
    ) -> Result<(), PageError> {
        let cookie = cookies::session_cookie(Purpose::Visitor, self.0, store.stage());
        cookies::set(response, &cookie)
    }
}

#[cfg(test)]
mod tests;
