use futures::future::join_all;
use udam_domain::audit::AuditAction;
use udam_domain::id::{AccountId, RefundId, TokenId};
use udam_domain::page::{PageLimit, PageRequest};
use udam_domain::time::Timestamp;
use udam_domain::token::{RevealKey, RevokeToken, SealedAccess, Token, TokenState};
use udam_domain::{RevealKeyError, RevokeTokenError, StoreError, TokenReader, TokenStore};

use crate::fixtures::{Counting, actor, at, sealed, start};
use crate::harness::Database;

async fn reveal(
    database: &Database,
    token_id: TokenId,
    buyer: AccountId,
) -> Result<SealedAccess, RevealKeyError> {
    reveal_at(database, token_id, buyer, at(60)).await
}

async fn reveal_at(
    database: &Database,
    token_id: TokenId,
    buyer: AccountId,
    at: Timestamp,
) -> Result<SealedAccess, RevealKeyError> {
    let buyer = actor(buyer);
    let reveal = RevealKey {
        token_id,
        buyer,
        at,
        first_key: None,
    };
    database.tokens().reveal(reveal).await
}

async fn revoke(
    database: &Database,
    token_id: TokenId,
    by: AccountId,
) -> Result<Token, RevokeTokenError> {
    database
        .tokens()
        .revoke(RevokeToken {
            token_id,
            by: actor(by),
            at: at(60),
            refund_id: RefundId::mint(at(60), &Counting),
        })
        .await
}

#[tokio::test]
async fn a_token_is_found_by_its_buyer_only() {
    let database = Database::fresh().await;
    let ((seller, _), (buyer, _)) = (database.account().await, database.account().await);
    let listing = database.listing(seller, |_| {}).await;
    let id = database.token(buyer, &listing, TokenState::Active).await;

    let token = database.tokens().find(id, buyer).await.unwrap().unwrap();
    assert_eq!((token.id, token.listing_id), (id, listing.id));
    assert_eq!((token.buyer_id, token.seller_id), (buyer, seller));
    assert_eq!(
        (token.service_name.as_str(), token.units.get()),
        ("Weather", 2)
    );
    assert_eq!((token.created_at, token.expires_at), (start(), at(3_600)));
    assert_eq!(database.tokens().find(id, seller).await.unwrap(), None);
}

#[tokio::test]
async fn tokens_of_a_buyer_are_listed_newest_first() {
    let database = Database::fresh().await;
    let ((seller, _), (buyer, _)) = (database.account().await, database.account().await);
    let listing = database.listing(seller, |_| {}).await;
    database.token(seller, &listing, TokenState::Active).await;
    let mut ids = Vec::new();
    for _ in 0..5 {
        ids.insert(0, database.token(buyer, &listing, TokenState::Active).await);
    }
    let mut page = PageRequest {
        after: None,
        limit: PageLimit::new(2).unwrap(),
    };
    let mut seen = Vec::new();
    loop {
        let result = database.tokens().of_buyer(buyer, page).await.unwrap();
        seen.extend(result.items.iter().map(|token| token.id));
        page.after = result.next;
        if page.after.is_none() {
            break;
        }
    }
    assert_eq!(seen, ids);
}

#[tokio::test]
async fn an_active_token_reveals_its_listings_key_and_is_audited() {
    let database = Database::fresh().await;
    let ((seller, _), (buyer, _)) = (database.account().await, database.account().await);
    let key = sealed("2026");
    let listing = database
        .listing(seller, |listing| listing.sealed_key = key.clone())
        .await;
    let id = database.token(buyer, &listing, TokenState::Active).await;
    let access = reveal(&database, id, buyer).await.unwrap();

    let SealedAccess::Service {
        listing_id,
        key: revealed,
        endpoint_url,
    } = access
    else {
        panic!("{access:?}");
    };
    assert_eq!((listing_id, revealed), (listing.id, key));
    assert_eq!(endpoint_url, listing.details.endpoint_url);
    let record = "SELECT concat_ws(' ', action, account_id, host(a.address), subject_id)
        FROM audit_events e JOIN addresses_of_actions a ON a.event_id = e.id";
    let record: String = database.value(record).await;
    assert_eq!(
        record,
        format!("key_revealed {} 192.0.2.7 {}", buyer.uuid(), id.uuid())
    );
}

