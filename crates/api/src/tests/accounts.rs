use serde_json::json;
use udam_domain::account::{Credentials, PasswordHash, SessionDigest, SessionToken};
use udam_domain::{HashingError, RegisterAccountError, StoreError};

use super::*;
use crate::testing::AnybodyIsAda;
use crate::testing::ada;

fn hash() -> PasswordHash {
    PasswordHash::from_phc("$argon2id$stored".into())
}

/// Ports that mint a token and hash passwords.
fn api() -> TestApi {
    let mut api = TestApi::new();
    api.mocks.mint.expect_mint().returning(|| {
        (
            SessionToken::new("udam_ses_fresh".into()),
            SessionDigest::new([1; 32]),
        )
    });
    api.mocks.passwords.expect_hash().returning(|_| Ok(hash()));
    api
}

fn registration() -> TestRequest {
    post("/v1/auth/register")
        .set_json(json!({"email": "Ada@Example.com", "password": "correct horse"}))
}

fn login() -> TestRequest {
    post("/v1/auth/login").set_json(json!({"email": "ada@example.com", "password": "guess"}))
}

#[actix_web::test]
async fn registering_returns_a_session() {
    let mut api = api();
    api.mocks
        .accounts
        .expect_register()
        .returning(|_, _| Ok(()));
    let answer = send(api, registration()).await;
    assert_eq!(answer.status, 201);
    assert_eq!(answer.body["session_token"], "udam_ses_fresh");
    assert_eq!(answer.body["expires_at"], "1970-01-02T00:00:00Z");
    assert_eq!(answer.body["user"]["email"], "ada@example.com");
    let id = answer.body["user"]["id"].as_str().unwrap();
    let neutral = format!("Member {}", &id[id.len() - 8..]);
    assert_eq!(answer.body["user"]["name"], neutral);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
}

#[actix_web::test]
async fn an_address_that_is_taken_is_a_conflict() {
    let mut api = api();
    let taken = |_, _| Err(RegisterAccountError::EmailTaken);
    api.mocks.accounts.expect_register().returning(taken);
    assert_eq!(
        send(api, registration()).await.problem(),
        (409, "email_taken")
    );
}

#[actix_web::test]
async fn all_errors_of_a_registration_are_reported_at_once() {
    let request = post("/v1/auth/register")
        .set_json(json!({"email": "ada", "password": "short", "name": 7, "admin": true}));
    let answer = send(TestApi::new(), request).await;
    assert_eq!(answer.fields(), ["email", "password", "name", "admin"]);
}

#[actix_web::test]
async fn a_password_that_is_easy_to_guess_is_an_error_of_its_field() {
    for (password, rule) in [
        ("ada@example.com", "must not be made of your email address"),
        ("        ", "must not be blank"),
    ] {
        let request = post("/v1/auth/register")
            .set_json(json!({"email": "ada@example.com", "password": password}));
        let answer = send(TestApi::new(), request).await;
        assert_eq!(answer.problem(), (422, "invalid_request"));
        assert_eq!(answer.fields(), ["password"]);
        assert!(answer.text.contains(rule) && answer.text.contains("choose several words"));

        let request = post("/v1/auth/password")
            .set_json(json!({"current_password": "old", "new_password": password}));
        let answer = send(TestApi::signed_in(), as_ada(request)).await;
        assert_eq!(answer.problem(), (422, "invalid_request"));
        assert_eq!(answer.fields(), ["new_password"]);
    }
}

#[actix_web::test]
async fn wrong_credentials_look_the_same_with_and_without_an_account() {
    let mut answers = Vec::new();
    for known in [true, false] {
        let mut api = TestApi::new();
        api.mocks
            .accounts
            .expect_find_credentials()
            .returning(move |_| {
                let found = Credentials {
                    is_suspended: false,
                    has_factor: false,
                    account: ada(),
                    password_hash: Some(hash()),
                };
                Ok(known.then_some(found))
            });
        api.mocks
            .passwords
            .expect_verify()
            .returning(|_, _| Ok(false));
        let request = login().insert_header(("x-request-id", "same"));
        let answer = send(api, request).await;
        assert_eq!(answer.problem(), (401, "invalid_credentials"));
        answers.push(answer.text);
    }
    assert_eq!(answers[0], answers[1]);
}

#[actix_web::test]
async fn a_password_is_required_unless_the_server_runs_in_development() {
    let by_email = || post("/v1/auth/login").set_json(json!({"email": "ada@example.com"}));
    assert_eq!(
        send(TestApi::new(), by_email()).await.fields(),
        ["password"]
    );

    let mut api = api();
    api.passwordless = Some(Arc::new(AnybodyIsAda));
    let api = api.into_data();
    // However often: where no password is asked for, none is guessed.
    for _ in 0..30 {
        let answer = send_to(&api, by_email()).await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.body["user"]["id"], ada().id.to_string());
    }
}

