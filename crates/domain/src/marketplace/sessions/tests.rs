use futures::executor::block_on;
use mockall::predicate::eq;

use super::*;
use crate::fixtures::{account_id, actor, at, clock, session_id, signed_in};
use crate::page::PageLimit;
use crate::ports::{MockSessionMint, MockSessionStore};
use crate::time::SignedDuration;

const DIGEST: SessionDigest = SessionDigest::new([7; 32]);
const POLICY: SessionPolicy = SessionPolicy {
    ttl: SignedDuration::from_hours(24),
    idle_ttl: SignedDuration::from_hours(2),
};

/// Sessions over this store and a mint that knows the token `minted` and no other.
fn sessions(store: MockSessionStore) -> Sessions {
    let mut mint = MockSessionMint::new();
    mint.expect_recognize()
        .returning(|token| (token.expose() == "minted").then_some(DIGEST));
    let ports = SessionPorts {
        store: Arc::new(store),
        mint: Arc::new(mint),
        clock: clock(at(1_000)),
    };
    Sessions::new(ports, POLICY)
}

fn authenticate(store: MockSessionStore, token: &str) -> Result<Option<SignedIn>, StoreError> {
    let token = SessionToken::new(token.into());
    block_on(sessions(store).authenticate(&token))
}

#[test]
fn a_token_is_looked_up_by_its_digest_as_of_now() {
    let mut store = MockSessionStore::new();
    store
        .expect_authenticate()
        .with(eq(DIGEST), eq(POLICY), eq(at(1_000)))
        .once()
        .returning(|_, _, _| Ok(Some(signed_in(2))));
    assert_eq!(authenticate(store, "minted").unwrap(), Some(signed_in(2)));
}

#[test]
fn an_unrecognized_token_reaches_no_store() {
    let store = MockSessionStore::new();
    assert_eq!(authenticate(store, "mistyped").unwrap(), None);
}

#[test]
fn a_token_of_an_ended_session_is_unauthenticated() {
    let mut store = MockSessionStore::new();
    store
        .expect_authenticate()
        .once()
        .returning(|_, _, _| Ok(None));
    assert_eq!(authenticate(store, "minted").unwrap(), None);
}

#[test]
fn a_failing_store_is_not_an_unauthenticated_caller() {
    let mut store = MockSessionStore::new();
    store
        .expect_authenticate()
        .once()
        .returning(|_, _, _| Err(StoreError::Overloaded));
    assert!(authenticate(store, "minted").is_err());
}

#[test]
fn a_page_of_sessions_holds_those_that_live_now() {
    let asked = PageRequest {
        after: Some(session_id(9)),
        limit: PageLimit::MAX,
    };
    let page = Page {
        items: vec![signed_in(2).session],
        next: None,
    };
    let answer = page.clone();
    let mut store = MockSessionStore::new();
    store
        .expect_of_account()
        .with(eq(account_id(2)), eq(POLICY), eq(at(1_000)), eq(asked))
        .once()
        .return_once(|_, _, _, _| Ok(answer));
    let found = block_on(sessions(store).of_account(account_id(2), asked));
    assert_eq!(found.unwrap(), page);
}

#[test]
fn a_session_is_ended_by_its_own_account() {
    let mut store = MockSessionStore::new();
    store
        .expect_end()
        .with(eq(actor(2)), eq(session_id(9)), eq(at(1_000)))
        .once()
        .returning(|_, _, _| Ok(false));
    store
        .expect_end_all()
        .with(eq(actor(2)), eq(at(1_000)))
        .once()
        .returning(|_, _| Ok(()));
    let sessions = sessions(store);
    assert!(!block_on(sessions.end(actor(2), session_id(9))).unwrap());
    block_on(sessions.end_all(actor(2))).unwrap();
}
