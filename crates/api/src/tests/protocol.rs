use actix_web::body::to_bytes;
use actix_web::http::StatusCode;
use serde_json::json;
use udam_domain::MockEntropy;
use udam_domain::administration::Role;
use udam_web::RequestId;
use udam_web::body::BodyLimit;

use super::*;
use crate::{OperationsOn, unread_request};

async fn status(request: TestRequest) -> (u16, String) {
    let answer = send(TestApi::signed_in(), request).await;
    let (status, code) = answer.problem();
    (status, code.to_owned())
}

#[actix_web::test]
async fn unknown_paths_are_problems_too() {
    for path in [
        "/",
        "/v1",
        "/v1/",
        "/v1/nothing",
        "/v1/listings/",
        "/v2/orders",
        "/%00",
    ] {
        assert_eq!(status(get(path)).await, (404, "not_found".into()), "{path}");
    }
}

#[actix_web::test]
async fn another_method_on_a_known_path_gets_the_allow_header() {
    for method in ["PUT", "DELETE", "OPTIONS", "TRACE", "CONNECT", "BREW"] {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let request = TestRequest::default().method(method).uri("/v1/orders");
        let answer = send(TestApi::new(), request).await;
        assert_eq!(answer.problem(), (405, "method_not_allowed"));
        assert_eq!(answer.header("allow"), Some("POST, GET, HEAD"));
    }
    let head = TestRequest::default()
        .method(Method::HEAD)
        .uri("/v1/auth/login");
    assert_eq!(
        send(TestApi::new(), head).await.header("allow"),
        Some("POST")
    );
}

#[actix_web::test]
async fn head_works_where_get_does() {
    let head = |path| TestRequest::default().method(Method::HEAD).uri(path);
    for path in ["/healthz", "/openapi.json", "/docs/index.html"] {
        assert_eq!(send(TestApi::new(), head(path)).await.status, 200);
    }
}

#[actix_web::test]
async fn a_body_needs_a_json_content_type() {
    let login = |media_type: &'static str| {
        post("/v1/auth/login")
            .insert_header(("content-type", media_type))
            .set_payload("{}")
    };
    let unsupported = (415, "unsupported_media_type".to_owned());
    assert_eq!(status(login("text/plain")).await, unsupported);
    assert_eq!(
        status(post("/v1/auth/login").set_payload("{}")).await,
        unsupported
    );
    let zipped = login("application/json").insert_header(("content-encoding", "gzip"));
    assert_eq!(status(zipped).await, unsupported);
    let fields = send(TestApi::new(), login("application/json; charset=UTF-8")).await;
    assert_eq!(fields.fields(), ["email", "password"]);
}

#[actix_web::test]
async fn a_body_must_be_one_json_object() {
    for body in [
        "",
        "{",
        "[]",
        "null",
        "1",
        "\"a\"",
        "{}{}",
        "{\"a\":\u{1}}",
        "\u{feff}{}",
    ] {
        let request = post("/v1/auth/login")
            .insert_header(("content-type", "application/json"))
            .set_payload(body);
        assert_eq!(
            status(request).await,
            (400, "malformed_json".into()),
            "{body}"
        );
    }
    let deep = format!("{{\"a\":{}", "[".repeat(10_000));
    let request = post("/v1/auth/login")
        .insert_header(("content-type", "application/json"))
        .set_payload(deep);
    assert_eq!(status(request).await, (400, "malformed_json".into()));
}

#[actix_web::test]
async fn a_body_must_not_be_too_large() {
    let request = |length: usize| {
        post("/v1/auth/login")
            .insert_header(("content-type", "application/json"))
            .set_payload(" ".repeat(length))
    };
    let limit = BodyLimit::Client.bytes();
    assert_eq!(
        status(request(limit + 1)).await,
        (413, "payload_too_large".into())
    );
    assert_eq!(status(request(limit)).await, (400, "malformed_json".into()));
    let announced = request(1).insert_header(("content-length", "9999999"));
    assert_eq!(status(announced).await, (413, "payload_too_large".into()));
    let everywhere = || post("/v1/auth/logout-everywhere").set_payload(" ".repeat(limit + 1));
    let known = status(as_ada(everywhere())).await;
    assert_eq!(known, (413, "payload_too_large".into()));
    let stranger = status(everywhere()).await;
    assert_eq!(stranger, (401, "unauthenticated".into()));
}

