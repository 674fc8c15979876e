use udam_domain::payment::{
    DisputeState, Payment, PaymentEvent, PaymentEventKind, ReportedDispute,
};
use udam_domain::policy::FindEvents;
use udam_domain::{PaymentEventFeed, WebhookVerifier};
use udam_stripe::StripeWebhookVerifier;

use super::*;
use crate::scripted::{ScriptedServer, Step};
use crate::support::{all_since, charge_id, money, reference, refund_due};

async fn events(stripe: &Stripe, since: i64) -> Vec<PaymentEvent> {
    let listed = stripe.gateway.events(all_since(since)).await;
    let listed = listed.unwrap().unwrap();
    assert!(listed.unreadable.is_empty());
    listed.readable
}

/// Two charges: one is paid, refunded in part, disputed and lost; the other expires. Returns the
/// events expected of them.
async fn two_charges(stripe: &Stripe) -> Vec<PaymentEventKind> {
    let charge = stripe
        .order(1, money(12_50, "USD"), money(3_00, "USD"))
        .await;
    let payment = stripe.paid(&charge).await;
    let due = refund_due(1, &payment, money(3_00, "USD"));
    let refund = stripe.gateway.refund(&due).await.unwrap();
    let disputed = format!("payments/{payment}/dispute");
    let disputed = stripe.control_post(&disputed, json!({})).await;
    let disputed = disputed["id"].as_str().unwrap();
    let close = format!("disputes/{disputed}/close");
    stripe.control_post(&close, json!({"status": "lost"})).await;
    let lapsed = stripe.tab(2, money(5_00, "USD")).await;
    let expired = stripe.open(&lapsed).await.reference;
    stripe.gateway.expire_session(&expired).await.unwrap();
    let dispute = |state| PaymentEventKind::Dispute {
        payment: payment.clone(),
        dispute: ReportedDispute {
            reference: reference(disputed),
            amount: money(12_50, "USD"),
            state,
            is_known: true,
        },
    };
    vec![
        PaymentEventKind::Paid {
            charge_id: Some(charge_id(1)),
            session: stripe.open(&charge).await.reference,
            payment: Payment {
                reference: payment.clone(),
                amount: money(15_50, "USD"),
            },
        },
        PaymentEventKind::Refund {
            payment: payment.clone(),
            refund,
        },
        PaymentEventKind::Refunded {
            payment: payment.clone(),
            refunded: money(3_00, "USD"),
        },
        dispute(DisputeState::Open),
        dispute(DisputeState::Lost),
        PaymentEventKind::Expired {
            charge_id: Some(charge_id(2)),
            session: expired,
        },
    ]
}

#[tokio::test]
async fn events_are_listed_in_their_order() {
    let stripe = Stripe::start().await;
    let start = stripe.now().await;
    let expected = two_charges(&stripe).await;
    let text = events(&stripe, start).await;
    let mut kinds: Vec<PaymentEventKind> = Vec::new();
    for event in &text {
        // Stripe reports the same refund and the same state of a dispute by several events.
        if !kinds.contains(&event.kind) {
            kinds.push(event.kind.clone());
        }
    }
    assert_eq!(kinds, expected);
    assert!(text.is_sorted_by_key(|event| event.at));
    assert!(events(&stripe, start + 3_600).await.is_empty());
}

#[tokio::test]
async fn a_delayed_payment_has_an_event_when_it_settles() {
    let stripe = Stripe::start().await;
    for (number, succeed) in [(1, true), (2, false)] {
        let charge = stripe.tab(number, money(5_00, "USD")).await;
        let session = stripe.open(&charge).await.reference;
        stripe.pay_async(&session).await;
        let text = events(&stripe, 0).await.pop().unwrap();
        assert_eq!(text.kind, PaymentEventKind::Other);
        stripe.settle_async(&session, succeed).await;
        let charge_id = Some(charge.id);
        match events(&stripe, 0).await.pop().unwrap().kind {
            PaymentEventKind::Paid { charge_id: of, .. } => assert!(succeed && of == charge_id),
            PaymentEventKind::Failed { charge_id: of, .. } => assert!(!succeed && of == charge_id),
            other => unreachable!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn no_event_is_lost_between_pages() {
    let stripe = Stripe::start().await;
    let mut sessions = Vec::new();
    for number in 1..=230 {
        let charge = stripe.tab(number, money(5_00, "USD")).await;
        sessions.push((charge.id, stripe.open(&charge).await.reference));
    }
    let mut expected = Vec::new();
    for (charge_id, session) in sessions {
        stripe.gateway.expire_session(&session).await.unwrap();
        let charge_id = Some(charge_id);
        expected.push(PaymentEventKind::Expired { charge_id, session });
    }
    let text = events(&stripe, 0).await.into_iter().map(|event| event.kind);
    assert_eq!(text.collect::<Vec<_>>(), expected);
    for (limit, fits) in [(229, false), (230, true)] {
        let request = FindEvents {
            limit: Some(limit),
            ..all_since(0)
        };
        let listed = stripe.gateway.events(request).await.unwrap();
        assert_eq!(listed.is_some(), fits, "{limit}");
    }
}

#[tokio::test]
async fn webhooks_are_valid_and_equal_to_the_listed_events() {
    let stripe = Stripe::start().await;
    let application = ScriptedServer::start((0..50).map(|_| Step::json(200, &json!({})))).await;
    let address = format!("http://{}/webhooks", application.address);
    stripe
        .sandbox
        .set_webhook_url(Some(address.parse().unwrap()));
    let expected = two_charges(&stripe).await;
    let listed = events(&stripe, 0).await;
    let received = loop {
        let received = received(&application, stripe.now().await);
        // The sandbox sends events of unhandled types as well.
        if received.len() >= expected.len() {
            break received;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    for event in received {
        assert!(listed.contains(&event), "{event:?}");
    }
}

/// The handled events of the webhooks received so far.
fn received(application: &ScriptedServer, now: i64) -> Vec<PaymentEvent> {
    let secrets = ["whsec_older", "whsec_sandbox"];
    let verifier = StripeWebhookVerifier::new(secrets.map(|secret| Secret::new(secret.into())));
    let webhooks = application.requests().into_iter();
    let events = webhooks.map(|webhook| {
        let signature = webhook.header("stripe-signature").unwrap();
        let body = webhook.body.as_bytes();
        verifier.verify(body, signature, at(now)).unwrap()
    });
    events
        .filter(|event| event.kind != PaymentEventKind::Other)
        .collect()
}
