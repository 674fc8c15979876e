use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::http::header;
use udam_domain::account::{
    AttemptSource, Credentials, LogInPlace, PasswordHash, SessionDigest, SessionToken,
    TooManyAttempts,
};
use udam_domain::mocks::FixedEntropy;
use udam_domain::time::SignedDuration;
use udam_domain::{AdmittedAttempt, AttemptBy, MockPasswordAttemptStore, RegisterAccountError};

use crate::testing::{Received, SESSION, TestStore, ada};

fn cookies(received: &Received) -> Vec<&str> {
    let cookies = received.headers.get_all(header::SET_COOKIE);
    cookies.map(|cookie| cookie.to_str().unwrap()).collect()
}

/// A store in which Ada has a password, and every attempt at it is right or wrong.
fn store_where_passwords_are(right: bool) -> TestStore {
    let mut store = TestStore::new();
    store
        .mocks
        .accounts
        .expect_find_credentials()
        .returning(|email| {
            let known = *email == ada().email;
            Ok(known.then(|| Credentials {
                is_suspended: false,
                has_factor: false,
                account: ada(),
                password_hash: Some(PasswordHash::from_phc("hash".into())),
            }))
        });
    let passwords = &mut store.mocks.passwords;
    passwords
        .expect_verify()
        .returning(move |_, hash| Ok(right && hash.is_some()));
    store
        .mocks
        .sessions
        .expect_open()
        .returning(|_, _| Ok(true));
    with_new_token(store)
}

fn with_new_token(mut store: TestStore) -> TestStore {
    store.mocks.mint.expect_mint().returning(|| {
        let token = SessionToken::new("udam_ses_new".into());
        (token, SessionDigest::new([1; 32]))
    });
    store
}

#[actix_web::test]
async fn logging_in_continues_to_the_requested_page_if_it_is_local() {
    for (next, expected) in [
        ("", "/"),
        ("%2Forders%3Fafter%3Dord_1", "/orders?after=ord_1"),
        ("%2F%2Fevil.example", "/"),
        ("%2F%09%2Fevil.example", "/"),
        ("https%3A%2F%2Fevil.example", "/"),
    ] {
        let fields = format!("email=ada%40example.com&password=right&next={next}");
        let store = store_where_passwords_are(true);
        let answer = store.post_as_visitor("/login", &fields).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
        assert_eq!(answer.location(), expected);
        let cookies = cookies(&answer);
        assert!(
            cookies[0]
                .starts_with("__Host-udam_session=udam_ses_new; HttpOnly; SameSite=Lax; Secure")
        );
        assert!(
            cookies[1].starts_with("__Host-udam_visitor=; ") && cookies[1].contains("Max-Age=0")
        );
    }
}

#[actix_web::test]
async fn too_many_attempts_at_a_password_get_a_page_that_says_how_long_to_wait() {
    let mut attempts = MockPasswordAttemptStore::new();
    attempts.expect_admit().returning(|_| {
        let retry_after = SignedDuration::from_secs(42);
        Err(TooManyAttempts { retry_after }.into())
    });
    let mut store = TestStore::new();
    store.mocks.attempts = Arc::new(attempts);
    let fields = "email=ada%40example.com&password=hunter2hunter2";
    let page = store.post_as_visitor("/login", fields).await;
    assert_eq!(page.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(page.headers.get(header::RETRY_AFTER).unwrap(), "42");
    assert!(page.html.contains("Wait 42 seconds"));
}

#[actix_web::test]
async fn a_browser_that_has_logged_in_keeps_a_secret_that_its_account_recognizes_it_by() {
    let fields = "email=ada%40example.com&password=right";
    let mut seen = Vec::new();
    let mut cookie = None;
    for _ in 0..2 {
        let (sender, receiver) = std::sync::mpsc::channel();
        let mut attempts = MockPasswordAttemptStore::new();
        attempts.expect_admit().returning(move |attempt| {
            sender.send(attempt.by.clone()).unwrap();
            Ok(AdmittedAttempt {
                kind: attempt.kind,
                email: attempt.email,
                source: AttemptSource::Strangers,
                address: None,
                at: attempt.at,
            })
        });
        attempts.expect_settle().returning(|_, _| Ok(()));
        let mut store = store_where_passwords_are(true);
        store.mocks.attempts = Arc::new(attempts);
        store.mocks.entropy = Arc::new(FixedEntropy(u8::try_from(seen.len()).unwrap()));
        store.device = cookie.take();
        let answer = store.post_as_visitor("/login", fields).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
        let set = cookies(&answer).pop().unwrap();
        assert!(set.starts_with("__Host-udam_device="), "{set}");
        assert!(
            set.contains("HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=7776000"),
            "{set}"
        );
        cookie = set.split(';').next().map(ToOwned::to_owned);
        seen.push(receiver.recv().unwrap());
    }
    let AttemptBy::Visitor(places) = &seen[0] else {
        panic!("{seen:?}")
    };
    assert!(matches!(places[0], LogInPlace::Device(_)));
    assert_eq!(seen[0], seen[1]);
}

#[actix_web::test]
async fn a_wrong_password_and_an_unknown_address_get_the_same_page() {
    let page_for = async |email: &str| {
        let fields = format!("email={email}&password=hunter2hunter2");
        let store = store_where_passwords_are(false);
        let page = store.post_as_visitor("/login", &fields).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            page.html
                .contains("The email address or password is wrong.")
        );
        assert!(!page.html.contains("hunter2"));
        assert!(cookies(&page).is_empty());
        page.html
    };
    let (known, unknown) = (
        page_for("ada@example.com").await,
        page_for("eve@example.com").await,
    );
    assert_eq!(known.replace("ada@", "eve@"), unknown);
}

