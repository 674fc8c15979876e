use std::net::Ipv4Addr;

use serde_json::json;
use udam_domain::MockPasswordAttemptStore;
use udam_domain::account::TooManyAttempts;
use udam_domain::time::SignedDuration;

use super::*;

fn limited() -> web::Data<Api> {
    let mut api = TestApi::new();
    api.rate_limit = true;
    api.into_data()
}

#[actix_web::test]
async fn guessing_passwords_is_limited() {
    let api = limited();
    // One app for these requests, which is faster than the allowance is refilled.
    let app = init_service(App::new().configure(configure(api.clone()))).await;
    for _ in 0..10 {
        let login = post("/v1/auth/login").set_json(json!({}));
        let answer = call_service(&app, login.to_request()).await;
        assert_eq!(answer.status(), 422);
    }
    let login = post("/v1/auth/login").set_json(json!({}));
    let last = send_to(&api, login).await;
    assert_eq!(last.problem(), (429, "rate_limited"));
    let wait: u64 = last.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=3).contains(&wait));
    // Another spelling of the path is the same call.
    let spelled = post("/v1/auth/%6Cogin").set_json(json!({}));
    assert_eq!(send_to(&api, spelled).await.status, 429);
}

#[actix_web::test]
async fn callers_behind_a_trusted_proxy_have_allowances_of_their_own() {
    let mut api = TestApi::new();
    api.rate_limit = true;
    api.trusted_proxies = "192.0.2.0/31".parse().unwrap();
    // One app for all requests, which is faster than the allowance is refilled.
    let app = init_service(App::new().configure(configure(api.into_data()))).await;
    let status_of = async |proxy, caller: &str| {
        let login = post("/v1/auth/login").set_json(json!({}));
        let login = login.insert_header(("x-forwarded-for", caller));
        let request = from_elsewhere(login, proxy).to_request();
        call_service(&app, request).await.status()
    };
    for number in 0..10 {
        let made_up = format!("203.0.113.{number}, 198.51.100.1");
        assert_eq!(status_of(number % 2, &made_up).await, 422);
    }
    assert_eq!(status_of(0, "198.51.100.1").await, 429);
    assert_eq!(status_of(1, "198.51.100.2").await, 422);
    // Who is none of these proxies has one allowance, whatever it says.
    for number in 0..10 {
        assert_eq!(status_of(2, &format!("203.0.113.{number}")).await, 422);
    }
    assert_eq!(status_of(2, "203.0.113.10").await, 429);
}

/// A request from a peer that makes no other.
fn from_elsewhere(request: TestRequest, number: u8) -> TestRequest {
    request.peer_addr((Ipv4Addr::new(192, 0, 2, number), 4711).into())
}

#[actix_web::test]
async fn too_many_attempts_at_a_password_are_told_how_long_to_wait() {
    for rate_limit in [true, false] {
        let mut attempts = MockPasswordAttemptStore::new();
        attempts.expect_admit().returning(|_| {
            let retry_after = SignedDuration::from_millis(41_001);
            Err(TooManyAttempts { retry_after }.into())
        });
        let mut api = TestApi::signed_in();
        api.rate_limit = rate_limit;
        api.mocks.attempts = Arc::new(attempts);
        let api = api.into_data();
        let login = json!({"email": "ada@example.com", "password": "guess"});
        let change = json!({"current_password": "guess", "new_password": "another password"});
        for request in [
            post("/v1/auth/login").set_json(login),
            as_ada(post("/v1/auth/password")).set_json(change),
        ] {
            let answer = send_to(&api, request).await;
            assert_eq!(answer.problem(), (429, "rate_limited"));
            assert_eq!(answer.header("retry-after"), Some("42"));
        }
    }
}

#[actix_web::test]
async fn operational_endpoints_are_rate_limited_on_the_public_listener() {
    for path in ["/readyz", "/metrics"] {
        let api = limited();
        assert_eq!(send_to(&api, get(path)).await.status, 200);
        let public = init_service(App::new().configure(configure(api.clone()))).await;
        let mut limited = false;
        for _ in 0..2_000 {
            let answer = call_service(&public, get(path).to_request()).await;
            limited |= answer.status() == 429;
        }
        assert!(limited, "{path}");
        let document: Value = serde_json::from_slice(&api.document).unwrap();
        assert!(document["paths"][path]["get"]["responses"]["429"].is_object());

        let admin = App::new().configure(crate::configure_admin(api));
        let admin = init_service(admin).await;
        for _ in 0..2_000 {
            let answer = call_service(&admin, get(path).to_request()).await;
            assert_eq!(answer.status(), 200, "{path}");
        }
    }
}

#[actix_web::test]
async fn probes_are_limited_generously_and_not_at_all_for_operators() {
    let api = limited();
    let public = init_service(App::new().configure(configure(api.clone()))).await;
    let mut statuses = Vec::new();
    for _ in 0..5_000 {
        let answer = call_service(&public, get("/healthz").to_request()).await;
        statuses.push(answer.status().as_u16());
    }
    assert!(statuses[..1_000].iter().all(|status| *status == 200));
    assert!(statuses.contains(&429));
    let admin = init_service(App::new().configure(crate::configure_admin(api))).await;
    for _ in 0..2_000 {
        let answer = call_service(&admin, get("/healthz").to_request()).await;
        assert_eq!(answer.status(), 200);
    }
}

#[actix_web::test]
async fn probes_and_other_calls_are_not_held_up_by_it() {
    let api = limited();
    for _ in 0..12 {
        send_to(&api, post("/v1/auth/login").set_json(json!({}))).await;
    }
    assert_eq!(send_to(&api, get("/healthz")).await.status, 200);
    assert_eq!(send_to(&api, get("/v1/listings?limit=0")).await.status, 422);
}
