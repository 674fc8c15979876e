//! Sealed keys that the vault opens, and those it rejects.

#![expect(
    clippy::unwrap_used,
    reason = "the exemption for tests does not cover their helper functions"
)]

use std::collections::HashSet;

use proptest::prelude::*;
use udam_crypto::{MasterKey, MasterKeys, RingKeyVault};
use udam_domain::VaultError;
use udam_domain::id::ListingId;
use udam_domain::listing::{ApiKey, SealedKey};
use udam_domain::secret::Secret;
use uuid::Uuid;

fn listing(number: u128) -> ListingId {
    ListingId::from_uuid(Uuid::from_u128(number))
}

fn api_key(text: &str) -> ApiKey {
    ApiKey::new(text.to_owned()).unwrap()
}

fn master_key(id: &str) -> MasterKey {
    MasterKey::generate(id.parse().unwrap())
}

fn vault(id: &str) -> RingKeyVault {
    RingKeyVault::new(MasterKeys::from(master_key(id)))
}

/// A vault with these keys, the first one active.
fn vault_of(keys: &[&MasterKey]) -> RingKeyVault {
    let texts: Vec<_> = keys.iter().map(|key| key.to_text()).collect();
    let text: Vec<_> = texts.iter().map(Secret::expose).collect();
    RingKeyVault::new(text.join(",").parse().unwrap())
}

fn sealed_by(vault: &RingKeyVault) -> SealedKey {
    vault.seal(listing(1), &api_key("sk_live_1")).unwrap()
}

fn altered(sealed: &SealedKey, alter: impl FnOnce(&mut Vec<u8>)) -> SealedKey {
    let mut altered = sealed.clone();
    alter(&mut altered.ciphertext);
    altered
}

#[track_caller]
fn assert_unopenable(vault: &RingKeyVault, listing: ListingId, sealed: &SealedKey) {
    let opened = vault.open(listing, sealed);
    assert!(matches!(opened, Err(VaultError::Unopenable)));
}

#[test]
fn a_sealed_key_opens_where_it_was_sealed() {
    let vault = vault("k1");
    let sealed = sealed_by(&vault);
    assert_eq!(sealed.key_id.as_str(), "k1");
    assert_eq!(sealed.ciphertext.len(), 1 + 12 + "sk_live_1".len() + 16);
    let opened = vault.open(listing(1), &sealed).unwrap();
    assert_eq!(opened.expose(), "sk_live_1");
}

#[test]
fn a_key_with_any_one_bit_flipped_does_not_open() {
    let vault = vault("k1");
    let sealed = sealed_by(&vault);
    for byte in 0..sealed.ciphertext.len() {
        for bit in 0..8 {
            let flipped = altered(&sealed, |bytes| bytes[byte] ^= 1 << bit);
            assert_unopenable(&vault, listing(1), &flipped);
        }
    }
}

#[test]
fn a_key_truncated_or_extended_at_either_end_does_not_open() {
    let vault = vault("k1");
    let sealed = sealed_by(&vault);
    for length in 0..sealed.ciphertext.len() {
        let cut = altered(&sealed, |bytes| bytes.truncate(length));
        assert_unopenable(&vault, listing(1), &cut);
        let cut = altered(&sealed, |bytes| drop(bytes.drain(..=length)));
        assert_unopenable(&vault, listing(1), &cut);
    }
    let grown = altered(&sealed, |bytes| bytes.push(0));
    assert_unopenable(&vault, listing(1), &grown);
    let grown = altered(&sealed, |bytes| bytes.insert(0, 1));
    assert_unopenable(&vault, listing(1), &grown);
}

#[test]
fn a_key_of_another_format_version_does_not_open() {
    let vault = vault("k1");
    let sealed = sealed_by(&vault);
    for version in (0..=u8::MAX).filter(|version| *version != 1) {
        let other = altered(&sealed, |bytes| bytes[0] = version);
        assert_unopenable(&vault, listing(1), &other);
    }
}

