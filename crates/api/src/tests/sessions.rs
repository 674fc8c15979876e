use udam_domain::account::{Origin, Session};
use udam_domain::id::{OrderId, SessionId};
use udam_domain::page::Page;

use super::*;
use crate::testing::{ada, session};

#[actix_web::test]
async fn logging_out_ends_the_session_of_the_request() {
    let mut api = TestApi::signed_in();
    api.mocks
        .sessions
        .expect_end()
        .withf(|actor, id, _| actor.account_id == ada().id && *id == session().id)
        .times(1)
        .returning(|_, _, _| Ok(true));
    let answer = send(api, as_ada(post("/v1/auth/logout"))).await;
    assert_eq!(
        (answer.status, answer.text.as_str()),
        (200, r#"{"ok":true}"#)
    );
}

#[actix_web::test]
async fn logging_out_everywhere_ends_them_all() {
    let mut api = TestApi::signed_in();
    api.mocks
        .sessions
        .expect_end_all()
        .times(1)
        .returning(|_, _| Ok(()));
    let answer = send(api, as_ada(post("/v1/auth/logout-everywhere"))).await;
    assert_eq!(
        (answer.status, answer.text.as_str()),
        (200, r#"{"ok":true}"#)
    );
}

#[actix_web::test]
async fn a_request_without_a_live_session_is_unauthenticated() {
    let calls = [
        "/v1/auth/logout",
        "/v1/auth/logout-everywhere",
        "/v1/tab/checkout",
    ];
    for path in calls {
        let answer = send(TestApi::signed_in(), post(path)).await;
        assert_eq!(answer.problem(), (401, "unauthenticated"));
        assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
    }
    let mut ended = TestApi::signed_in();
    ended.mocks.sessions.checkpoint();
    ended
        .mocks
        .sessions
        .expect_authenticate()
        .returning(|_, _, _| Ok(None));
    let answer = send(ended, as_ada(get("/v1/orders"))).await;
    assert_eq!(answer.problem(), (401, "unauthenticated"));
}

#[actix_web::test]
async fn a_token_that_cannot_be_one_is_refused_without_asking_the_store() {
    let mut api = TestApi::new();
    api.mocks.mint.expect_recognize().return_const(None);
    let request = get("/v1/tab").insert_header(("authorization", "bearer typo"));
    assert_eq!(send(api, request).await.problem(), (401, "unauthenticated"));
}

#[actix_web::test]
async fn sessions_are_paged_and_the_current_one_is_marked() {
    let mut api = TestApi::signed_in();
    api.mocks
        .sessions
        .expect_of_account()
        .returning(|account, _, now, page| {
            assert_eq!((account, now, page.limit.get()), (ada().id, NOW, 1));
            let (items, next) = match page.after {
                None => (vec![session()], Some(session().id)),
                Some(after) => {
                    assert_eq!(after, session().id);
                    (vec![other_session()], None)
                }
            };
            Ok(Page { items, next })
        });
    let api = api.into_data();
    let first = send_to(&api, as_ada(get("/v1/auth/sessions?limit=1"))).await;
    assert_eq!(first.status, 200);
    assert_eq!(first.body["data"][0]["current"], true);
    assert_eq!(first.body["data"][0]["device"], Value::Null);
    let cursor = first.body["next_cursor"].as_str().unwrap();
    let path = format!("/v1/auth/sessions?limit=1&cursor={cursor}");
    let last = send_to(&api, as_ada(get(&path))).await;
    assert_eq!(last.body["data"][0]["current"], false);
    assert_eq!(last.body["data"][0]["device"], "curl/8.9.1");
    assert_eq!(last.body["data"][0]["address"], "192.0.2.7");
    assert_eq!(last.body["next_cursor"], Value::Null);
    let elsewhere = as_ada(get(&format!("/v1/orders?cursor={cursor}")));
    assert_eq!(send_to(&api, elsewhere).await.fields(), ["cursor"]);
}

fn other_session() -> Session {
    Session {
        id: SessionId::from_uuid(Uuid::from_u128(3)),
        origin: Origin {
            address: Some("192.0.2.7".parse().unwrap()),
            device: Some("curl/8.9.1".parse().unwrap()),
        },
        ..session()
    }
}

#[actix_web::test]
async fn one_session_is_ended_by_its_id() {
    let delete = |id: &str| as_ada(TestRequest::delete().uri(&format!("/v1/auth/sessions/{id}")));
    for (there, status) in [(true, 204), (false, 404)] {
        let mut api = TestApi::signed_in();
        api.mocks
            .sessions
            .expect_end()
            .returning(move |_, _, _| Ok(there));
        assert_eq!(
            send(api, delete(&id(SessionId::from_uuid))).await.status,
            status
        );
    }
    for wrong in [
        "x",
        &id(OrderId::from_uuid),
        "ses_8zzzzzzzzzzzzzzzzzzzzzzzzz",
    ] {
        let answer = send(TestApi::signed_in(), delete(wrong)).await;
        assert_eq!(answer.problem(), (404, "not_found"));
    }
}