#[actix_web::test]
async fn the_response_to_countless_errors_is_short() {
    let repeated = vec!["\"a\":0"; 1_000];
    let unknown: Vec<_> = (0..1_000).map(|n| format!("\"f{n}\":0")).collect();
    let api = TestApi::new().into_data();
    for fields in [repeated.join(","), unknown.join(",")] {
        let request = post("/v1/auth/login")
            .insert_header(("content-type", "application/json"))
            .set_payload(format!("{{{fields}}}"));
        let answer = send_to(&api, request).await;
        assert_eq!(answer.fields().len(), 50);
        // The 1000 and the two fields that are missing, but for the 49 before it.
        let last = json!({"field": "...", "message": "953 more are invalid"});
        assert_eq!(answer.body["errors"][49], last);
    }
    let parameters = "x=%zz&".repeat(100);
    let listings = get(&format!("/v1/listings?{parameters}"));
    assert_eq!(send_to(&api, listings).await.fields().len(), 50);
}

#[actix_web::test]
async fn a_call_without_a_body_takes_an_empty_one() {
    let mut api = TestApi::signed_in();
    api.mocks.sessions.expect_end_all().returning(|_, _| Ok(()));
    let api = api.into_data();
    let everywhere = || as_ada(post("/v1/auth/logout-everywhere"));
    let json = || everywhere().insert_header(("content-type", "application/json"));
    for request in [everywhere(), json(), json().set_payload("{}")] {
        assert_eq!(send_to(&api, request).await.status, 200);
    }
    let said = everywhere().set_json(json!({"why": "bored"}));
    assert_eq!(send_to(&api, said).await.fields(), ["why"]);
    let text = everywhere().set_payload("bored");
    assert_eq!(send_to(&api, text).await.status, 415);
}

#[actix_web::test]
async fn every_response_has_a_request_id_and_a_clients_own_is_kept() {
    for path in ["/healthz", "/v1/tab", "/nothing", "/v1/listings?limit=x"] {
        let answer = send(TestApi::new(), get(path)).await;
        assert_eq!(answer.header("x-request-id").unwrap().len(), 32, "{path}");
        let named = get(path).insert_header(("x-request-id", "my.request-1_a"));
        let answer = send(TestApi::new(), named).await;
        assert_eq!(answer.header("x-request-id"), Some("my.request-1_a"));
        let forged = get(path).insert_header(("x-request-id", "a b"));
        let answer = send(TestApi::new(), forged).await;
        assert_ne!(answer.header("x-request-id"), Some("a b"));
    }
}

#[actix_web::test]
async fn operational_endpoints_are_served_on_their_listener() {
    let ready = send(TestApi::new(), get("/readyz")).await;
    assert_eq!(ready.status, 200);
    assert_eq!(ready.body["checks"]["migrations"], "ok");
    let mut unready = TestApi::new();
    unready.ready = false;
    let answer = send(unready, get("/readyz")).await;
    assert_eq!(answer.problem(), (503, "overloaded"));
    let checks =
        json!({"running": "ok", "database": "ok", "writable": "ok", "migrations": "failed"});
    assert_eq!(answer.body["checks"], checks);
    let metrics = send(TestApi::new(), get("/metrics")).await;
    assert_eq!(
        metrics.header("content-type"),
        Some("text/plain; version=0.0.4; charset=utf-8")
    );

    let mut api = TestApi::new();
    api.settings.operations = OperationsOn::AdminListener;
    let api = api.into_data();
    assert_eq!(send_to(&api, get("/healthz")).await.status, 200);
    assert_eq!(send_to(&api, get("/readyz")).await.status, 404);
    assert_eq!(send_to(&api, get("/metrics")).await.status, 404);
    let app = init_service(App::new().configure(crate::configure_admin(api))).await;
    for (path, status) in [
        ("/healthz", 200),
        ("/readyz", 200),
        ("/metrics", 200),
        ("/v1/tab", 404),
    ] {
        let answer = call_service(&app, get(path).to_request()).await;
        assert_eq!(answer.status(), status, "{path}");
    }
}

