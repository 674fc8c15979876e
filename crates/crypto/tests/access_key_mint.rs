//! Access keys: minted, recognized, mistyped.

mod typos;

use std::collections::HashSet;

use udam_crypto::{Sha256AccessKeyMint, Sha256SessionMint};
use udam_domain::gateway::{AccessKey, AccessKeyDigest};
use udam_domain::{AccessKeyMint, SessionMint};

use typos::Secrets;

const ALPHABET: &str = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

fn recognize(text: &str) -> Option<AccessKeyDigest> {
    Sha256AccessKeyMint.recognize(&AccessKey::new(text.to_owned()))
}

fn minted() -> String {
    Sha256AccessKeyMint.mint().0.expose().to_owned()
}

#[test]
fn a_minted_key_is_recognized_by_its_digest() {
    let (key, digest) = Sha256AccessKeyMint.mint();
    assert_eq!(Sha256AccessKeyMint.recognize(&key), Some(digest));
}

#[test]
fn all_keys_and_all_digests_differ() {
    let minted: Vec<_> = (0..10_000).map(|_| Sha256AccessKeyMint.mint()).collect();
    let keys: HashSet<_> = minted.iter().map(|(key, _)| key.expose()).collect();
    let digests: HashSet<_> = minted.iter().map(|(_, digest)| digest).collect();
    assert_eq!((keys.len(), digests.len()), (10_000, 10_000));
}

#[test]
fn a_key_is_one_word_after_its_prefix() {
    let text = minted();
    let word = text.strip_prefix("udk_").unwrap();
    assert_eq!(word.len(), 49);
    assert!(word.chars().all(|character| ALPHABET.contains(character)));
}

#[test]
fn a_number_of_more_than_256_bits_is_not_recognized() {
    // 2^256 - 1 and the number after it, each with a valid checksum.
    let largest = "yhjskwdA6OZ1AL1YmHWZWm8LLG7HjnuCA2j5rOw8Xp1";
    let next = "yhjskwdA6OZ1AL1YmHWZWm8LLG7HjnuCA2j5rOw8Xp2";
    assert!(recognize(&with_checksum(&format!("udk_{largest}"))).is_some());
    assert_eq!(recognize(&with_checksum(&format!("udk_{next}"))), None);
    let most = "z".repeat(43);
    assert_eq!(recognize(&with_checksum(&format!("udk_{most}"))), None);
}

#[test]
fn a_valid_checksum_alone_is_not_recognized() {
    let text = minted();
    let random = &text[4..47];
    for text in [
        String::new(),
        "udk_".to_owned(),
        format!("udk-{random}"),
        format!("UDK_{random}"),
        format!("udk_{}", &random[1..]),
        format!("udk_0{random}"),
        format!("udk_{}", "-".repeat(43)),
        format!("udk_{}_", &random[1..]),
        format!("udk_{}é", &random[..41]),
    ] {
        assert_eq!(recognize(&with_checksum(&text)), None, "{text}");
    }
    assert!(recognize(&with_checksum(&format!("udk_{random}"))).is_some());
}

#[test]
fn a_key_with_anything_around_it_is_not_recognized() {
    let text = minted();
    for text in [
        format!(" {text}"),
        format!("{text} "),
        format!("{text}\n"),
        format!("{text}="),
        format!("Bearer {text}"),
        text.to_uppercase(),
    ] {
        assert_eq!(recognize(&text), None, "{text:?}");
    }
}

#[test]
fn a_session_token_is_no_access_key() {
    let (token, _) = Sha256SessionMint.mint();
    assert_eq!(recognize(token.expose()), None);
}

#[test]
fn a_typing_error_is_detected() {
    let secrets = Secrets {
        prefix: "udk_",
        alphabet: ALPHABET,
        mint: minted,
        recognizes: |text| recognize(text).is_some(),
    };
    secrets.detect_typos();
}

/// The text with the checksum of a minted key appended.
fn with_checksum(text: &str) -> String {
    let mut crc = crc32fast::hash(text.as_bytes());
    let mut digits = String::new();
    for _ in 0..6 {
        let digit = ALPHABET
            .chars()
            .zip(0..)
            .find(|(_, value)| *value == crc % 62);
        digits.insert(0, digit.map_or('!', |(digit, _)| digit));
        crc /= 62;
    }
    format!("{text}{digits}")
}