#[actix_web::test]
async fn an_overloaded_password_check_is_a_503() {
    let mut api = TestApi::new();
    api.mocks
        .accounts
        .expect_find_credentials()
        .returning(|_| Ok(None));
    api.mocks
        .passwords
        .expect_verify()
        .returning(|_, _| Err(HashingError::Overloaded));
    let answer = send(api, login()).await;
    assert_eq!(answer.problem(), (503, "overloaded"));
    assert_eq!(answer.header("retry-after"), Some("1"));

    for (error, problem) in [
        (StoreError::Overloaded, (503, "overloaded")),
        (
            StoreError::Unreachable("host db-7".into()),
            (503, "overloaded"),
        ),
        (
            StoreError::Failed("relation accounts".into()),
            (500, "internal_error"),
        ),
    ] {
        let mut api = TestApi::new();
        api.mocks
            .accounts
            .expect_find_credentials()
            .return_once(|_| Err(error));
        let answer = send(api, login()).await;
        assert_eq!(answer.problem(), problem);
        assert!(!answer.text.contains("db-7") && !answer.text.contains("relation"));
    }
}

#[actix_web::test]
async fn a_password_is_changed_with_the_current_one() {
    for (right, status) in [(true, 204), (false, 401)] {
        let mut api = TestApi::signed_in();
        api.mocks.accounts.expect_find_credentials().returning(|_| {
            Ok(Some(Credentials {
                is_suspended: false,
                has_factor: false,
                account: ada(),
                password_hash: Some(hash()),
            }))
        });
        api.mocks
            .passwords
            .expect_verify()
            .returning(move |_, _| Ok(right));
        api.mocks.passwords.expect_hash().returning(|_| Ok(hash()));
        api.mocks
            .accounts
            .expect_change_password()
            .returning(|_| Ok(true));
        let request = post("/v1/auth/password")
            .set_json(json!({"current_password": "old", "new_password": "new password"}));
        let answer = send(api, as_ada(request)).await;
        assert_eq!(answer.status, status);
        assert_eq!(answer.header("cache-control"), Some("no-store"));
    }
}

#[actix_web::test]
async fn an_account_reads_itself_and_nothing_without_a_session() {
    let me = send(TestApi::signed_in(), as_ada(get("/v1/me"))).await;
    assert_eq!(me.status, 200);
    let ada = ada();
    assert_eq!(
        me.body,
        json!({"id": ada.id.to_string(), "email": "ada@example.com", "name": "Ada"})
    );
    let stranger = send(TestApi::signed_in(), get("/v1/me")).await;
    assert_eq!(stranger.problem(), (401, "unauthenticated"));
}

fn edit() -> TestRequest {
    TestRequest::patch().uri("/v1/me")
}

#[actix_web::test]
async fn an_account_changes_its_name() {
    let mut api = TestApi::signed_in();
    api.mocks
        .accounts
        .expect_rename()
        .withf(|asked| asked.actor.account_id == ada().id && asked.name.as_str() == "Ada & Söhne")
        .once()
        .returning(|_| Ok(()));
    let request = edit().set_json(json!({"name": " Ada & Söhne "}));
    let answer = send(api, as_ada(request)).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.body["name"], "Ada & Söhne");
}

#[actix_web::test]
async fn an_edit_of_an_account_without_a_valid_name_changes_nothing() {
    let unchanged = edit().set_json(json!({}));
    let answer = send(TestApi::signed_in(), as_ada(unchanged)).await;
    assert_eq!((answer.status, &answer.body["name"]), (200, &json!("Ada")));
    for name in [
        json!(null),
        json!(""),
        json!("a\0b"),
        json!("x".repeat(101)),
        json!(7),
    ] {
        let request = edit().set_json(json!({"name": name}));
        let answer = send(TestApi::signed_in(), as_ada(request)).await;
        assert_eq!(answer.problem(), (422, "invalid_request"), "{name}");
    }
    let address = edit().set_json(json!({"email": "new@example.com"}));
    let answer = send(TestApi::signed_in(), as_ada(address)).await;
    assert_eq!(answer.problem(), (422, "invalid_request"));
    let stranger = edit().set_json(json!({"name": "Ada"}));
    let answer = send(TestApi::signed_in(), stranger).await;
    assert_eq!(answer.problem(), (401, "unauthenticated"));
}
