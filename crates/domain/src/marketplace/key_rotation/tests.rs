use futures::executor::block_on;
use mockall::predicate::{always, eq};

use super::*;
use crate::fixtures::{at, clock, listing_id, sealed};
use crate::listing::ApiKey;
use crate::ports::{MockKeyVault, MockSealedKeyStore};

fn active() -> KeyId {
    "new".parse().unwrap()
}

fn rotate(
    keys: MockSealedKeyStore,
    vault: MockKeyVault,
    after: Option<ListingId>,
) -> Result<Rotated, RotateKeysError> {
    let rotation = KeyRotation::new(KeyRotationPorts {
        keys: Arc::new(keys),
        vault: Arc::new(vault),
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

/// A store that answers once with the keys of these listings, all under the old master key.
fn holding(after: Option<ListingId>, numbers: &[u128]) -> MockSealedKeyStore {
    let batch: Vec<_> = numbers
        .iter()
        .map(|number| (listing_id(*number), old(*number)))
        .collect();
    let mut keys = MockSealedKeyStore::new();
    keys.expect_sealed_under_others()
        .with(eq(active()), eq(after), eq(KeyRotation::BATCH))
        .once()
        .return_once(move |_, _, _| Ok(batch));
    keys
}

/// The store is asked once to move this listing's key, and says whether it was still the old one.
fn reseals(keys: &mut MockSealedKeyStore, number: u128, moved: bool) {
    keys.expect_reseal()
        .with(
            eq(listing_id(number)),
            eq(old(number)),
            eq(new(number)),
            eq(at(1_000)),
        )
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
        next: Some(listing_id(8)),
    };
    assert_eq!(rotated, expected);
}

#[test]
fn the_next_batch_starts_after_the_last_and_an_empty_one_is_the_end() {
    let after = Some(listing_id(8));
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
    assert_eq!(rotated.next, Some(listing_id(5)));
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
    assert_eq!(
        (rotated.moved, rotated.unopenable),
        (2, vec![listing_id(5)])
    );
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
