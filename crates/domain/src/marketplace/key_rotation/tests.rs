use futures::executor::block_on;
use mockall::predicate::{always, eq};

use super::*;
use crate::fixtures::{at, clock, listing_id, sealed, token_id};
use crate::gateway::AccessKey;
use crate::listing::ApiKey;
use crate::ports::{MockAccessKeyVault, MockFactorVault, MockKeyVault, MockSealedKeyStore};

fn active() -> KeyId {
    "new".parse().unwrap()
}

fn rotate(
    keys: MockSealedKeyStore,
    vault: MockKeyVault,
    after: Option<KeyOwner>,
) -> Result<Rotated, RotateKeysError> {
    rotate_all(keys, vault, MockAccessKeyVault::new(), after)
}

fn rotate_all(
    keys: MockSealedKeyStore,
    vault: MockKeyVault,
    access_keys: MockAccessKeyVault,
    after: Option<KeyOwner>,
) -> Result<Rotated, RotateKeysError> {
    let rotation = KeyRotation::new(KeyRotationPorts {
        keys: Arc::new(keys),
        vault: Arc::new(vault),
        access_keys: Arc::new(access_keys),
        factors: Arc::new(MockFactorVault::new()),
        clock: clock(at(1_000)),
    });
    block_on(rotation.rotate(&active(), after))
}

fn old(number: u128) -> SealedKey {
    sealed("old", &number.to_string())
}

fn new(number: u128) -> SealedKey {
    sealed("new", &number.to_string())
}

fn listing(number: u128) -> KeyOwner {
    KeyOwner::Listing(listing_id(number))
}

fn token(number: u128) -> KeyOwner {
    KeyOwner::Token(token_id(number))
}

/// A store that answers once with the keys of these listings, all under the old master key.
fn holding(after: Option<KeyOwner>, numbers: &[u128]) -> MockSealedKeyStore {
    let batch = numbers
        .iter()
        .map(|number| (listing(*number), old(*number)));
    holding_all(after, batch.collect())
}

/// A store that answers once with these keys.
fn holding_all(after: Option<KeyOwner>, batch: Vec<(KeyOwner, SealedKey)>) -> MockSealedKeyStore {
    let mut keys = MockSealedKeyStore::new();
    keys.expect_sealed_under_others()
        .with(eq(active()), eq(after), eq(KeyRotation::BATCH))
        .once()
        .return_once(move |_, _, _| Ok(batch));
    keys
}

/// The store is asked once to move this listing's key, and says whether it was still the old one.
fn reseals(keys: &mut MockSealedKeyStore, number: u128, moved: bool) {
    reseals_of(keys, listing(number), number, moved);
}

fn reseals_of(keys: &mut MockSealedKeyStore, owner: KeyOwner, number: u128, moved: bool) {
    keys.expect_reseal()
        .with(eq(owner), eq(old(number)), eq(new(number)), eq(at(1_000)))
        .once()
        .returning(move |_, _, _, _| Ok(moved));
}

/// A vault that opens each key in its own listing's place alone, and seals it there anew.
fn vault(numbers: &[u128]) -> MockKeyVault {
    let mut vault = MockKeyVault::new();
    for number in numbers.iter().copied() {
        vault
            .expect_open()
            .with(eq(listing_id(number)), eq(old(number)))
            .once()
            .returning(move |_, _| Ok(ApiKey::new(number.to_string()).unwrap()));
        vault
            .expect_seal()
            .withf(move |id, key| *id == listing_id(number) && key.expose() == number.to_string())
            .once()
            .returning(move |_, _| Ok(new(number)));
    }
    vault
}

#[test]
fn a_batch_moves_each_key_in_its_place_and_points_on() {
    let mut keys = holding(None, &[3, 5, 8]);
    for number in [3, 5, 8] {
        reseals(&mut keys, number, true);
    }
    let rotated = rotate(keys, vault(&[3, 5, 8]), None).unwrap();
    let expected = Rotated {
        moved: 3,
        unopenable: vec![],
        next: Some(listing(8)),
    };
    assert_eq!(rotated, expected);
}

