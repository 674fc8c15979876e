use actix_web::http::StatusCode;
use actix_web::http::header;
use udam_domain::RenameAccountError;
use udam_domain::account::{Credentials, Origin, PasswordHash, Session};
use udam_domain::id::SessionId;
use udam_domain::page::Page;
use udam_domain::time::Timestamp;
use uuid::Uuid;

use crate::testing::{TestStore, ada};

/// A session of Ada's. The one that her requests use is number 1.
fn session(number: u128) -> Session {
    Session {
        id: SessionId::from_uuid(Uuid::from_u128(number)),
        account_id: ada().id,
        origin: Origin {
            address: Some([192, 0, 2, 7].into()),
            device: Some("<script>alert(1)</script>".parse().unwrap()),
        },
        created_at: Timestamp::UNIX_EPOCH,
        last_seen_at: Timestamp::UNIX_EPOCH,
        expires_at: Timestamp::MAX,
        proved_at: None,
    }
}

fn signed_in_twice() -> TestStore {
    let mut store = TestStore::signed_in();
    store
        .mocks
        .sessions
        .expect_of_account()
        .returning(|_, _, _, _| {
            Ok(Page {
                items: vec![session(3), session(1)],
                next: Some(session(1).id),
            })
        });
    store
}

fn end(number: u128) -> String {
    format!("/account/sessions/{}/end", session(number).id)
}

#[actix_web::test]
async fn a_visitor_without_a_session_is_sent_to_log_in_and_back() {
    let answer = TestStore::new().get("/account").await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_eq!(answer.location(), "/login?next=%2Faccount");
}

#[actix_web::test]
async fn sessions_are_listed_as_text_with_the_current_one_marked() {
    let page = signed_in_twice().get("/account?done=%3Cb%3E").await;
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!(page.headers.get(header::CACHE_CONTROL).unwrap(), "no-store");
    assert!(!page.html.contains("<script>alert"));
    assert_eq!(page.html.matches("This device").count(), 1);
    assert!(page.html.contains(&end(3)) && page.html.contains(&end(1)));
    let next = format!("href=\"/account?after={}\"", session(1).id);
    assert!(page.html.contains(&next));
}

#[actix_web::test]
async fn a_new_name_that_looks_like_that_of_a_seller_is_reported_at_its_field() {
    let mut store = signed_in_twice();
    let renamed = store.mocks.accounts.expect_rename();
    renamed.returning(|_| Err(RenameAccountError::NameTaken));
    let page = store.post("/account/name", "name=Northwind").await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.html.contains("id=\"name-error\""));
    let rule = "Must not look like the name of another seller.";
    assert!(page.html.contains(rule));
}

#[actix_web::test]
async fn ending_the_current_session_removes_its_cookie() {
    for path in [end(1).as_str(), "/account/sessions/end-all"] {
        let mut store = TestStore::signed_in();
        store
            .mocks
            .sessions
            .expect_end()
            .returning(|_, _, _| Ok(true));
        store
            .mocks
            .sessions
            .expect_end_all()
            .returning(|_, _| Ok(()));
        let answer = store.post(path, "").await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
        assert!(answer.location().starts_with("/login?done="));
        let cookie = answer.headers.get(header::SET_COOKIE).unwrap();
        assert!(
            cookie
                .to_str()
                .unwrap()
                .starts_with("__Host-udam_session=; ")
        );
    }
}

#[actix_web::test]
async fn a_session_of_another_account_is_treated_as_gone() {
    let mut store = TestStore::signed_in();
    store
        .mocks
        .sessions
        .expect_end()
        .withf(|actor, ended, _| actor.account_id == ada().id && *ended == session(9).id)
        .returning(|_, _, _| Ok(false));
    let answer = store.post(&end(9), "").await;
    assert_eq!(answer.location(), "/account?done=gone");
    assert!(!answer.headers.contains_key(header::SET_COOKIE));
}

#[actix_web::test]
async fn a_wrong_current_password_is_reported_at_its_field_and_no_password_is_shown() {
    let mut store = signed_in_twice();
    store
        .mocks
        .accounts
        .expect_find_credentials()
        .returning(|_| {
            Ok(Some(Credentials {
                is_suspended: false,
                has_factor: false,
                account: ada(),
                password_hash: Some(PasswordHash::from_phc("hash".into())),
            }))
        });
    store
        .mocks
        .passwords
        .expect_verify()
        .returning(|_, _| Ok(false));
    let fields = "current_password=hunter2hunter2&new_password=hunter3hunter3";
    let page = store.post("/account/password", fields).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.html.contains("id=\"current_password-error\""));
    assert!(!page.html.contains("hunter"));
}

#[actix_web::test]
async fn a_new_password_that_is_easy_to_guess_is_reported_at_its_field() {
    let fields = "current_password=hunter2hunter2&new_password=++++++++";
    let page = signed_in_twice().post("/account/password", fields).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.html.contains("id=\"new_password-error\""));
    assert!(!page.html.contains("id=\"current_password-error\""));
}

#[actix_web::test]
async fn a_public_name_is_changed() {
    let mut store = TestStore::signed_in();
    store
        .mocks
        .accounts
        .expect_rename()
        .withf(|asked| asked.actor.account_id == ada().id && asked.name.as_str() == "Ada & Co.")
        .once()
        .returning(|_| Ok(()));
    let answer = store.post("/account/name", "name=+Ada+%26+Co.").await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert!(answer.location().starts_with("/account?done=name"));
}

#[actix_web::test]
async fn an_invalid_public_name_is_shown_again_with_its_error() {
    let fields = format!("name={}", "x".repeat(101));
    let page = signed_in_twice().post("/account/name", &fields).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.html.contains("id=\"name-error\""));
    assert!(page.html.contains(&"x".repeat(101)));
    let page = signed_in_twice().get("/account").await;
    assert!(page.html.contains("value=\"Ada\""));
}