#[actix_web::test]
async fn a_server_that_is_leaving_is_not_ready_and_serves_on() {
    let api = TestApi::new().into_data();
    assert_eq!(send_to(&api, get("/readyz")).await.status, 200);
    api.dependencies.health.stop();
    let answer = send_to(&api, get("/readyz")).await;
    assert_eq!(answer.problem(), (503, "overloaded"));
    assert_eq!(answer.body["checks"]["running"], "failed");
    assert_eq!(answer.body["checks"]["database"], "unknown");
    assert_eq!(send_to(&api, get("/healthz")).await.status, 200);
    assert_eq!(send_to(&api, get("/v1/listings?limit=0")).await.status, 422);
}

#[actix_web::test]
async fn parameters_that_a_call_does_not_read_are_refused() {
    let mut api = TestApi::proved();
    let administration = &mut api.mocks.administration;
    administration
        .expect_role()
        .returning(|_| Ok(Some(Role::Support)));
    let api = api.into_data();
    let document: Value = serde_json::from_slice(&api.document).unwrap();
    for (path, item) in document["paths"].as_object().unwrap() {
        let path = path.replace("{id}", "lst_01h455vb4pex5vsknk084sn02q");
        let path = path.replace("{key_id}", "key_01h455vb4pex5vsknk084sn02q");
        if !path.starts_with("/v1/") || path.starts_with("/v1/webhooks/") {
            continue;
        }
        for method in item.as_object().unwrap().keys() {
            let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
            let request = TestRequest::default()
                .method(method.clone())
                .uri(&format!("{path}?verbose=1&page=2&page=3"));
            let answer = send_to(&api, as_ada(request)).await;
            // Those calls cannot do without them.
            let required = [("/v1/me/calls", "listing"), ("/v1/admin/search", "q")];
            let is_required = |field: &&str| required.contains(&(path.as_str(), *field));
            let mut fields = answer.fields();
            fields.retain(|field| !is_required(field));
            assert_eq!(fields, ["page", "page", "verbose"], "{method} {path}");
        }
    }
    let garbled = as_ada(get("/v1/tab?%zz=1"));
    assert_eq!(send_to(&api, garbled).await.fields(), ["query"]);
    assert_eq!(send_to(&api, get("/healthz?from=probe")).await.status, 200);
    assert_eq!(send_to(&api, get("/openapi.json?v=1")).await.status, 200);
    let event = post("/v1/webhooks/stripe?account=1").set_payload("{}");
    assert_ne!(send_to(&api, event).await.status, 422);
}

#[actix_web::test]
async fn the_rendered_document_loads_nothing_from_other_hosts() {
    let moved = send(TestApi::new(), get("/docs")).await;
    assert_eq!(
        (moved.status, moved.header("location")),
        (308, Some("/docs/"))
    );
    let page = send(TestApi::new(), get("/docs/")).await;
    assert!(page.text.contains("swagger-ui"));
    assert!(!page.text.contains("http://") && !page.text.contains("https://"));
    assert!(
        page.header("content-security-policy")
            .unwrap()
            .contains("default-src 'self'")
    );
    let start = send(TestApi::new(), get("/docs/swagger-initializer.js")).await;
    assert!(start.text.contains("/openapi.json"));
    assert!(start.text.contains("\"validatorUrl\": \"none\""));
    assert_eq!(
        send(TestApi::new(), get("/docs/../../etc/passwd"))
            .await
            .status,
        404
    );
}

#[actix_web::test]
async fn a_request_that_cannot_be_read_has_the_problem_of_its_status() {
    let mut entropy = MockEntropy::new();
    entropy.expect_fill().return_const(());
    let id = RequestId::random(&entropy);
    for (status, code) in [
        (StatusCode::BAD_REQUEST, "malformed_request"),
        (StatusCode::REQUEST_TIMEOUT, "request_timeout"),
        (
            StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            "request_head_too_large",
        ),
    ] {
        let response = unread_request(status, &id);
        assert_eq!(response.status(), status);
        let body = to_bytes(response.into_body()).await.unwrap();
        let problem: Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(problem["code"], code);
        assert_eq!(problem["request_id"], id.to_string());
    }
}
