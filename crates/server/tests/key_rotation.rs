//! `udam keys rotate`, over a store of made-up keys.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::sync::Arc;

use udam_crypto::{MasterKey, RingKeyVault};
use udam_domain::account::TotpSecret;
use udam_domain::gateway::AccessKey;
use udam_domain::id::{ListingId, SecondFactorId, TokenId};
use udam_domain::listing::{ApiKey, SealedKey};
use udam_domain::{KeyOwner, MockSealedKeyStore};
use udam_server::maintenance::{Rotation, move_all};
use udam_server::terminal::Terminal;
use uuid::Uuid;

fn master_key(id: &str) -> MasterKey {
    MasterKey::generate(id.parse().unwrap())
}

fn vault(keys: &[&MasterKey]) -> RingKeyVault {
    let texts = keys.iter().map(|key| key.to_text().expose().to_owned());
    RingKeyVault::new(texts.collect::<Vec<_>>().join(",").parse().unwrap())
}

fn listing(number: u128) -> ListingId {
    ListingId::from_uuid(Uuid::from_u128(number))
}

fn token(number: u128) -> TokenId {
    TokenId::from_uuid(Uuid::from_u128(number))
}

/// The key of a listing, sealed under this master key.
fn sealed(under: &MasterKey, number: u128) -> (KeyOwner, SealedKey) {
    let key = ApiKey::new("sk_1".to_owned()).unwrap();
    let sealed = vault(&[under]).seal(listing(number), &key).unwrap();
    (KeyOwner::Listing(listing(number)), sealed)
}

/// The first access key of a token, sealed under this master key.
fn sealed_access_key(under: &MasterKey, number: u128) -> (KeyOwner, SealedKey) {
    let key = AccessKey::new("udk_1".to_owned());
    let sealed = vault(&[under]).seal_access_key(token(number), &key);
    (KeyOwner::Token(token(number)), sealed.unwrap())
}

/// The secret of a second factor, sealed under this master key.
fn sealed_factor(under: &MasterKey, number: u128) -> (KeyOwner, SealedKey) {
    let factor = SecondFactorId::from_uuid(Uuid::from_u128(number));
    let secret = TotpSecret::new("GEZDGNBV".to_owned());
    let sealed = vault(&[under]).seal_factor(factor, &secret);
    (KeyOwner::SecondFactor(factor), sealed.unwrap())
}

/// A store that holds these in one batch, and reseals every key.
fn holding(batch: Vec<(KeyOwner, SealedKey)>) -> MockSealedKeyStore {
    holding_movable(batch, 1)
}

/// A store that holds these in one batch, of which so many are moved.
fn holding_movable(batch: Vec<(KeyOwner, SealedKey)>, movable: usize) -> MockSealedKeyStore {
    let last = batch.last().map(|(owner, _)| *owner);
    let mut store = MockSealedKeyStore::new();
    store
        .expect_sealed_under_others()
        .withf(|active, after, _| active.as_str() == "new" && after.is_none())
        .return_once(move |_, _, _| Ok(batch));
    store
        .expect_sealed_under_others()
        .withf(move |_, after, _| *after == last)
        .return_once(|_, _, _| Ok(Vec::new()));
    store
        .expect_reseal()
        .withf(|_, from, to, _| from.key_id.as_str() == "old" && to.key_id.as_str() == "new")
        .times(movable)
        .returning(|_, _, _, _| Ok(true));
    store
}

/// Rotates the keys in a store, and returns the outcome and the lines on stderr.
async fn moved(store: MockSealedKeyStore, vault: RingKeyVault) -> (Rotation, Vec<String>) {
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    let mut terminal = Terminal::new(&mut stdout, &mut stderr);
    let active = "new".parse().unwrap();
    let rotation = move_all(Arc::new(store), Arc::new(vault), &active, &mut terminal)
        .await
        .unwrap();
    let stderr = String::from_utf8(stderr).unwrap();
    (rotation, stderr.lines().map(str::to_owned).collect())
}

#[tokio::test]
async fn all_batches_are_moved_and_counted() {
    let (new, old) = (master_key("new"), master_key("old"));
    let mut store = holding(vec![sealed(&old, 1)]);
    let anew = sealed(&new, 1);
    store.expect_samples().return_once(move || Ok(vec![anew]));
    let (rotation, stderr) = moved(store, vault(&[&new, &old])).await;
    assert_eq!(rotation, Rotation::Complete);
    assert_eq!(
        stderr,
        [
            "1 moved under new so far",
            "Done: 1 moved under new.",
            "Nothing is sealed under another key: the others can go from UDAM_MASTER_KEYS, if new is \
             first in every server's.",
        ]
    );
}

#[tokio::test]
async fn a_key_that_does_not_open_is_named_and_keeps_no_other_from_moving() {
    let (new, old) = (master_key("new"), master_key("old"));
    let another = master_key("old");
    let store = holding(vec![sealed(&another, 1), sealed(&old, 2)]);
    let (rotation, stderr) = moved(store, vault(&[&new, &old])).await;
    assert_eq!(rotation, Rotation::Incomplete);
    assert_eq!(
        stderr,
        [
            &format!("The key of {} does not open, and stays.", listing(1)),
            "1 moved under new so far",
            "Done: 1 moved under new.",
            "Not moved: 1. Put the master key that was used for them back into UDAM_MASTER_KEYS and \
             run this again, or have sellers put the keys of listings in again, and remove second \
             factors with `udam accounts remove-factor`.",
        ]
    );
}

#[tokio::test]
async fn keys_of_listings_tokens_and_second_factors_are_moved_together() {
    let (new, old) = (master_key("new"), master_key("old"));
    let all = vec![
        sealed(&old, 1),
        sealed_access_key(&old, 1),
        sealed_factor(&old, 1),
    ];
    let mut store = holding_movable(all, 3);
    store.expect_samples().return_once(|| Ok(Vec::new()));
    let (rotation, stderr) = moved(store, vault(&[&new, &old])).await;
    assert_eq!(rotation, Rotation::Complete);
    assert_eq!(stderr[1], "Done: 3 moved under new.");
}

#[tokio::test]
async fn an_access_key_that_does_not_open_is_named_by_its_token() {
    let (new, old) = (master_key("new"), master_key("old"));
    let store = holding(vec![
        sealed(&old, 1),
        sealed_access_key(&master_key("old"), 2),
    ]);
    let (rotation, stderr) = moved(store, vault(&[&new, &old])).await;
    assert_eq!(rotation, Rotation::Incomplete);
    assert_eq!(
        stderr[0],
        format!("The key of {} does not open, and stays.", token(2))
    );
}

#[tokio::test]
async fn a_key_that_is_still_in_use_must_not_go() {
    let (new, old) = (master_key("new"), master_key("old"));
    let mut store = holding(vec![sealed(&old, 1)]);
    let samples = vec![sealed(&old, 2), sealed(&new, 1)];
    store.expect_samples().return_once(move || Ok(samples));
    let (_, stderr) = moved(store, vault(&[&new, &old])).await;
    let last = stderr.last().unwrap();
    assert!(
        last.contains("sealed under old meanwhile: once new is in every server's"),
        "{last}"
    );
}
