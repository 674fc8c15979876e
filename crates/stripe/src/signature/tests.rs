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

fn accepts(header: &str) -> bool {
    is_valid(&keys(), header, BODY, at(SECONDS))
}

/// A header as Stripe makes it.
fn signed(secret: &str, seconds: i64, body: &[u8]) -> String {
    let signed = [seconds.to_string().as_bytes(), b".", body].concat();
    let tag = hmac::sign(&key(secret), &signed);
    format!("t={seconds},v1={}", hex::encode(tag))
}

#[test]
fn a_signature_under_either_secret_is_valid() {
    assert!(accepts(&format!("t={SECONDS},v1={FIRST}")));
    assert!(accepts(&format!("t={SECONDS},v1={SECOND}")));
    assert_eq!(
        signed("whsec_first", SECONDS, BODY),
        format!("t={SECONDS},v1={FIRST}")
    );
}

#[test]
fn one_valid_signature_among_several_is_enough() {
    let wrong = "0".repeat(64);
    assert!(accepts(&format!("t={SECONDS},v1={wrong},v1={FIRST}")));
    assert!(accepts(&format!("t={SECONDS},v1={SECOND},v1={wrong}")));
    assert!(accepts(&format!("v1={FIRST},t={SECONDS},v1={SECOND}")));
    assert!(!accepts(&format!("t={SECONDS},v1={wrong},v1={wrong}")));
}

#[test]
fn other_schemes_are_ignored() {
    assert!(accepts(&format!("t={SECONDS},v1={FIRST},v0=abc,v2=abc,x")));
    for scheme in ["v0", "v2", "V1", " v1", ""] {
        assert!(!accepts(&format!("t={SECONDS},{scheme}={FIRST}")));
    }
}

#[test]
fn a_signature_is_valid_for_five_minutes_before_and_after() {
    let header = format!("t={SECONDS},v1={FIRST}");
    let valid_at = |seconds| is_valid(&keys(), &header, BODY, at(seconds));
    assert!(valid_at(SECONDS + 300) && valid_at(SECONDS - 300));
    assert!(!valid_at(SECONDS + 301) && !valid_at(SECONDS - 301));
    assert!(!is_valid(&keys(), &header, BODY, Timestamp::MAX));
    assert!(!is_valid(&keys(), &header, BODY, Timestamp::MIN));
}

#[test]
fn another_secret_body_or_time_is_invalid() {
    assert!(!accepts(&signed("whsec_third", SECONDS, BODY)));
    assert!(!accepts(&signed("whsec_first", SECONDS, b"{}")));
    assert!(!accepts(&format!("t={},v1={FIRST}", SECONDS + 1)));
    assert!(!is_valid(
        &[],
        &format!("t={SECONDS},v1={FIRST}"),
        BODY,
        at(SECONDS)
    ));
}

#[test]
fn the_time_is_compared_as_the_signed_text() {
    for spelling in [
        "+1492774577",
        " 1492774577",
        "01492774577",
        "1492774577.0",
        "",
    ] {
        assert!(!accepts(&format!("t={spelling},v1={FIRST}")), "{spelling}");
    }
    assert!(!accepts(&format!("t={},v1={FIRST}", u128::MAX)));
    assert!(!accepts(&format!("t={SECONDS},t={SECONDS},v1={FIRST}")));
    assert!(!accepts(&format!("t={SECONDS},v1={FIRST},t=1")));
}

#[test]
fn a_signature_has_exactly_64_lower_case_digits() {
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
        assert!(!accepts(&header), "{header}");
    }
}

#[test]
fn a_header_that_is_too_long_is_rejected() {
    let padding = ",v1=0".repeat(1_000);
    assert!(!accepts(&format!("t={SECONDS},v1={FIRST}{padding}")));
    assert!(!accepts(&"=".repeat(10_000_000)));
}

#[test]
fn what_is_valid_is_plausible_and_what_lacks_a_time_or_a_signature_is_not() {
    let plausible = |header: &str| is_plausible(header, at(SECONDS));
    let guess = "0".repeat(64);
    for header in [
        format!("t={SECONDS},v1={FIRST}"),
        format!("t={SECONDS},v1={guess},v0=abc"),
        format!("v1=,v1={SECOND},t={}", SECONDS - 300),
    ] {
        assert!(plausible(&header), "{header}");
    }
    for header in [
        String::new(),
        format!("t={SECONDS}"),
        format!("v1={FIRST}"),
        format!("t={},v1={FIRST}", SECONDS - 301),
        format!("t={SECONDS},v1={}", &FIRST[..63]),
        format!("t={SECONDS},v1={}", FIRST.to_ascii_uppercase()),
        format!("t={SECONDS},t={SECONDS},v1={FIRST}"),
        format!("t={SECONDS},v0={FIRST}"),
    ] {
        assert!(!plausible(&header), "{header}");
    }
}
