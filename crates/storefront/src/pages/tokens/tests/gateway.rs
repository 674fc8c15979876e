use std::time::Duration;

use udam_domain::IssueAccessKeyError;
use udam_domain::gateway::{
    AccessKey, AccessKeyDigest, AccessKeyInfo, Balance, Call, CallOutcome, CallPath, CallState,
    Head, Method, TermsVersion, TokenUnits,
};
use udam_domain::id::{AccessKeyId, CallId};
use udam_domain::mocks::MockGateway;
use udam_domain::page::Page;
use udam_domain::token::TokenGateway;

use super::*;

const KEY_ID: &str = "key_0000000000000000000000000f";

fn key() -> AccessKeyInfo {
    AccessKeyInfo {
        id: KEY_ID.parse::<AccessKeyId>().unwrap(),
        token_id: TokenId::from_uuid(Uuid::from_u128(10)),
        name: Some("<i>Nightly</i>".parse().unwrap()),
        max_units: Units::new(1_000).ok(),
        taken_units: 2,
        expires_at: None,
        is_first: false,
        created_at: Timestamp::UNIX_EPOCH,
    }
}

fn call() -> Call {
    let token = token(TokenState::Active, ada().id);
    Call {
        id: CallId::from_uuid(Uuid::from_u128(16)),
        token_id: token.id,
        key_id: key().id,
        listing_id: token.listing_id,
        buyer_id: token.buyer_id,
        seller_id: token.seller_id,
        terms: TermsVersion::FIRST,
        request: Some((Method::Get, CallPath::new("/<b>".to_owned()).unwrap())),
        outcome: CallOutcome::CutShort(Head {
            status: 206,
            declared_units: None,
        }),
        state: CallState::Returned,
        units: 0,
        request_bytes: 0,
        response_bytes: 0,
        latency: Some(Duration::from_millis(48)),
        began_at: Timestamp::UNIX_EPOCH,
        ended_at: Timestamp::UNIX_EPOCH,
    }
}

/// A store in which Ada has a token in this state, through the gateway.
fn store_with_gateway(state: TokenState, mut gateway: MockGateway) -> TestStore {
    gateway
        .keys
        .expect_of_token()
        .returning(|_, _| Ok(vec![key()]));
    gateway.reader.expect_of_token().returning(|_, _, _| {
        let items = vec![call()];
        Ok(Page { items, next: None })
    });
    gateway.mint.expect_mint().returning(|| {
        let key = AccessKey::new("udk_new".to_owned());
        (key, AccessKeyDigest::new([7; 32]))
    });
    let mut store = TestStore::signed_in();
    store.mocks.gateway = Some(gateway);
    store
        .mocks
        .token_reader
        .expect_find()
        .returning(move |_, _| {
            let units = Units::new(3).unwrap();
            Ok(Some(Token {
                gateway: Some(TokenGateway {
                    terms: TermsVersion::FIRST,
                    units: TokenUnits::new(Balance::new(units, 1).unwrap(), 0).unwrap(),
                }),
                ..token(state, ada().id)
            }))
        });
    store
        .mocks
        .listing_reader
        .expect_find()
        .returning(|_| Ok(None));
    store
}

#[actix_web::test]
async fn a_token_shows_its_units_keys_calls_and_a_command() {
    let store = store_with_gateway(TokenState::Active, MockGateway::default());
    let page = store.get(TOKEN).await.html;
    for text in [
        "<dt>Left</dt><dd>1</dd>",
        "<dt>Charged</dt><dd>2</dd>",
        "https://udam.example/gw/lst_0000000000000000000000000c",
        "Bearer YOUR_ACCESS_KEY",
        "&#60;i&#62;Nightly",
        "2 of 1,000",
        "GET /&#60;b&#62;",
        "Cut short",
        "48 ms",
        "Issue a further key",
        "Reveal first key",
    ] {
        assert!(page.contains(text), "{text}: {page}");
    }
    assert!(page.contains(&format!("{TOKEN}/keys/{KEY_ID}/delete")));
    assert!(!page.contains("udk_"));

    let revoked = store_with_gateway(TokenState::Revoked, MockGateway::default());
    let page = revoked.get(TOKEN).await.html;
    assert!(!page.contains("Issue a further key"));
    let by_key = store_with(TokenState::Active).get(TOKEN).await.html;
    assert!(!by_key.contains("Access keys"));
}

