//! The verifier as the server calls it.

#![expect(
    clippy::unwrap_used,
    reason = "the exemption of tests does not reach the functions that they share"
)]

use proptest::prelude::*;
use ring::hmac;
use udam_domain::payment::{PaymentEventKind, ProviderReference};
use udam_domain::secret::Secret;
use udam_domain::time::Timestamp;
use udam_domain::{WebhookError, WebhookVerifier};
use udam_stripe::StripeWebhookVerifier;

const NOW: i64 = 1_900_000_000;
const CHARGE: &str = "chg_00000000000000000000000003";

fn now() -> Timestamp {
    Timestamp::from_second(NOW).unwrap()
}

fn verifier(secrets: &[&str]) -> StripeWebhookVerifier {
    StripeWebhookVerifier::new(secrets.iter().map(|secret| Secret::new((*secret).into())))
}

fn signed(secret: &str, body: &[u8]) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    let tag = hmac::sign(&key, &[format!("{NOW}.").as_bytes(), body].concat());
    format!("t={NOW},v1={}", hex::encode(tag))
}

fn expired() -> String {
    format!(
        r#"{{
  "id": "evt_1",
  "object": "event",
  "api_version": "2026-09-30.endive",
  "created": {NOW},
  "data": {{
    "object": {{
      "id": "cs_1",
      "object": "checkout.session",
      "metadata": {{"charge_id": "{CHARGE}"}},
      "payment_status": "unpaid",
      "status": "expired"
    }}
  }},
  "type": "checkout.session.expired"
}}"#
    )
}

#[test]
fn an_event_signed_with_the_old_or_the_new_secret_is_accepted() {
    let verifier = verifier(&["whsec_new", "whsec_old"]);
    let body = expired();
    for secret in ["whsec_old", "whsec_new"] {
        let event = verifier
            .verify(body.as_bytes(), &signed(secret, body.as_bytes()), now())
            .unwrap();
        let charge_id = Some(CHARGE.parse().unwrap());
        let expected = PaymentEventKind::Expired {
            charge_id,
            session: ProviderReference::new("cs_1".into()),
        };
        assert_eq!(event.kind, expected);
        assert_eq!((event.id.as_str(), event.at), ("evt_1", now()));
    }
}

#[test]
fn a_webhook_without_a_valid_signature_is_not_parsed() {
    let verifier = verifier(&["whsec_new"]);
    for body in [expired().as_bytes(), b"", b"\xff"] {
        for signature in ["", "t=1,v1=2", &signed("whsec_old", body)] {
            assert_eq!(
                verifier.verify(body, signature, now()),
                Err(WebhookError::BadSignature)
            );
        }
    }
}

#[test]
fn a_signed_body_that_is_no_event_is_malformed() {
    let verifier = verifier(&["whsec_new"]);
    for body in [&b""[..], b"{}", b"\xff\xfe", b"{\"id\":\"evt_1\""] {
        assert_eq!(
            verifier.verify(body, &signed("whsec_new", body), now()),
            Err(WebhookError::Malformed)
        );
    }
}

#[test]
fn a_verifier_without_secrets_rejects_every_signature() {
    let body = expired();
    let signature = signed("", body.as_bytes());
    for verifier in [verifier(&[]), verifier(&[""])] {
        assert_eq!(
            verifier.verify(body.as_bytes(), &signature, now()),
            Err(WebhookError::BadSignature)
        );
    }
}

#[test]
fn debug_does_not_print_the_secrets() {
    assert_eq!(
        format!("{:?}", verifier(&["whsec_hunter2", "whsec_2"])),
        "StripeWebhookVerifier { secrets: 2, mode: None }"
    );
}

proptest! {
    #[test]
    fn no_header_and_no_body_causes_a_panic(header in ".*", body: Vec<u8>, seconds: i32) {
        let verifier = verifier(&["whsec_new"]);
        let now = Timestamp::from_second(seconds.into()).unwrap();
        prop_assert_eq!(verifier.verify(&body, &header, now), Err(WebhookError::BadSignature));
    }

    #[test]
    fn no_signed_text_causes_a_panic(text in r#"\{("(id|created|type|data)":([0-9]{1,20}|"[a-z.]*"|null|\{\}),?)*\}"#) {
        let verifier = verifier(&["whsec_new"]);
        let _ = verifier.verify(text.as_bytes(), &signed("whsec_new", text.as_bytes()), now());
    }
}
