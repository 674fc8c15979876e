//! Sellers' keys in the vault: what opens, and all that does not.

#![expect(
    clippy::unwrap_used,
    reason = "the exemption of tests does not reach the functions that they share"
)]

use std::collections::HashSet;

use proptest::prelude::*;
use udam_crypto::{MasterKey, MasterKeys, RingKeyVault};
use udam_domain::id::ListingId;
use udam_domain::listing::{ApiKey, SealedKey};
use udam_domain::secret::Secret;
use udam_domain::{KeyVault, VaultError};
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
fn assert_shut(vault: &RingKeyVault, listing: ListingId, sealed: &SealedKey) {
    let opened = vault.open(listing, sealed).map(drop);
    assert_eq!(opened, Err(VaultError::Unopenable));
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
fn every_single_flipped_bit_is_noticed() {
    let vault = vault("k1");
    let sealed = sealed_by(&vault);
    for byte in 0..sealed.ciphertext.len() {
        for bit in 0..8 {
            let flipped = altered(&sealed, |bytes| bytes[byte] ^= 1 << bit);
            assert_shut(&vault, listing(1), &flipped);
        }
    }
}

#[test]
fn what_is_cut_or_grown_at_either_end_does_not_open() {
    let vault = vault("k1");
    let sealed = sealed_by(&vault);
    for length in 0..sealed.ciphertext.len() {
        let cut = altered(&sealed, |bytes| bytes.truncate(length));
        assert_shut(&vault, listing(1), &cut);
        let cut = altered(&sealed, |bytes| drop(bytes.drain(..=length)));
        assert_shut(&vault, listing(1), &cut);
    }
    let grown = altered(&sealed, |bytes| bytes.push(0));
    assert_shut(&vault, listing(1), &grown);
    let grown = altered(&sealed, |bytes| bytes.insert(0, 1));
    assert_shut(&vault, listing(1), &grown);
}

#[test]
fn no_other_format_version_opens() {
    let vault = vault("k1");
    let sealed = sealed_by(&vault);
    for version in (0..=u8::MAX).filter(|version| *version != 1) {
        let other = altered(&sealed, |bytes| bytes[0] = version);
        assert_shut(&vault, listing(1), &other);
    }
}

#[test]
fn two_listings_cannot_swap_their_keys() {
    let vault = vault("k1");
    let first = sealed_by(&vault);
    let second = vault.seal(listing(2), &api_key("sk_live_2")).unwrap();
    assert_shut(&vault, listing(1), &second);
    assert_shut(&vault, listing(2), &first);
}

#[test]
fn a_key_sealed_under_one_name_does_not_open_under_another() {
    // The same bytes under two names: only the place tells them apart.
    let bytes = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    let keys = format!("k1:{bytes},k2:{bytes}").parse().unwrap();
    let vault = RingKeyVault::new(keys);
    let mut sealed = sealed_by(&vault);
    assert!(vault.open(listing(1), &sealed).is_ok());
    sealed.key_id = "k2".parse().unwrap();
    assert_shut(&vault, listing(1), &sealed);
}

#[test]
fn another_master_key_of_the_same_name_opens_nothing() {
    let sealed = sealed_by(&vault("k1"));
    assert_shut(&vault("k1"), listing(1), &sealed);
}

#[test]
fn without_its_master_key_a_sealed_key_does_not_open() {
    let vault = vault("k1");
    let mut sealed = sealed_by(&vault);
    sealed.key_id = "k2".parse().unwrap();
    assert_shut(&vault, listing(1), &sealed);
}

#[test]
fn sealing_twice_gives_two_ciphertexts() {
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
fn after_a_new_master_key_the_old_one_opens_and_the_new_one_seals() {
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
    assert_shut(&after, listing(1), &sealed);
    assert_shut(&before, listing(1), &resealed);
}

#[test]
fn the_vault_prints_the_names_of_its_keys_and_no_key() {
    let vault = vault("k1");
    assert_eq!(
        format!("{vault:?}"),
        "RingKeyVault { keys: [MasterKey(k1, [redacted])] }"
    );
}

proptest! {
    #[test]
    fn every_key_comes_out_to_the_letter(text in "[!-~é-ÿ你-龥😀-😎]{1,200}", number: u128) {
        let vault = vault("k1");
        let sealed = vault.seal(listing(number), &api_key(&text)).unwrap();
        let opened = vault.open(listing(number), &sealed).unwrap();
        prop_assert_eq!(opened.expose(), text);
    }

    #[test]
    fn no_bytes_make_the_vault_panic_or_open(bytes: Vec<u8>) {
        let vault = vault("k1");
        let forged = SealedKey { key_id: "k1".parse().unwrap(), ciphertext: bytes };
        prop_assert_eq!(vault.open(listing(1), &forged).map(drop), Err(VaultError::Unopenable));
    }
}
