//! Webhook signatures (<https://docs.stripe.com/webhooks#verify-manually>).

use std::fmt::Write as _;

use ring::hmac;

/// Returns the `Stripe-Signature` header of a body sent at `now`, in seconds since 1970. It has a `v1` for
/// each secret: while a secret is being rotated there are two.
pub(super) fn header<S: AsRef<str>>(secrets: &[S], now: i64, body: &str) -> String {
    let signed = format!("{now}.{body}");
    let mut header = format!("t={now}");
    for secret in secrets {
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_ref().as_bytes());
        let signature = hex::encode(hmac::sign(&key, signed.as_bytes()));
        // Writing to a string cannot fail.
        let _ = write!(header, ",v1={signature}");
    }
    header
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_the_hmac_of_time_dot_body() {
        // Computed by `printf '1492774577.{"id":"evt_1"}' | openssl dgst -sha256 -hmac whsec_a`.
        let expected = "70b8bc14d134f58b6f90ff9b1b852d691f05512f26aac18dc5c334b0b609528a";
        let header = header(&["whsec_a"], 1_492_774_577, r#"{"id":"evt_1"}"#);
        assert_eq!(header, format!("t=1492774577,v1={expected}"));
    }

    #[test]
    fn there_is_a_signature_for_every_secret() {
        let one = header(&["whsec_a"], 1, "{}");
        let other = header(&["whsec_b"], 1, "{}");
        let both = header(&["whsec_a", "whsec_b"], 1, "{}");
        assert_eq!(both, format!("{one}{}", other.trim_start_matches("t=1")));
    }
}