#[test]
fn a_key_does_not_open_for_another_listing() {
    let vault = vault("k1");
    let first = sealed_by(&vault);
    let second = vault.seal(listing(2), &api_key("sk_live_2")).unwrap();
    assert_unopenable(&vault, listing(1), &second);
    assert_unopenable(&vault, listing(2), &first);
}

#[test]
fn a_key_does_not_open_under_another_master_key_id() {
    // Both ids have the same key: only the associated data differs.
    let bytes = "//////////////////////////////////////////8=";
    let keys = format!("k1:{bytes},k2:{bytes}").parse().unwrap();
    let vault = RingKeyVault::new(keys);
    let mut sealed = sealed_by(&vault);
    assert!(vault.open(listing(1), &sealed).is_ok());
    sealed.key_id = "k2".parse().unwrap();
    assert_unopenable(&vault, listing(1), &sealed);
}

#[test]
fn a_key_does_not_open_under_another_master_key_of_the_same_id() {
    let sealed = sealed_by(&vault("k1"));
    assert_unopenable(&vault("k1"), listing(1), &sealed);
}

#[test]
fn a_key_whose_master_key_is_missing_does_not_open() {
    let vault = vault("k1");
    let mut sealed = sealed_by(&vault);
    sealed.key_id = "k2".parse().unwrap();
    assert_unopenable(&vault, listing(1), &sealed);
}

#[test]
fn sealing_twice_returns_different_ciphertexts() {
    let vault = vault("k1");
    let (first, second) = (sealed_by(&vault), sealed_by(&vault));
    assert_ne!(first.ciphertext[1..13], second.ciphertext[1..13]);
    assert_ne!(first.ciphertext[13..], second.ciphertext[13..]);
}

#[test]
fn ten_thousand_nonces_are_all_different() {
    let vault = vault("k1");
    let sealed: Vec<_> = (0..10_000).map(|_| sealed_by(&vault).ciphertext).collect();
    let nonces: HashSet<&[u8]> = sealed.iter().map(|stored| &stored[1..13]).collect();
    assert_eq!(nonces.len(), 10_000);
}

#[test]
fn with_a_new_active_key_older_ones_still_open() {
    let (old, new) = (master_key("old"), master_key("new"));
    let before = vault_of(&[&old]);
    let sealed = sealed_by(&before);

    let during = vault_of(&[&new, &old]);
    let key = during.open(listing(1), &sealed).unwrap();
    let resealed = during.seal(listing(1), &key).unwrap();
    assert_eq!(resealed.key_id.as_str(), "new");

    let after = vault_of(&[&new]);
    let opened = after.open(listing(1), &resealed).unwrap();
    assert_eq!(opened.expose(), "sk_live_1");
    assert_unopenable(&after, listing(1), &sealed);
    assert_unopenable(&before, listing(1), &resealed);
}

#[test]
fn debug_output_holds_the_ids_of_the_keys_only() {
    let vault = vault("k1");
    assert_eq!(
        format!("{vault:?}"),
        "RingKeyVault { keys: [MasterKey(k1, [redacted])] }"
    );
}

proptest! {
    #[test]
    fn every_key_opens_unchanged(text in "[!-~é-ÿ你-龥😀-😎]{1,200}", number: u128) {
        let vault = vault("k1");
        let sealed = vault.seal(listing(number), &api_key(&text)).unwrap();
        let opened = vault.open(listing(number), &sealed).unwrap();
        prop_assert_eq!(opened.expose(), text);
    }

    #[test]
    fn no_forged_bytes_open_or_panic(bytes: Vec<u8>) {
        let vault = vault("k1");
        let forged = SealedKey { key_id: "k1".parse().unwrap(), ciphertext: bytes };
        let opened = vault.open(listing(1), &forged);
        prop_assert!(matches!(opened, Err(VaultError::Unopenable)));
    }
}
