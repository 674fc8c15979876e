//! Receipts that verify, and those that do not.

#![expect(
    clippy::unwrap_used,
    reason = "the exemption for tests does not cover their helper functions"
)]

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use proptest::prelude::*;
use udam_crypto::{
    Ed25519ReceiptSigner, MasterKey, MasterKeys, ReceiptKeySet, VerifyReceiptError, verify_receipt,
};
use udam_domain::ReceiptSigner;
use udam_domain::secret::Secret;

/// A receipt by the key of the 32 bytes 00 01 … 1f, computed with other implementations of HKDF and Ed25519.
const RECEIPT: &str = "\
eyJhbGciOiJFZERTQSIsImtpZCI6InJrYXJKY1R1b3VOSWFXTXhsR0s5OUdJUy1Cc0M1RTM2VmlaUkRBZ2pPUjQifQ.\
eyJjYWxsIjoxfQ.\
dQw3iJkoEhnPz5V8hlx9ZLsI5ZCwKqS7R6t655VnkQXw7V3ooFWhScPcZT6DvvC4CdIBgTJ5Wt8hUv1oPWzHCw";

fn signer() -> Ed25519ReceiptSigner {
    signer_of("k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=")
}

fn signer_of(keys: &str) -> Ed25519ReceiptSigner {
    Ed25519ReceiptSigner::new(&keys.parse().unwrap()).unwrap()
}

fn keys(signer: &Ed25519ReceiptSigner) -> ReceiptKeySet {
    signer.public_keys().parse().unwrap()
}

fn error(jws: &str) -> VerifyReceiptError {
    verify_receipt(jws, &keys(&signer())).unwrap_err()
}

fn with_header(header: &str) -> String {
    let (_, rest) = RECEIPT.split_once('.').unwrap();
    format!("{}.{rest}", URL_SAFE_NO_PAD.encode(header))
}

