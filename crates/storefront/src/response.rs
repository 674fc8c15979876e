//! How pages leave: with the headers that keep browsers, caches and search engines right.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{
    self, ETag, EntityTag, Header, HeaderName, HeaderValue, IfNoneMatch,
};
use askama::Template;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};

use crate::Stage;
use crate::error::PageError;
use crate::request::Request;

/// What came of a request.
pub(crate) type PageResult = Result<HttpResponse, PageError>;

const HTML: &str = "text/html; charset=utf-8";

/// Nothing is loaded but our own files, nothing runs that is not one of them, forms go nowhere else, and
/// nobody shows a page inside another.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; \
    img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// A page of somebody's own, which nothing on the way may keep.
pub(crate) fn private(status: StatusCode, page: &impl Template) -> PageResult {
    let html = render(page)?;
    Ok(HttpResponse::build(status)
        .insert_header((header::CONTENT_TYPE, HTML))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(html))
}

/// A page that is the same for everybody who is not signed in.
pub(crate) fn public(request: &Request, page: &impl Template) -> PageResult {
    if request.is_signed_in() {
        return private(StatusCode::OK, page);
    }
    Ok(shared(request, HTML, render(page)?))
}

/// What anybody may keep, but has to ask whether it still holds: units sell by the second. Whoever has
/// it already is told so in a few bytes.
pub(crate) fn shared(request: &Request, media_type: &'static str, content: String) -> HttpResponse {
    let digest = digest(&SHA256, content.as_bytes());
    let version = URL_SAFE_NO_PAD.encode(digest.as_ref().get(..12).unwrap_or_default());
    let tag = EntityTag::new_strong(version);
    let known = match IfNoneMatch::parse(&request.http) {
        Ok(IfNoneMatch::Any) => true,
        Ok(IfNoneMatch::Items(items)) => items.iter().any(|item| item.weak_eq(&tag)),
        Err(_) => false,
    };
    let status = if known {
        StatusCode::NOT_MODIFIED
    } else {
        StatusCode::OK
    };
    let mut answer = HttpResponse::build(status);
    answer
        .insert_header(ETag(tag))
        .insert_header((header::CACHE_CONTROL, "public, no-cache"))
        .insert_header((header::VARY, "Cookie"));
    if known {
        answer.finish()
    } else {
        answer
            .insert_header((header::CONTENT_TYPE, media_type))
            .body(content)
    }
}

/// Sends the browser on to another of our pages, which it then asks for with `GET`.
pub(crate) fn see_other(path: &str) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((header::LOCATION, path))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .finish()
}

/// Fills in a template.
pub(crate) fn render(page: &impl Template) -> Result<String, PageError> {
    page.render()
        .map_err(|error| PageError::Internal(error.into()))
}

/// Adds what every answer says, whatever it is.
pub(crate) fn secure(answer: &mut HttpResponse, stage: Stage) {
    let headers = answer.headers_mut();
    let mut say = |name: HeaderName, value: &'static str| {
        headers.insert(name, HeaderValue::from_static(value));
    };
    say(header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY);
    say(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    // Of our own pages, browsers tell an address to our own pages only. Without any, they would not say
    // where a form comes from either.
    say(header::REFERRER_POLICY, "same-origin");
    say(
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    );
    if stage == Stage::Production {
        say(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
}
