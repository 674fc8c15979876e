//! The signature that Stripe puts on a webhook.
//!
//! The header is `t=<seconds>,v1=<hex>`, with a further `v1` for every other secret that is still
//! good while one is being rolled. The scheme is told in <https://docs.stripe.com/webhooks>, section
//! "Verify webhook signatures manually": HMAC-SHA256, under the endpoint's secret, of the seconds, a
//! full stop and the body.

use ring::hmac;
use udam_domain::time::Timestamp;

/// How far the signature's time may be from now, before or after.
const TOLERANCE_SECONDS: u64 = 300;

/// Longer than any header of Stripe's by an order of magnitude: it bounds what a forger can have us
/// compare.
const LONGEST_HEADER: usize = 4_096;

/// What a header says.
struct Signed<'header> {
    seconds: &'header str,
    signatures: Vec<&'header str>,
}

/// Whether one of the keys has signed the body about now.
pub(crate) fn holds(keys: &[hmac::Key], header: &str, body: &[u8], now: Timestamp) -> bool {
    let Some(signed) = parse(header) else {
        return false;
    };
    // Every key is tried and every signature compared, so that the time it takes does not tell which
    // one nearly was right.
    is_recent(signed.seconds, now)
        & keys
            .iter()
            .map(|key| signed.is_by(key, body))
            .fold(false, |found, held| found | held)
}

fn parse(header: &str) -> Option<Signed<'_>> {
    if header.len() > LONGEST_HEADER {
        return None;
    }
    let mut seconds = None;
    let mut signatures = Vec::new();
    for element in header.split(',') {
        match element.split_once('=') {
            // Two times: one would be checked for its age while the other was signed, or nearly so.
            Some(("t", _)) if seconds.is_some() => return None,
            Some(("t", value)) => seconds = Some(value),
            Some(("v1", value)) => signatures.push(value),
            // `v0` is for tests, and a scheme yet to come is not one that can be checked.
            _ => {}
        }
    }
    Some(Signed {
        seconds: seconds?,
        signatures,
    })
}

fn is_recent(seconds: &str, now: Timestamp) -> bool {
    // `i64::from_str` would take signs, which are no part of a time.
    seconds.bytes().all(|byte| byte.is_ascii_digit())
        && seconds
            .parse::<i64>()
            .is_ok_and(|seconds| seconds.abs_diff(now.as_second()) <= TOLERANCE_SECONDS)
}

impl Signed<'_> {
    fn is_by(&self, key: &hmac::Key, body: &[u8]) -> bool {
        let mut context = hmac::Context::with_key(key);
        context.update(self.seconds.as_bytes());
        context.update(b".");
        context.update(body);
        let expected = hex::encode(context.sign());
        self.signatures
            .iter()
            .map(|given| is_same(key, &expected, given))
            .fold(false, |found, same| found | same)
    }
}

/// Whether two texts are the same, in a time that does not tell where they differ: ring compares tags
/// so, and only them, and two texts have one tag only if they are one. The body is hashed once a key
/// that way, not once a signature.
fn is_same(key: &hmac::Key, expected: &str, given: &str) -> bool {
    let tag = hmac::sign(key, expected.as_bytes());
    hmac::verify(key, given.as_bytes(), tag.as_ref()).is_ok()
}

#[cfg(test)]
mod tests;
