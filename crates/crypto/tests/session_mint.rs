//! Session tokens, as the marketplace meets them: made, shown again, mistyped.

use std::collections::HashSet;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use proptest::prelude::*;
use proptest::sample::Index;
use udam_crypto::Sha256SessionMint;
use udam_domain::SessionMint;
use udam_domain::account::{SessionDigest, SessionToken};

const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

fn recognize(text: &str) -> Option<SessionDigest> {
    Sha256SessionMint.recognize(&SessionToken::new(text.to_owned()))
}

fn minted() -> String {
    Sha256SessionMint.mint().0.expose().to_owned()
}

#[test]
fn a_minted_token_is_known_by_the_digest_it_was_minted_with() {
    let (token, digest) = Sha256SessionMint.mint();
    assert_eq!(Sha256SessionMint.recognize(&token), Some(digest));
}

#[test]
fn no_two_tokens_and_no_two_digests_are_the_same() {
    let minted: Vec<_> = (0..10_000).map(|_| Sha256SessionMint.mint()).collect();
    let tokens: HashSet<_> = minted.iter().map(|(token, _)| token.expose()).collect();
    let digests: HashSet<_> = minted.iter().map(|(_, digest)| digest).collect();
    assert_eq!((tokens.len(), digests.len()), (10_000, 10_000));
}

#[test]
fn a_token_travels_in_a_header_a_url_and_a_shell_as_it_is() {
    let text = minted();
    assert!(text.starts_with("udam_ses_"));
    assert!(text.chars().all(|character| ALPHABET.contains(character)));
}

#[test]
fn the_same_bytes_spelled_otherwise_are_no_token() {
    // The last of 43 characters carries 4 bits: four spellings decode to the same bytes unless one
    // is strict, and a checksum can be made for each.
    let text = minted();
    let (rest, last) = text[..52].split_at(51);
    let canonical = ALPHABET.find(last).unwrap();
    for stray in 1..4 {
        let respelled = format!("{rest}{}", &ALPHABET[canonical + stray..=canonical + stray]);
        assert_eq!(recognize(&with_checksum(&respelled)), None);
    }
    assert!(recognize(&with_checksum(&text[..52])).is_some());
}

#[test]
fn a_right_checksum_does_not_make_a_token() {
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
fn what_surrounds_a_token_is_not_overlooked() {
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

proptest! {
    #[test]
    fn one_wrong_character_is_told(at: Index, wrong in prop::sample::select(ALPHABET.chars().collect::<Vec<_>>())) {
        let text = minted();
        let at = at.index(text.len());
        prop_assume!(!text[at..].starts_with(wrong));
        let edited = format!("{}{wrong}{}", &text[..at], &text[at + 1..]);
        prop_assert_eq!(recognize(&edited), None);
    }

    #[test]
    fn one_stray_character_is_told(at: Index, stray: char) {
        let mut text = minted();
        text.insert(at.index(text.len() + 1), stray);
        prop_assert_eq!(recognize(&text), None);
    }

    #[test]
    fn one_lost_character_is_told(at: Index) {
        let mut text = minted();
        text.remove(at.index(text.len()));
        prop_assert_eq!(recognize(&text), None);
    }

    #[test]
    fn two_neighbours_that_changed_places_are_told(at: Index) {
        let text = minted();
        let at = at.index(text.len() - 1);
        let (first, second) = (&text[at..=at], &text[at + 1..at + 2]);
        prop_assume!(first != second);
        let edited = format!("{}{second}{first}{}", &text[..at], &text[at + 2..]);
        prop_assert_eq!(recognize(&edited), None);
    }

    #[test]
    fn no_other_text_is_a_token_or_makes_the_mint_panic(text in "\\PC{0,80}", tail in ".{40,52}") {
        prop_assert_eq!(recognize(&text), None);
        prop_assert_eq!(recognize(&format!("udam_ses_{tail}")), None);
    }

    #[test]
    fn a_token_of_any_bytes_is_one(secret: [u8; 32]) {
        let text = with_checksum(&format!("udam_ses_{}", URL_SAFE_NO_PAD.encode(secret)));
        prop_assert!(recognize(&text).is_some());
    }
}

/// The text with the checksum that a minted one has.
fn with_checksum(text: &str) -> String {
    let checksum = URL_SAFE_NO_PAD.encode(crc32fast::hash(text.as_bytes()).to_be_bytes());
    format!("{text}{checksum}")
}