#[actix_web::test]
async fn an_email_address_alone_logs_in_in_development_only() {
    let page = TestStore::new().get("/login").await;
    assert!(page.html.contains("current-password\" required"));
    assert!(!page.html.contains("email address alone"));
    // No port is called.
    let page = TestStore::new()
        .post_as_visitor("/login", "email=ada%40example.com&password=")
        .await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);

    let mut store = store_where_passwords_are(false);
    store.development = true;
    let answer = store
        .post_as_visitor("/login", "email=ada%40example.com&password=")
        .await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert!(cookies(&answer)[0].starts_with("udam_session=udam_ses_new; "));
}

#[actix_web::test]
async fn a_taken_address_is_reported_at_its_field_and_the_rest_is_kept_as_text() {
    let mut store = with_new_token(TestStore::new());
    store
        .mocks
        .passwords
        .expect_hash()
        .returning(|_| Ok(PasswordHash::from_phc("hash".into())));
    store
        .mocks
        .accounts
        .expect_register()
        .returning(|_, _| Err(RegisterAccountError::EmailTaken));
    let fields = "email=ada%40example.com&password=hunter2hunter2&name=%3Cb%3EAda&next=%2Ftab";
    let page = store.post_as_visitor("/register", fields).await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    assert!(page.html.contains("id=\"email-error\""));
    assert!(page.html.contains("href=\"/login?next=%2Ftab\""));
    assert!(page.html.contains("value=\"ada@example.com\""));
    assert!(page.html.contains("&#60;b&#62;Ada") && !page.html.contains("<b>Ada"));
    assert!(!page.html.contains("hunter2"));
}

#[actix_web::test]
async fn a_name_that_looks_like_that_of_a_seller_is_reported_at_its_field() {
    let mut store = with_new_token(TestStore::new());
    let hashed = store.mocks.passwords.expect_hash();
    hashed.returning(|_| Ok(PasswordHash::from_phc("hash".into())));
    let registered = store.mocks.accounts.expect_register();
    registered.returning(|_, _| Err(RegisterAccountError::NameTaken));
    let fields = "email=ada%40example.com&password=hunter2hunter2&name=Northwind";
    let page = store.post_as_visitor("/register", fields).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.html.contains("id=\"name-error\""));
    let rule = "Must not look like the name of another seller.";
    assert!(page.html.contains(rule) && page.html.contains("value=\"Northwind\""));
}

#[actix_web::test]
async fn a_password_that_is_easy_to_guess_is_reported_at_its_field() {
    let fields = "email=ada%40example.com&password=ada%40example.com&name=Ada";
    let page = TestStore::new().post_as_visitor("/register", fields).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.html.contains("id=\"password-error\""));
    assert!(
        page.html
            .contains("Must not be made of your email address; choose")
    );
}

#[actix_web::test]
async fn signed_in_visitors_skip_the_forms() {
    for path in ["/login?next=%2Ftab", "/register?next=%2Ftab"] {
        let answer = TestStore::signed_in().get(path).await;
        assert_eq!(
            (answer.status, answer.location()),
            (StatusCode::SEE_OTHER, "/tab")
        );
    }
}

#[actix_web::test]
async fn logging_out_ends_the_session_and_removes_its_cookie() {
    let mut store = TestStore::signed_in();
    store
        .mocks
        .sessions
        .expect_end()
        .times(1)
        .returning(|_, _, _| Ok(true));
    let answer = store.post("/logout", "").await;
    assert_eq!(
        (answer.status, answer.location()),
        (StatusCode::SEE_OTHER, "/")
    );
    let cookies = cookies(&answer);
    assert!(cookies[0].starts_with("__Host-udam_session=; ") && cookies[0].contains("Max-Age=0"));
    assert!(!cookies[0].contains(SESSION));
}

#[actix_web::test]
async fn a_public_name_is_asked_for_and_never_made_of_the_address() {
    let form = TestStore::new().get("/register").await.html;
    let name = form.split("id=\"name\"").nth(1).unwrap();
    let name = name.split('>').next().unwrap();
    assert!(
        name.contains(" required") && name.contains("maxlength=\"100\""),
        "{name}"
    );
    let fields = "email=ada.lovelace%40example.com&password=hunter2hunter2&name=+";
    let page = TestStore::new().post_as_visitor("/register", fields).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.html.contains("id=\"name-error\""));
}
