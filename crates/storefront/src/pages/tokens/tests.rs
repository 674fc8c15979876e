use actix_web::http::{StatusCode, header};
use udam_domain::RevealKeyError;
use udam_domain::id::{AccountId, ListingId, OrderId, TokenId};
use udam_domain::listing::{ApiKey, SealedKey, ServiceChanges};
use udam_domain::time::Timestamp;
use udam_domain::token::{SealedAccess, Token, TokenState};
use udam_domain::units::Units;
use uuid::Uuid;

use crate::testing::{TestStore, ada};

mod gateway;

const TOKEN: &str = "/tokens/tok_0000000000000000000000000a";
const KEY: &str = "sk_<live>&1";

fn token(state: TokenState, buyer: AccountId) -> Token {
    Token {
        id: TokenId::from_uuid(Uuid::from_u128(10)),
        order_id: OrderId::from_uuid(Uuid::from_u128(11)),
        listing_id: ListingId::from_uuid(Uuid::from_u128(12)),
        buyer_id: buyer,
        seller_id: AccountId::from_uuid(Uuid::from_u128(13)),
        service_name: "<i>Rain</i>".parse().unwrap(),
        units: Units::new(3).unwrap(),
        state,
        expires_at: Timestamp::from_second(60).unwrap(),
        created_at: Timestamp::UNIX_EPOCH,
        revealed_at: None,
        service_changes: ServiceChanges::default(),
        gateway: None,
    }
}

/// A store in which Ada is signed in and has a token in this state.
fn store_with(state: TokenState) -> TestStore {
    let mut store = TestStore::signed_in();
    store
        .mocks
        .token_reader
        .expect_find()
        .returning(move |id, buyer| {
            let token = token(state, ada().id);
            Ok(Some(token).filter(|token| token.id == id && token.buyer_id == buyer))
        });
    store
}

fn revealing(mut store: TestStore) -> TestStore {
    store.mocks.tokens.expect_reveal().returning(|reveal| {
        Ok(SealedAccess::Service {
            listing_id: ListingId::from_uuid(reveal.token_id.uuid()),
            key: SealedKey {
                key_id: "k1".parse().unwrap(),
                ciphertext: Vec::new(),
            },
            endpoint_url: Some("https://rain.example/".parse().unwrap()),
        })
    });
    let key = |_, _: &SealedKey| Ok(ApiKey::new(KEY.to_owned()).unwrap());
    store.mocks.vault.expect_open().returning(key);
    store
}

#[actix_web::test]
async fn the_key_is_in_one_uncached_response_and_nowhere_else() {
    let store = revealing(store_with(TokenState::Active));
    let page = store.post(&format!("{TOKEN}/reveal"), "").await;
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!(page.headers.get(header::CACHE_CONTROL).unwrap(), "no-store");
    // By itself, and in the command to try it with.
    assert_eq!(page.html.matches("sk_&#60;live&#62;&#38;1").count(), 2);
    assert!(page.html.contains("Authorization: Bearer sk_&#60;live"));
    assert!(!page.html.contains("<live>") && !page.html.contains("<i>"));
    assert!(!format!("{:?}", page.headers).contains("sk_"));

    let opened = store_with(TokenState::Active)
        .get(&format!("{TOKEN}/reveal"))
        .await;
    assert_eq!(
        (opened.status, opened.location()),
        (StatusCode::SEE_OTHER, TOKEN)
    );
}

#[actix_web::test]
async fn a_token_without_access_says_why_and_has_no_button() {
    let page = store_with(TokenState::Active).get(TOKEN).await;
    assert!(page.html.contains("/reveal\"") && page.html.contains("/revoke\""));
    let page = store_with(TokenState::Suspended).get(TOKEN).await;
    assert!(!page.html.contains("/reveal") && page.html.contains("is disputed"));
    let page = store_with(TokenState::Revoked).get(TOKEN).await;
    assert!(!page.html.contains("/reveal") && !page.html.contains("/revoke"));
    assert!(page.html.contains("It was revoked"));

    let mut store = store_with(TokenState::Revoked);
    store
        .mocks
        .tokens
        .expect_reveal()
        .returning(|_| Err(RevealKeyError::Revoked));
    let page = store.post(&format!("{TOKEN}/reveal"), "").await;
    assert_eq!(page.status, StatusCode::GONE);
}

#[actix_web::test]
async fn a_token_of_others_is_not_found() {
    let other = "/tokens/tok_0000000000000000000000000b";
    for path in [
        other,
        "/tokens/tok_",
        "/tokens/lst_0000000000000000000000000a",
    ] {
        let page = store_with(TokenState::Active).get(path).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
    }
    // The key is not requested: the mocked store would panic.
    let page = store_with(TokenState::Active)
        .post(&format!("{other}/reveal"), "")
        .await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    // The visitor may be its seller, who can revoke it without seeing its details.
    let page = store_with(TokenState::Active)
        .get(&format!("{other}/revoke"))
        .await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(!page.html.contains("Rain"));

    let page = TestStore::new().get(TOKEN).await;
    assert_eq!(
        page.location(),
        format!("/login?next={}", TOKEN.replace('/', "%2F"))
    );
}

async fn location_after_revoking(buyer: AccountId) -> String {
    let mut store = store_with(TokenState::Active);
    store
        .mocks
        .tokens
        .expect_revoke()
        .returning(move |_| Ok(token(TokenState::Revoked, buyer)));
    let page = store.post(&format!("{TOKEN}/revoke"), "").await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
    page.location().to_owned()
}

#[actix_web::test]
async fn after_revoking_the_buyer_returns_to_the_token_and_the_seller_to_the_sales() {
    let back = location_after_revoking(ada().id).await;
    assert_eq!(back, format!("{TOKEN}?done=revoked"));
    let somebody = AccountId::from_uuid(Uuid::from_u128(14));
    assert_eq!(
        location_after_revoking(somebody).await,
        "/my/sales?done=revoked"
    );
}

#[actix_web::test]
async fn a_token_says_what_its_seller_has_changed_since_the_order() {
    let show = async |state, key_at| {
        let mut store = TestStore::signed_in();
        let find = move |_, _| {
            let service_changes = ServiceChanges {
                endpoint_at: None,
                key_at,
            };
            Ok(Some(Token {
                service_changes,
                ..token(state, ada().id)
            }))
        };
        store.mocks.token_reader.expect_find().returning(find);
        store.get(TOKEN).await.html
    };
    let changed = Some(Timestamp::UNIX_EPOCH);
    let html = show(TokenState::Active, changed).await;
    let text = "the seller changed the API key on 1 Jan 1970, 00:00 UTC.";
    assert!(html.contains(text), "{html}");
    assert!(
        !show(TokenState::Active, None)
            .await
            .contains("the seller changed")
    );
    assert!(
        !show(TokenState::Revoked, changed)
            .await
            .contains("the seller changed")
    );
}