#[actix_web::test]
async fn a_further_key_is_in_one_uncached_response() {
    let mut gateway = MockGateway::default();
    gateway.keys.expect_issue().once().returning(|issue| {
        assert_eq!(issue.name.as_ref().unwrap().as_str(), "Nightly");
        assert_eq!(issue.max_units.map(Units::get), Some(5));
        let end = issue.expires_at.unwrap();
        assert_eq!(end.to_string(), "2026-02-01T00:00:00Z");
        Ok(issue.into_info())
    });
    let store = store_with_gateway(TokenState::Active, gateway);
    let form = "key_name=Nightly&max_units=5&expires_on=2026-01-31";
    let page = store.post(&format!("{TOKEN}/keys"), form).await;
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!(page.headers.get(header::CACHE_CONTROL).unwrap(), "no-store");
    // By itself, and in the command to try it with.
    assert_eq!(page.html.matches("udk_new").count(), 2);
    assert!(page.html.contains("It is not shown again"));

    let opened = store_with_gateway(TokenState::Active, MockGateway::default());
    let opened = opened.get(&format!("{TOKEN}/keys")).await;
    assert_eq!(opened.location(), TOKEN);
}

#[actix_web::test]
async fn a_key_with_wrong_limits_or_one_too_many_is_not_issued() {
    let store = store_with_gateway(TokenState::Active, MockGateway::default());
    let form = "max_units=0&expires_on=tomorrow";
    let page = store.post(&format!("{TOKEN}/keys"), form).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.html.contains("id=\"max_units-error\""));
    assert!(page.html.contains("id=\"expires_on-error\"") && page.html.contains("<details open>"));

    let store = store_with_gateway(TokenState::Active, MockGateway::default());
    let page = store
        .post(&format!("{TOKEN}/keys"), "expires_on=1969-12-30")
        .await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.html.contains("Must not be a day that has passed"));

    let mut gateway = MockGateway::default();
    let issue = gateway.keys.expect_issue();
    issue.returning(|_| Err(IssueAccessKeyError::TooMany));
    let store = store_with_gateway(TokenState::Active, gateway);
    let page = store.post(&format!("{TOKEN}/keys"), "").await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    assert!(page.html.contains("50 access keys at most"));
}

#[actix_web::test]
async fn a_key_is_deleted_once() {
    for (existed, status) in [
        (true, StatusCode::SEE_OTHER),
        (false, StatusCode::NOT_FOUND),
    ] {
        let mut gateway = MockGateway::default();
        gateway
            .keys
            .expect_delete()
            .once()
            .returning(move |delete| {
                assert_eq!(delete.key_id, key().id);
                Ok(existed)
            });
        let store = store_with_gateway(TokenState::Active, gateway);
        let path = format!("{TOKEN}/keys/{KEY_ID}/delete");
        assert_eq!(store.post(&path, "").await.status, status);
    }
}

#[actix_web::test]
async fn revealing_shows_the_first_access_key_and_the_address_of_the_gateway() {
    let mut gateway = MockGateway::default();
    let sealed = || SealedKey {
        key_id: "k1".parse().unwrap(),
        ciphertext: Vec::new(),
    };
    let vault = &mut gateway.key_vault;
    vault.expect_seal().returning(move |_, _| Ok(sealed()));
    vault
        .expect_open()
        .returning(|_, _| Ok(AccessKey::new("udk_first".to_owned())));
    let mut store = store_with_gateway(TokenState::Active, gateway);
    store.mocks.tokens.expect_reveal().returning(move |_| {
        Ok(SealedAccess::Gateway {
            listing_id: ListingId::from_uuid(Uuid::from_u128(12)),
            key: sealed(),
        })
    });
    let page = store.post(&format!("{TOKEN}/reveal"), "").await;
    assert_eq!(page.headers.get(header::CACHE_CONTROL).unwrap(), "no-store");
    assert_eq!(page.html.matches("udk_first").count(), 2);
    let called = "&#39;https://udam.example/gw/lst_0000000000000000000000000c/&#39;";
    assert!(page.html.contains(called), "{}", page.html);
}
