use actix_web::http::Method;
use udam_domain::page::Page;

use super::*;

/// The paths whose `GET` is the same for everybody.
const PUBLIC: [&str; 5] = [
    "/v1/listings",
    "/v1/listings/lst_01h455vb4pex5vsknk084sn02q",
    "/openapi.json",
    "/.well-known/udam-receipts.json",
    "/healthz",
];

fn from_another_site(request: TestRequest) -> TestRequest {
    request.insert_header((header::ORIGIN, "https://elsewhere.example"))
}

fn preflight(path: &str, method: &'static str) -> TestRequest {
    let request = TestRequest::default().method(Method::OPTIONS).uri(path);
    from_another_site(request)
        .insert_header((header::ACCESS_CONTROL_REQUEST_METHOD, method))
        .insert_header((header::ACCESS_CONTROL_REQUEST_HEADERS, "x-request-id"))
}

/// The headers that let a script read a response.
fn shared(answer: &Answer) -> [Option<&str>; 3] {
    [
        "access-control-allow-origin",
        "access-control-expose-headers",
        "access-control-allow-credentials",
    ]
    .map(|name| answer.header(name))
}

const READABLE: [Option<&str>; 3] = [Some("*"), Some("*"), None];
const REFUSED: [Option<&str>; 3] = [None; 3];

fn api() -> web::Data<Api> {
    let mut api = TestApi::signed_in();
    api.mocks
        .listing_reader
        .expect_find()
        .returning(|_| Ok(None));
    api.mocks.listing_reader.expect_search().returning(|_| {
        Ok(Page {
            items: Vec::new(),
            next: None,
        })
    });
    api.into_data()
}

#[actix_web::test]
async fn scripts_of_any_site_read_public_responses_and_their_problems() {
    let api = api();
    for path in PUBLIC {
        for method in [Method::GET, Method::HEAD] {
            let request = TestRequest::default().method(method).uri(path);
            let answer = send_to(&api, from_another_site(request)).await;
            assert_eq!(shared(&answer), READABLE, "{path}");
            // It does not vary, so that caches hold one response for all origins.
            assert_eq!(answer.header("vary"), None, "{path}");
        }
    }
    let missing = send_to(&api, from_another_site(get(PUBLIC[1]))).await;
    assert_eq!(missing.problem(), (404, "not_found"));
    let invalid = send_to(&api, from_another_site(get("/v1/listings?limit=0"))).await;
    assert_eq!(invalid.fields(), ["limit"]);
    assert_eq!(shared(&invalid), READABLE);
    // Without an origin as well: a cache may have asked for it.
    assert_eq!(shared(&send_to(&api, get("/v1/listings")).await), READABLE);
}

#[actix_web::test]
async fn scripts_of_any_site_read_how_long_to_wait() {
    let mut api = TestApi::new();
    api.rate_limit = true;
    let api = api.into_data();
    // One app for all requests, which is faster than the allowance is refilled.
    let app = init_service(App::new().configure(configure(api))).await;
    for _ in 0..1_000 {
        let request = from_another_site(get("/v1/listings?limit=0")).to_request();
        let response = call_service(&app, request).await;
        if response.status() == 429 {
            let headers = response.headers();
            assert!(headers.contains_key(header::RETRY_AFTER));
            assert_eq!(
                headers.get(header::ACCESS_CONTROL_ALLOW_ORIGIN).unwrap(),
                "*"
            );
            assert_eq!(
                headers.get(header::ACCESS_CONTROL_EXPOSE_HEADERS).unwrap(),
                "*"
            );
            return;
        }
    }
    panic!("it is never limited");
}

#[actix_web::test]
async fn a_preflight_allows_reads_of_public_responses() {
    let api = api();
    for path in PUBLIC {
        for method in ["GET", "HEAD"] {
            let answer = send_to(&api, preflight(path, method)).await;
            assert_eq!(answer.status, 204, "{path}");
            let header = |name| answer.header(name);
            assert_eq!(header("access-control-allow-origin"), Some("*"));
            assert_eq!(header("access-control-allow-methods"), Some("GET, HEAD"));
            // Not `Authorization`, and no wildcard, to which some browsers count it.
            let headers = Some("Content-Type, X-Request-Id");
            assert_eq!(header("access-control-allow-headers"), headers);
            assert_eq!(header("access-control-allow-credentials"), None);
            assert!(header("access-control-max-age").is_some());
        }
    }
}

#[actix_web::test]
async fn scripts_of_other_sites_write_nothing_and_read_nothing_of_an_account() {
    let api = api();
    for (path, method) in [
        ("/v1/listings", "POST"),
        (PUBLIC[1], "PATCH"),
        ("/healthz", "POST"),
        ("/v1/tab", "GET"),
        ("/v1/me/calls", "GET"),
        ("/v1/me/usage", "GET"),
        ("/v1/orders", "GET"),
        ("/v1/orders", "POST"),
        ("/v1/auth/login", "POST"),
        ("/metrics", "GET"),
        ("/nowhere", "GET"),
    ] {
        let asked = send_to(&api, preflight(path, method)).await;
        assert!(matches!(asked.status, 404 | 405), "{method} {path}");
        assert_eq!(shared(&asked), REFUSED, "{method} {path}");
        // Some are sent without a preflight.
        let sent = TestRequest::default()
            .method(method.parse().unwrap())
            .uri(path);
        let sent = send_to(&api, from_another_site(sent)).await;
        assert_eq!(shared(&sent), REFUSED, "{method} {path}");
    }
    // Not a preflight: it names no method.
    let options = TestRequest::default().method(Method::OPTIONS);
    let options = send_to(&api, from_another_site(options.uri("/v1/listings"))).await;
    assert_eq!(options.problem(), (405, "method_not_allowed"));
    assert_eq!(shared(&options), REFUSED);
}

#[actix_web::test]
async fn a_session_changes_nothing_about_a_public_response() {
    let api = api();
    let signed_in = send_to(&api, as_ada(from_another_site(get("/v1/listings")))).await;
    assert_eq!(signed_in.status, 200);
    assert_eq!(shared(&signed_in), READABLE);
    let wrong = from_another_site(get("/v1/listings"))
        .insert_header((header::AUTHORIZATION, "Bearer udam_ses_wrong"));
    assert_eq!(send_to(&api, wrong).await.status, 200);
}
