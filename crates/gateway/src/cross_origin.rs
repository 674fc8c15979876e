//! Calls by scripts of other sites (CORS, Fetch Standard).
//!
//! The access key that a script sends is all that a call depends on: cookies of this origin are not read, and none is
//! set. So scripts of every site may call and read, but without credentials of the browser's: the wildcard holds for no
//! others. What a service says of other origins would be said of the origin of the marketplace, and is replaced.

use actix_web::http::Method;
use actix_web::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_HEADERS,
    ACCESS_CONTROL_REQUEST_METHOD, HeaderMap, HeaderName, HeaderValue, ORIGIN,
};
use actix_web::{HttpRequest, HttpResponse};
use udam_domain::gateway::Method as CallMethod;

/// Any origin; any header of an answer.
const ANY: &str = "*";

/// How long browsers keep the answer to a preflight, in seconds: a day, of which most keep hours.
const MAX_AGE: &str = "86400";

/// Most bytes of the names of headers that a preflight may ask for.
const MOST_HEADERS: usize = 2_048;

/// Lets scripts of any site read an answer with all its headers.
pub(crate) fn share(headers: &mut HeaderMap) {
    let any = HeaderValue::from_static(ANY);
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, any.clone());
    headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, any);
}

/// The answer to a preflight, which carries no access key: the method and the headers that it asks for may be sent, as far as
/// they are what a call can have. `None` for any other request.
pub(crate) fn preflight(request: &HttpRequest) -> Option<HttpResponse> {
    let headers = request.headers();
    let method = headers.get(ACCESS_CONTROL_REQUEST_METHOD)?;
    if request.method() != Method::OPTIONS || !headers.contains_key(ORIGIN) {
        return None;
    }
    let mut response = HttpResponse::NoContent().finish();
    let allowed = response.headers_mut();
    allowed.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static(ANY));
    allowed.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static(MAX_AGE));
    if is_called_by(method) {
        allowed.insert(ACCESS_CONTROL_ALLOW_METHODS, method.clone());
    }
    if let Some(names) = headers.get(ACCESS_CONTROL_REQUEST_HEADERS)
        && are_names(names)
    {
        allowed.insert(ACCESS_CONTROL_ALLOW_HEADERS, names.clone());
    }
    Some(response)
}

fn is_called_by(method: &HeaderValue) -> bool {
    let method = method.to_str().ok();
    method.is_some_and(|method| method.parse::<CallMethod>().is_ok())
}

/// Whether this is a list of names of headers, and not too long a one to be repeated.
fn are_names(list: &HeaderValue) -> bool {
    let list = list.to_str().ok();
    list.is_some_and(|list| {
        list.len() <= MOST_HEADERS
            && list
                .split(',')
                .all(|name| HeaderName::from_bytes(name.trim().as_bytes()).is_ok())
    })
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    const ASKED: [(&str, &str); 3] = [
        ("Origin", "https://elsewhere.example"),
        ("Access-Control-Request-Method", "DELETE"),
        (
            "Access-Control-Request-Headers",
            "authorization, x-api-key,content-type",
        ),
    ];

    fn answer(method: Method, headers: &[(&str, &str)]) -> Option<HttpResponse> {
        let request = headers
            .iter()
            .fold(TestRequest::default().method(method), |request, header| {
                request.append_header(*header)
            });
        preflight(&request.to_http_request())
    }

    fn value(response: &HttpResponse, name: HeaderName) -> &str {
        let value = response.headers().get(name);
        value.map_or("", |value| value.to_str().unwrap())
    }

    #[test]
    fn a_preflight_is_allowed_what_it_asks_for_without_credentials() {
        let response = answer(Method::OPTIONS, &ASKED).unwrap();
        assert_eq!(response.status(), 204);
        assert_eq!(value(&response, ACCESS_CONTROL_ALLOW_ORIGIN), "*");
        assert_eq!(value(&response, ACCESS_CONTROL_ALLOW_METHODS), "DELETE");
        let headers = "authorization, x-api-key,content-type";
        assert_eq!(value(&response, ACCESS_CONTROL_ALLOW_HEADERS), headers);
        assert_eq!(response.headers().len(), 4);
    }

    #[test]
    fn what_no_call_can_have_is_not_allowed() {
        let long = "x-a,".repeat(MOST_HEADERS / 4) + "x-a";
        for names in [long.as_str(), "authorization; x", "a,,b", ""] {
            let mut asked = ASKED;
            asked[1].1 = "CONNECT";
            asked[2].1 = names;
            let response = answer(Method::OPTIONS, &asked).unwrap();
            assert_eq!(value(&response, ACCESS_CONTROL_ALLOW_METHODS), "");
            assert_eq!(value(&response, ACCESS_CONTROL_ALLOW_HEADERS), "");
            assert_eq!(value(&response, ACCESS_CONTROL_ALLOW_ORIGIN), "*");
        }
    }

    #[test]
    fn other_requests_are_calls() {
        assert!(answer(Method::GET, &ASKED).is_none());
        assert!(answer(Method::OPTIONS, &ASKED[..1]).is_none());
        assert!(answer(Method::OPTIONS, &ASKED[1..]).is_none());
    }
}
