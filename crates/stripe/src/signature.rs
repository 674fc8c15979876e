//! The signature of a webhook, in the header `Stripe-Signature`.
//!
//! The header is `t=<seconds>,v1=<hex>`, with a `v1` for each valid secret while one is being rotated. The
//! scheme is documented at <https://docs.stripe.com/webhooks>, section "Verify webhook signatures manually":
//! HMAC-SHA256, under the endpoint's secret, of the seconds, a full stop and the body.

use ring::hmac;
use udam_domain::time::Timestamp;

/// Maximum difference between the signature's time and now, before or after.
const TOLERANCE_SECONDS: u64 = 300;

/// Maximum length of a header, in bytes: ten times that of Stripe's. It bounds the work that a forged one
/// causes.
const MAX_HEADER_LENGTH: usize = 4_096;

/// Length of a signature, in lower-case hexadecimal digits: that of SHA-256.
const SIGNATURE_LENGTH: usize = 64;

/// A parsed header.
struct Header<'header> {
    seconds: &'header str,
    signatures: Vec<&'header str>,
}

/// Whether one of the keys has signed the body within the tolerance of `now`.
pub(crate) fn is_valid(keys: &[hmac::Key], header: &str, body: &[u8], now: Timestamp) -> bool {
    let Some(header) = parse(header) else {
        return false;
    };
    // Every key is tried and every signature compared, so that the time taken does not reveal a near match.
    is_recent(header.seconds, now)
        & keys
            .iter()
            .map(|key| header.is_signed_by(key, body))
            .fold(false, |found, signed| found | signed)
}

/// Whether the header has a time within the tolerance of `now`, and something of the form of a signature.
pub(crate) fn is_plausible(header: &str, now: Timestamp) -> bool {
    parse(header).is_some_and(|header| {
        let has_form = |signature: &&str| {
            signature.len() == SIGNATURE_LENGTH
                && signature
                    .bytes()
                    .all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'))
        };
        is_recent(header.seconds, now) && header.signatures.iter().any(has_form)
    })
}

fn parse(header: &str) -> Option<Header<'_>> {
    if header.len() > MAX_HEADER_LENGTH {
        return None;
    }
    let mut seconds = None;
    let mut signatures = Vec::new();
    for element in header.split(',') {
        match element.split_once('=') {
            // With two times, one could be checked for its age and the other be signed.
            Some(("t", _)) if seconds.is_some() => return None,
            Some(("t", value)) => seconds = Some(value),
            Some(("v1", value)) => signatures.push(value),
            // `v0` is for tests; later schemes are unknown.
            _ => {}
        }
    }
    Some(Header {
        seconds: seconds?,
        signatures,
    })
}

fn is_recent(seconds: &str, now: Timestamp) -> bool {
    // `i64::from_str` would accept a sign.
    seconds.bytes().all(|byte| byte.is_ascii_digit())
        && seconds
            .parse::<i64>()
            .is_ok_and(|seconds| seconds.abs_diff(now.as_second()) <= TOLERANCE_SECONDS)
}

impl Header<'_> {
    fn is_signed_by(&self, key: &hmac::Key, body: &[u8]) -> bool {
        let mut context = hmac::Context::with_key(key);
        context.update(self.seconds.as_bytes());
        context.update(b".");
        context.update(body);
        let expected = hex::encode(context.sign());
        self.signatures
            .iter()
            .map(|signature| is_equal(key, &expected, signature))
            .fold(false, |found, equal| found | equal)
    }
}

/// Compares two texts in constant time. ring compares only tags so, and two texts have the same tag only if
/// they are equal. The body is therefore hashed once per key and not once per signature.
fn is_equal(key: &hmac::Key, expected: &str, signature: &str) -> bool {
    let tag = hmac::sign(key, expected.as_bytes());
    hmac::verify(key, signature.as_bytes(), tag.as_ref()).is_ok()
}

#[cfg(test)]
mod tests;
