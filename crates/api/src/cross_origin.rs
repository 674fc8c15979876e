//! Cross-origin reads (CORS, Fetch Standard): scripts of any site may read what is the same for everybody.
//!
//! The headers are constants that do not depend on the request, so that a cached response serves every origin and
//! needs no `Vary`. The wildcard holds for requests without credentials alone: browsers hand over no response to
//! a request with cookies, and send none with a header that is not allowed, such as `Authorization`. What depends on an
//! account is for pages of the marketplace and for programs, not for scripts of other sites.

use actix_web::http::Method;
use actix_web::http::header::{self, HeaderMap, HeaderValue};
use actix_web::{HttpRequest, HttpResponse};

/// Whether scripts of other sites may read the responses of an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CrossOrigin {
    /// They may not.
    Refused,
    /// Those of any site may, its problems included.
    Readable,
}

/// Any origin; any header of a response.
const ANY: &str = "*";

/// Headers of requests that may be sent, beside those that need no permission. No wildcard: to some browsers it
/// includes `Authorization`.
const ALLOWED_HEADERS: &str = "Content-Type, X-Request-Id";

/// How long browsers keep the response to a preflight, in seconds: a day, of which most keep hours.
const MAX_AGE: &str = "86400";

/// Lets scripts of any site read a response with all its headers.
pub(super) fn share(headers: &mut HeaderMap) {
    let any = HeaderValue::from_static(ANY);
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, any.clone());
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, any);
}

/// The response to a preflight for a read. `None` for any other request.
pub(super) fn preflight(request: &HttpRequest) -> Option<HttpResponse> {
    let asked = request.headers().get(header::ACCESS_CONTROL_REQUEST_METHOD);
    let asked = asked.and_then(|method| Method::from_bytes(method.as_bytes()).ok());
    let reads = matches!(asked, Some(Method::GET | Method::HEAD));
    if request.method() != Method::OPTIONS || !reads {
        return None;
    }
    let response = HttpResponse::NoContent()
        .insert_header((header::ACCESS_CONTROL_ALLOW_ORIGIN, ANY))
        .insert_header((header::ACCESS_CONTROL_ALLOW_METHODS, "GET, HEAD"))
        .insert_header((header::ACCESS_CONTROL_ALLOW_HEADERS, ALLOWED_HEADERS))
        .insert_header((header::ACCESS_CONTROL_MAX_AGE, MAX_AGE))
        .finish();
    Some(response)
}
