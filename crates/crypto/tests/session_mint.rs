//! Session tokens: minted, recognized, mistyped.

mod typos;

use std::collections::HashSet;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use proptest::prelude::*;
use udam_crypto::Sha256SessionMint;
use udam_domain::SessionMint;
use udam_domain::account::{SessionDigest, SessionToken};

use typos::Secrets;

const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

fn recognize(text: &str) -> Option<SessionDigest> {
    Sha256SessionMint.recognize(&SessionToken::new(text.to_owned()))
}

fn minted() -> String {
    Sha256SessionMint.mint().0.expose().to_owned()
}

#[test]
fn a_minted_token_is_recognized_by_its_digest() {
    let (token, digest) = Sha256SessionMint.mint();
    assert_eq!(Sha256SessionMint.recognize(&token), Some(digest));
}

#[test]
fn all_tokens_and_all_digests_differ() {
    let minted: Vec<_> = (0..10_000).map(|_| Sha256SessionMint.mint()).collect();
    let tokens: HashSet<_> = minted.iter().map(|(token, _)| token.expose()).collect();
    let digests: HashSet<_> = minted.iter().map(|(_, digest)| digest).collect();
    assert_eq!((tokens.len(), digests.len()), (10_000, 10_000));
}

#[test]
fn a_token_needs_no_escaping_in_headers_urls_and_shells() {
    let text = minted();
    assert!(text.starts_with("udam_ses_"));
    assert!(text.chars().all(|character| ALPHABET.contains(character)));
}

#[test]
fn a_non_canonical_encoding_is_not_recognized() {
    // The last of 43 characters carries 4 bits, so a lenient decoder takes four of them for the same
    // bytes, and each has a valid checksum.
    let text = minted();
    let (rest, last) = text[..52].split_at(51);
    let canonical = ALPHABET.find(last).unwrap();
    for stray in 1..4 {
        let variant = format!("{rest}{}", &ALPHABET[canonical + stray..=canonical + stray]);
        assert_eq!(recognize(&with_checksum(&variant)), None);
    }
    assert!(recognize(&with_checksum(&text[..52])).is_some());
}

#[test]
fn a_valid_checksum_alone_is_not_recognized() {
    let secret = &minted()[9..52];
    for text in [
        String::new(),
        "udam_ses_".to_owned(),
        format!("udam_tok_{secret}"),
        format!("UDAM_SES_{secret}"),
        format!("udam_ses_{}", &secret[1..]),
        format!("udam_ses_A{secret}"),
        format!("udam_ses_{}", "+".repeat(43)),
        format!("udam_ses_{}=", &secret[1..]),
        format!("udam_ses_{}é", &secret[..41]),
    ] {
        assert_eq!(recognize(&with_checksum(&text)), None, "{text}");
    }
}

#[test]
fn a_token_with_anything_around_it_is_not_recognized() {
    let text = minted();
    for text in [
        format!(" {text}"),
        format!("{text} "),
        format!("{text}\n"),
        format!("{text}="),
        format!("Bearer {text}"),
        text.to_lowercase(),
    ] {
        assert_eq!(recognize(&text), None, "{text:?}");
    }
}

#[test]
fn a_typing_error_is_detected() {
    let secrets = Secrets {
        prefix: "udam_ses_",
        alphabet: ALPHABET,
        mint: minted,
        recognizes: |text| recognize(text).is_some(),
    };
    secrets.detect_typos();
}

proptest! {
    #[test]
    fn a_token_of_any_bytes_is_recognized(secret: [u8; 32]) {
        let text = with_checksum(&format!("udam_ses_{}", URL_SAFE_NO_PAD.encode(secret)));
        prop_assert!(recognize(&text).is_some());
    }
}

/// The text with the checksum of a minted token appended.
fn with_checksum(text: &str) -> String {
    let checksum = URL_SAFE_NO_PAD.encode(crc32fast::hash(text.as_bytes()).to_be_bytes());
    format!("{text}{checksum}")
}
