use serde_json::json;

use super::*;

fn limited() -> web::Data<Api> {
    let mut api = TestApi::new();
    api.settings.rate_limit = true;
    api.into_data()
}

#[actix_web::test]
async fn whoever_guesses_passwords_is_told_to_wait() {
    let api = limited();
    let mut statuses = Vec::new();
    for _ in 0..11 {
        let login = post("/v1/auth/login").set_json(json!({}));
        statuses.push(send_to(&api, login).await);
    }
    let last = statuses.pop().unwrap();
    assert!(statuses.iter().all(|answer| answer.status == 422));
    assert_eq!(last.problem(), (429, "rate_limited"));
    let wait: u64 = last.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=3).contains(&wait));
    // Another spelling of the path is the same call.
    let spelled = post("/v1/auth/%6Cogin").set_json(json!({}));
    assert_eq!(send_to(&api, spelled).await.status, 429);
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
