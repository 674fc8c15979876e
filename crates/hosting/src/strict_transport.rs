//! The header that keeps browsers from reaching a marketplace in the clear.

use actix_web::http::header::STRICT_TRANSPORT_SECURITY;
use actix_web::middleware::DefaultHeaders;

/// Value of `Strict-Transport-Security` (RFC 6797): a year, for this host alone.
pub(crate) const ONE_YEAR: &str = "max-age=31536000";

/// Adds `Strict-Transport-Security` to every response, if the marketplace needs TLS: the API and its documents are of
/// the same host as the pages, and whichever a browser asks for first is to tell it.
pub(crate) fn strict_transport(needs_tls: bool) -> DefaultHeaders {
    if needs_tls {
        DefaultHeaders::new().add((STRICT_TRANSPORT_SECURITY, ONE_YEAR))
    } else {
        DefaultHeaders::new()
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::{TestRequest, call_service, init_service};
    use actix_web::{App, HttpResponse, web};

    use super::*;

    #[actix_web::test]
    async fn browsers_are_told_to_use_tls_only_where_it_is_needed() {
        for (needs_tls, expected) in [(true, Some(ONE_YEAR)), (false, None)] {
            let app = App::new()
                .wrap(strict_transport(needs_tls))
                .default_service(web::to(HttpResponse::NotFound));
            let app = init_service(app).await;
            let response = call_service(&app, TestRequest::default().to_request()).await;
            let header = response.headers().get(STRICT_TRANSPORT_SECURITY);
            assert_eq!(header.map(|value| value.to_str().unwrap()), expected);
        }
    }
}