#[test]
fn receipts_keep_their_form() {
    let signer = signer();
    assert_eq!(signer.sign(br#"{"call":1}"#), RECEIPT);
    let payload = verify_receipt(RECEIPT, &keys(&signer)).unwrap();
    assert_eq!(payload, br#"{"call":1}"#);
}

#[test]
fn the_name_of_a_master_key_makes_no_difference_and_is_not_published() {
    let renamed = signer_of("secret-project:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=");
    assert_eq!(renamed.sign(br#"{"call":1}"#), RECEIPT);
    assert!(!renamed.public_keys().contains("secret-project"));
    assert_eq!(
        format!("{renamed:?}"),
        r#"["rkarJcTuouNIaWMxlGK99GIS-BsC5E36ViZRDAgjOR4"]"#
    );
}

#[test]
fn the_key_of_the_next_master_key_is_published_before_it_signs() {
    let (old, new) = (generate("old"), generate("new"));
    let before = Ed25519ReceiptSigner::new(&ring(&[&old, &new])).unwrap();
    let after = Ed25519ReceiptSigner::new(&ring(&[&new, &old])).unwrap();
    let receipt = after.sign(b"{}");
    assert_eq!(verify_receipt(&receipt, &keys(&before)).unwrap(), b"{}");
    assert_ne!(before.sign(b"{}"), receipt);
}

#[test]
fn a_receipt_outlives_its_master_key_if_its_public_key_is_kept() {
    let old = Ed25519ReceiptSigner::new(&MasterKeys::from(generate("old"))).unwrap();
    let receipt = old.sign(b"{}");
    let new = || Ed25519ReceiptSigner::new(&MasterKeys::from(generate("new"))).unwrap();
    let unknown = verify_receipt(&receipt, &keys(&new())).unwrap_err();
    assert!(matches!(unknown, VerifyReceiptError::UnknownKey(id) if id == old.own_keys()[0].id));

    let new = new().with_older_keys(old.own_keys()).unwrap();
    assert_eq!(verify_receipt(&receipt, &keys(&new)).unwrap(), b"{}");
    assert!(verify_receipt(&new.sign(b"{}"), &keys(&new)).is_ok());
    // Stored keys of its own are not published twice.
    let stored = [new.own_keys(), old.own_keys()].concat();
    let (again, before) = (stored.len(), new.public_keys());
    assert_eq!(again, 2);
    let new = new.with_older_keys(&stored).unwrap();
    assert_eq!(new.public_keys(), before);
}

#[test]
fn the_key_of_another_marketplace_does_not_verify_under_a_borrowed_name() {
    let (ours, other) = (signer(), signer_of(&format!("k1:{}", encoded([9; 32]))));
    let borrowed = other
        .public_keys()
        .replace(&other.own_keys()[0].id, &ours.own_keys()[0].id);
    let error = verify_receipt(RECEIPT, &borrowed.parse().unwrap()).unwrap_err();
    assert!(matches!(error, VerifyReceiptError::WrongSignature(_)));
}

#[test]
fn a_changed_payload_is_detected() {
    let payload = URL_SAFE_NO_PAD.encode(br#"{"call":2}"#);
    let changed = RECEIPT.replace("eyJjYWxsIjoxfQ", &payload);
    assert!(matches!(
        error(&changed),
        VerifyReceiptError::WrongSignature(_)
    ));
}

#[test]
fn each_defect_has_its_own_error() {
    let kid = "rkarJcTuouNIaWMxlGK99GIS-BsC5E36ViZRDAgjOR4";
    let with = |header: &str| error(&with_header(&header.replace("KID", kid)));
    assert!(matches!(error("one.two"), VerifyReceiptError::NotCompact));
    assert!(matches!(
        error(&RECEIPT.replacen('.', "=.", 1)),
        VerifyReceiptError::NotBase64Url("header")
    ));
    assert!(matches!(
        error(&RECEIPT.replace("eyJjYWxsIjoxfQ", "eyJjYWxsIjoxfR")),
        VerifyReceiptError::NotBase64Url("payload")
    ));
    assert!(matches!(
        error(&format!("{RECEIPT}+")),
        VerifyReceiptError::NotBase64Url("signature")
    ));
    for header in [
        "",
        "[]",
        "{}",
        r#"{"alg":7}"#,
        r#"{"alg":"EdDSA","alg":"none","kid":"KID"}"#,
        r#"{"alg":"EdDSA","kid":"KID"} {}"#,
    ] {
        assert!(matches!(with(header), VerifyReceiptError::BadHeader(_)));
    }
    for alg in ["none", "HS256", "eddsa", "Ed25519"] {
        let header = format!(r#"{{"alg":"{alg}","kid":"KID"}}"#);
        assert!(matches!(with(&header), VerifyReceiptError::WrongAlgorithm(named) if named == alg));
    }
    for crit in [r#"["exp"]"#, "[]", "null"] {
        let header = format!(r#"{{"alg":"EdDSA","kid":"KID","crit":{crit}}}"#);
        assert!(matches!(
            with(&header),
            VerifyReceiptError::CriticalExtension
        ));
    }
    assert!(matches!(
        with(r#"{"alg":"EdDSA"}"#),
        VerifyReceiptError::NoKeyId
    ));
    assert!(matches!(
        with(r#"{"alg":"EdDSA","kid":"other"}"#),
        VerifyReceiptError::UnknownKey(id) if id == "other"
    ));
    // The same header in other words was not signed.
    assert!(matches!(
        with(r#"{"kid":"KID","alg":"EdDSA"}"#),
        VerifyReceiptError::WrongSignature(_)
    ));
}

#[test]
fn a_key_that_is_not_for_signatures_is_named() {
    let unusable = signer()
        .public_keys()
        .replace(r#""use":"sig""#, r#""use":"enc""#);
    let error = verify_receipt(RECEIPT, &unusable.parse().unwrap()).unwrap_err();
    assert!(matches!(error, VerifyReceiptError::UnusableKey(_)));
}

#[test]
fn an_error_shows_no_control_characters_of_a_text() {
    let error = error(&with_header(r#"{"alg":"EdDSA","kid":"\u001b[2J"}"#)).to_string();
    assert!(!error.chars().any(char::is_control), "{error}");
}

proptest! {
    #[test]
    fn every_payload_verifies_unchanged(payload: Vec<u8>) {
        let signer = signer();
        let receipt = signer.sign(&payload);
        prop_assert_eq!(verify_receipt(&receipt, &keys(&signer)).unwrap(), payload);
    }

    #[test]
    fn one_changed_character_is_detected(at: prop::sample::Index, wrong in "[A-Za-z0-9_.-]") {
        let at = at.index(RECEIPT.len());
        prop_assume!(!RECEIPT[at..].starts_with(&wrong));
        let changed = format!("{}{wrong}{}", &RECEIPT[..at], &RECEIPT[at + 1..]);
        prop_assert!(verify_receipt(&changed, &keys(&signer())).is_err());
    }

    #[test]
    fn no_text_panics(jws in "\\PC*", set in "\\PC*") {
        prop_assert!(verify_receipt(&jws, &keys(&signer())).is_err());
        prop_assert!(set.parse::<ReceiptKeySet>().is_err());
    }
}

fn generate(id: &str) -> MasterKey {
    MasterKey::generate(id.parse().unwrap())
}

fn ring(keys: &[&MasterKey]) -> MasterKeys {
    let texts: Vec<_> = keys.iter().map(|key| key.to_text()).collect();
    let text: Vec<_> = texts.iter().map(Secret::expose).collect();
    text.join(",").parse().unwrap()
}

fn encoded(bytes: [u8; 32]) -> String {
    base64::engine::general_purpose::STANDARD.encode(bytes)
}
