//! Responses, with the headers that keep browsers, caches and search engines right.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{
    self, ETag, EntityTag, Header, HeaderName, HeaderValue, IfNoneMatch,
};
use askama::Template;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};

use crate::error::PageError;
use crate::request::Request;

/// The response of a page, or why there is none.
pub(crate) type PageResult = Result<HttpResponse, PageError>;

const HTML: &str = "text/html; charset=utf-8";

/// Loads and runs only files of ours, submits forms only to us, and forbids framing.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; \
    img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Of a document that others have written: nothing but the styles in it, and links that are pressed.
const FRAMED_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; \
    sandbox allow-top-navigation-by-user-activation; frame-ancestors 'self'";

/// A page for one visitor, which no cache may store.
pub(crate) fn private(status: StatusCode, page: &impl Template) -> PageResult {
    let html = page.render()?;
    Ok(HttpResponse::build(status)
        .insert_header((header::CONTENT_TYPE, HTML))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(html))
}

/// A page that is the same for all visitors who are not signed in.
pub(crate) fn public(request: &Request, page: &impl Template) -> PageResult {
    if request.is_signed_in() {
        return private(StatusCode::OK, page);
    }
    Ok(revalidated(request, HTML, page.render()?))
}

/// Content that any cache may store but has to revalidate, because units sell by the second. Responds
/// with 304 if the browser has it already.
pub(crate) fn revalidated(
    request: &Request,
    media_type: &'static str,
    content: String,
) -> HttpResponse {
    let digest = digest(&SHA256, content.as_bytes());
    let version = URL_SAFE_NO_PAD.encode(digest.as_ref().get(..12).unwrap_or_default());
    let tag = EntityTag::new_strong(version);
    let is_cached = match IfNoneMatch::parse(&request.http) {
        Ok(IfNoneMatch::Any) => true,
        Ok(IfNoneMatch::Items(items)) => items.iter().any(|item| item.weak_eq(&tag)),
        Err(_) => false,
    };
    let status = if is_cached {
        StatusCode::NOT_MODIFIED
    } else {
        StatusCode::OK
    };
    let mut response = HttpResponse::build(status);
    response
        .insert_header(ETag(tag))
        .insert_header((header::CACHE_CONTROL, "public, no-cache"))
        .insert_header((header::VARY, "Cookie"));
    if is_cached {
        response.finish()
    } else {
        response
            .insert_header((header::CONTENT_TYPE, media_type))
            .body(content)
    }
}

/// Redirects the browser to one of our pages, which it requests with `GET`.
pub(crate) fn see_other(path: &str) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((header::LOCATION, path))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .finish()
}

/// An HTML document that others have written. Its links leave the frame that it is shown in.
pub(crate) fn framed(html: String) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, HTML))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::CONTENT_SECURITY_POLICY, FRAMED_POLICY))
        .body(html)
}

/// Lets a page show pages of ours in frames.
pub(crate) fn frame_own_pages(response: &mut HttpResponse) {
    let policy = format!("{CONTENT_SECURITY_POLICY}; frame-src 'self'");
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
}

/// Sets the security headers that every page and file has. A policy for content that the response has by now stays.
pub(crate) fn secure(response: &mut HttpResponse) {
    let headers = response.headers_mut();
    if !headers.contains_key(header::CONTENT_SECURITY_POLICY) {
        let policy = HeaderValue::from_static(CONTENT_SECURITY_POLICY);
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    let mut set = |name: HeaderName, value: &'static str| {
        headers.insert(name, HeaderValue::from_static(value));
    };
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    // Other sites do not learn our addresses. With `no-referrer`, forms would come without an origin.
    set(header::REFERRER_POLICY, "same-origin");
    set(
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    );
}