#[tokio::test]
async fn a_token_that_is_revoked_suspended_expired_or_anothers_reveals_nothing() {
    let database = Database::fresh().await;
    let ((seller, _), (buyer, _)) = (database.account().await, database.account().await);
    let listing = database.listing(seller, |_| {}).await;
    let active = database.token(buyer, &listing, TokenState::Active).await;
    let suspended = database.token(buyer, &listing, TokenState::Suspended).await;
    let revoked = database.token(buyer, &listing, TokenState::Revoked).await;
    let late = at(3_600);

    let by_seller = reveal(&database, active, seller).await;
    assert!(matches!(by_seller, Err(RevealKeyError::NotFound)));
    let expired = reveal_at(&database, active, buyer, late).await;
    assert!(matches!(expired, Err(RevealKeyError::Expired)));
    let suspended = reveal(&database, suspended, buyer).await;
    assert!(matches!(suspended, Err(RevealKeyError::Suspended)));
    let revoked = reveal_at(&database, revoked, buyer, late).await;
    assert!(matches!(revoked, Err(RevealKeyError::Revoked)));
    assert_eq!(database.count("audit_events").await, 0);
}

#[tokio::test]
async fn a_key_is_not_revealed_when_that_cannot_be_audited() {
    let database = Database::fresh().await;
    let ((seller, _), (buyer, _)) = (database.account().await, database.account().await);
    let listing = database.listing(seller, |_| {}).await;
    let id = database.token(buyer, &listing, TokenState::Active).await;
    database.fail_audit(AuditAction::KeyRevealed).await;
    let result = reveal(&database, id, buyer).await;
    assert!(matches!(
        result,
        Err(RevealKeyError::Unavailable(StoreError::Failed(_)))
    ));
}

#[tokio::test]
async fn buyer_and_seller_revoke_a_token_and_nobody_else() {
    let database = Database::fresh().await;
    let ((seller, _), (buyer, _)) = (database.account().await, database.account().await);
    let (unknown, _) = database.account().await;
    let listing = database.listing(seller, |_| {}).await;
    for by in [buyer, seller] {
        let id = database.token(buyer, &listing, TokenState::Active).await;
        let result = revoke(&database, id, unknown).await;
        assert!(matches!(result, Err(RevokeTokenError::NotFound)));
        assert_eq!(
            revoke(&database, id, by).await.unwrap().state,
            TokenState::Revoked
        );
        let result = reveal(&database, id, buyer).await;
        assert!(matches!(result, Err(RevealKeyError::Revoked)));
    }
    let audited = ["token_revoked", "order_refunded", "token_revoked"];
    let revoked: Vec<_> = database.audited().await;
    let revoked: Vec<_> = revoked
        .iter()
        .filter(|action| *action != "key_revealed")
        .collect();
    assert_eq!(revoked, audited.iter().collect::<Vec<_>>());
}

#[tokio::test]
async fn a_token_revoked_many_times_at_once_is_recorded_once() {
    let database = Database::fresh().await;
    let ((seller, _), (buyer, _)) = (database.account().await, database.account().await);
    let listing = database.listing(seller, |_| {}).await;
    let id = database.token(buyer, &listing, TokenState::Suspended).await;
    for result in join_all((0..12).map(|_| revoke(&database, id, buyer))).await {
        assert_eq!(result.unwrap().state, TokenState::Revoked);
    }
    assert_eq!(database.audited().await, ["token_revoked"]);
}

#[tokio::test]
async fn a_token_is_not_revoked_when_that_cannot_be_audited() {
    let database = Database::fresh().await;
    let ((seller, _), (buyer, _)) = (database.account().await, database.account().await);
    let listing = database.listing(seller, |_| {}).await;
    let id = database.token(buyer, &listing, TokenState::Active).await;
    database.fail_audit(AuditAction::TokenRevoked).await;
    let result = revoke(&database, id, seller).await;

    assert!(matches!(
        result,
        Err(RevokeTokenError::Unavailable(StoreError::Failed(_)))
    ));
    assert!(reveal(&database, id, buyer).await.is_ok());
}

#[tokio::test]
async fn a_reveal_concurrent_with_a_revocation_waits_for_it_and_is_refused() {
    let database = Database::fresh().await;
    let ((seller, _), (buyer, _)) = (database.account().await, database.account().await);
    let listing = database.listing(seller, |_| {}).await;
    let id = database.token(buyer, &listing, TokenState::Active).await;
    let revoking = database.beside().await;
    revoking
        .batch_execute("BEGIN; UPDATE tokens SET state = 'revoked'")
        .await
        .unwrap();
    let committing = async {
        database.until_waiting(1).await;
        revoking.batch_execute("COMMIT").await.unwrap();
    };
    let (result, ()) = futures::join!(reveal(&database, id, buyer), committing);
    assert!(matches!(result, Err(RevealKeyError::Revoked)));
}