#[test]
fn the_next_batch_starts_after_the_last_and_an_empty_one_is_the_end() {
    let after = Some(listing(8));
    let rotated = rotate(holding(after, &[]), MockKeyVault::new(), after).unwrap();
    let expected = Rotated {
        moved: 0,
        unopenable: vec![],
        next: None,
    };
    assert_eq!(rotated, expected);
}

#[test]
fn a_key_that_its_seller_replaced_meanwhile_does_not_count() {
    let mut keys = holding(None, &[3, 5]);
    reseals(&mut keys, 3, false);
    reseals(&mut keys, 5, true);
    let rotated = rotate(keys, vault(&[3, 5]), None).unwrap();
    assert_eq!(rotated.moved, 1);
    assert_eq!(rotated.next, Some(listing(5)));
}

#[test]
fn a_key_that_does_not_open_is_named_and_keeps_no_other_from_moving() {
    let mut keys = holding(None, &[3, 5, 8]);
    reseals(&mut keys, 3, true);
    reseals(&mut keys, 8, true);
    let mut vault = vault(&[3, 8]);
    vault
        .expect_open()
        .with(eq(listing_id(5)), always())
        .once()
        .returning(|_, _| Err(VaultError::Unopenable));
    let rotated = rotate(keys, vault, None).unwrap();
    assert_eq!((rotated.moved, rotated.unopenable), (2, vec![listing(5)]));
}

#[test]
fn a_store_that_fails_stops_the_batch() {
    let mut keys = holding(None, &[3, 5]);
    keys.expect_reseal()
        .once()
        .returning(|_, _, _, _| Err(StoreError::Overloaded));
    let error = rotate(keys, vault(&[3]), None).unwrap_err();
    assert!(matches!(error, RotateKeysError::Unavailable(_)));
}

#[test]
fn a_vault_that_cannot_be_reached_stops_the_batch() {
    let mut keys = holding(None, &[3, 5]);
    reseals(&mut keys, 3, true);
    let mut vault = vault(&[3]);
    vault
        .expect_open()
        .with(eq(listing_id(5)), always())
        .once()
        .returning(|_, _| Err(VaultError::Unavailable("no answer".into())));
    let error = rotate(keys, vault, None).unwrap_err();
    assert!(matches!(
        error,
        RotateKeysError::Vault(VaultError::Unavailable(_))
    ));
}

#[test]
fn a_key_of_a_token_is_moved_by_the_vault_of_access_keys() {
    // A listing and a token with the same UUID.
    let batch = vec![(listing(3), old(3)), (token(3), old(4)), (token(9), old(5))];
    let mut keys = holding_all(None, batch);
    reseals_of(&mut keys, listing(3), 3, true);
    reseals_of(&mut keys, token(3), 4, true);
    let mut access_keys = MockAccessKeyVault::new();
    access_keys
        .expect_open()
        .with(eq(token_id(3)), eq(old(4)))
        .once()
        .returning(|_, _| Ok(AccessKey::new("udk_4".to_owned())));
    access_keys
        .expect_seal()
        .withf(|id, key| *id == token_id(3) && key.expose() == "udk_4")
        .once()
        .returning(|_, _| Ok(new(4)));
    access_keys
        .expect_open()
        .with(eq(token_id(9)), eq(old(5)))
        .once()
        .returning(|_, _| Err(VaultError::Unopenable));
    let rotated = rotate_all(keys, vault(&[3]), access_keys, None).unwrap();
    let expected = Rotated {
        moved: 2,
        unopenable: vec![token(9)],
        next: Some(token(9)),
    };
    assert_eq!(rotated, expected);
}

#[test]
fn owners_are_ordered_listings_first_and_print_as_their_ids() {
    let mut owners = [token(1), listing(9), listing(2), token(7)];
    owners.sort_unstable();
    assert_eq!(owners, [listing(2), listing(9), token(1), token(7)]);
    assert_eq!(listing(2).to_string(), listing_id(2).to_string());
    assert_eq!(token(7).to_string(), token_id(7).to_string());
}
