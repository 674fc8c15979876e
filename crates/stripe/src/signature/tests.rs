use super::*;

mod forgeries;

const SECONDS: i64 = 1_492_774_577;
const BODY: &[u8] = br#"{"id":"evt_1","object":"event","created":1492774577,"type":"ping"}"#;

// Made by the documented steps with another implementation (Python's `hmac`).
const FIRST: &str = "9c2381e28ef2507f4616bcc13450bccf116729fa9ae226c682e46fa7c9041691";
const SECOND: &str = "277e238473c4c25000aacf08a70fccfedeb7168e81317b6e260bdaabe59173ce";

fn key(secret: &str) -> hmac::Key {
    hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes())
}

fn keys() -> [hmac::Key; 2] {
    [key("whsec_first"), key("whsec_second")]
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).unwrap()
}

fn passes(header: &str) -> bool {
    holds(&keys(), header, BODY, at(SECONDS))
}

/// A header as Stripe makes it.
fn signed(secret: &str, seconds: i64, body: &[u8]) -> String {
    let signed = [seconds.to_string().as_bytes(), b".", body].concat();
    let tag = hmac::sign(&key(secret), &signed);
    format!("t={seconds},v1={}", hex::encode(tag))
}

#[test]
fn what_either_secret_has_signed_holds() {
    assert!(passes(&format!("t={SECONDS},v1={FIRST}")));
    assert!(passes(&format!("t={SECONDS},v1={SECOND}")));
    assert_eq!(
        signed("whsec_first", SECONDS, BODY),
        format!("t={SECONDS},v1={FIRST}")
    );
}

#[test]
fn one_good_signature_among_several_is_enough() {
    let wrong = "0".repeat(64);
    assert!(passes(&format!("t={SECONDS},v1={wrong},v1={FIRST}")));
    assert!(passes(&format!("t={SECONDS},v1={SECOND},v1={wrong}")));
    assert!(passes(&format!("v1={FIRST},t={SECONDS},v1={SECOND}")));
    assert!(!passes(&format!("t={SECONDS},v1={wrong},v1={wrong}")));
}

#[test]
fn other_schemes_are_ignored() {
    assert!(passes(&format!("t={SECONDS},v1={FIRST},v0=abc,v2=abc,x")));
    for scheme in ["v0", "v2", "V1", " v1", ""] {
        assert!(!passes(&format!("t={SECONDS},{scheme}={FIRST}")));
    }
}

#[test]
fn a_signature_is_good_for_five_minutes_either_way() {
    let header = format!("t={SECONDS},v1={FIRST}");
    let holds_at = |seconds| holds(&keys(), &header, BODY, at(seconds));
    assert!(holds_at(SECONDS + 300) && holds_at(SECONDS - 300));
    assert!(!holds_at(SECONDS + 301) && !holds_at(SECONDS - 301));
    assert!(!holds(&keys(), &header, BODY, Timestamp::MAX));
    assert!(!holds(&keys(), &header, BODY, Timestamp::MIN));
}

#[test]
fn another_secret_body_or_time_does_not_hold() {
    assert!(!passes(&signed("whsec_third", SECONDS, BODY)));
    assert!(!passes(&signed("whsec_first", SECONDS, b"{}")));
    assert!(!passes(&format!("t={},v1={FIRST}", SECONDS + 1)));
    assert!(!holds(
        &[],
        &format!("t={SECONDS},v1={FIRST}"),
        BODY,
        at(SECONDS)
    ));
}

#[test]
fn the_time_is_the_text_that_was_signed() {
    for spelling in [
        "+1492774577",
        " 1492774577",
        "01492774577",
        "1492774577.0",
        "",
    ] {
        assert!(!passes(&format!("t={spelling},v1={FIRST}")), "{spelling}");
    }
    assert!(!passes(&format!("t={},v1={FIRST}", u128::MAX)));
    assert!(!passes(&format!("t={SECONDS},t={SECONDS},v1={FIRST}")));
    assert!(!passes(&format!("t={SECONDS},v1={FIRST},t=1")));
}

#[test]
fn a_signature_is_64_lower_case_digits_and_no_less() {
    for header in [
        format!("t={SECONDS},v1={}", FIRST.to_ascii_uppercase()),
        format!("t={SECONDS},v1={}", &FIRST[..63]),
        format!("t={SECONDS},v1={FIRST}0"),
        format!("t={SECONDS},v1= {FIRST}"),
        format!("t={SECONDS},v1="),
        format!("t={SECONDS},v1"),
        format!("t={SECONDS}"),
        format!("v1={FIRST}"),
        String::new(),
        ",=,=,".to_owned(),
    ] {
        assert!(!passes(&header), "{header}");
    }
}

#[test]
fn a_header_that_never_ends_is_not_compared() {
    let padding = ",v1=0".repeat(1_000);
    assert!(!passes(&format!("t={SECONDS},v1={FIRST}{padding}")));
    assert!(!passes(&"=".repeat(10_000_000)));
}
