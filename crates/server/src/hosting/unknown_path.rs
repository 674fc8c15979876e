use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use udam_storefront::Storefront;

/// Responds to unknown paths: with a page to browsers, with a problem to clients of the API.
pub(super) async fn unknown_path(
    store: web::Data<Storefront>,
    request: HttpRequest,
) -> HttpResponse {
    if reads_pages(&request) {
        udam_storefront::unknown_path(&store)
    } else {
        udam_api::not_found(&request)
    }
}

fn reads_pages(request: &HttpRequest) -> bool {
    let accept = request.headers().get(header::ACCEPT);
    let accepts_html = accept
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.contains("text/html"));
    accepts_html && !request.path().starts_with("/v1/")
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn browsers_read_pages_except_of_the_api() {
        let reads = |uri, accept| {
            let request = TestRequest::with_uri(uri).insert_header((header::ACCEPT, accept));
            reads_pages(&request.to_http_request())
        };
        let browser = "text/html,application/xhtml+xml,*/*;q=0.8";
        assert!(reads("/nowhere", browser));
        assert!(!reads("/v1/nowhere", browser));
        assert!(!reads("/nowhere", "*/*"));
    }
}
