use udam_domain::WebhookVerifier;
use udam_domain::payment::{Payment, PaymentEvent, PaymentEventKind};
use udam_stripe::StripeWebhookVerifier;

use super::*;
use crate::scripted::{Scripted, Step};
use crate::support::{charge_id, money, refund_due};

async fn news(stripe: &Stripe, since: i64) -> Vec<PaymentEvent> {
    stripe.gateway.events_since(at(since)).await.unwrap()
}

/// Two charges: one is paid, partly given back, disputed and lost; the other lapses. Answers with what
/// was told of it.
async fn story(stripe: &Stripe) -> Vec<PaymentEventKind> {
    let charge = stripe
        .order(1, money(12_50, "USD"), money(3_00, "USD"))
        .await;
    let payment = stripe.paid(&charge).await;
    let due = refund_due(1, &payment, money(3_00, "USD"));
    stripe.gateway.refund(&due).await.unwrap();
    let disputed = format!("payments/{payment}/dispute");
    let dispute = stripe.act(&disputed, json!({})).await;
    let close = format!("disputes/{}/close", dispute["id"].as_str().unwrap());
    stripe.act(&close, json!({"status": "lost"})).await;
    let lapsed = stripe.tab(2, money(5_00, "USD")).await;
    let session = stripe.open(&lapsed).await;
    stripe
        .gateway
        .expire_session(&session.reference)
        .await
        .unwrap();
    vec![
        PaymentEventKind::Paid {
            charge_id: Some(charge_id(1)),
            payment: Payment {
                reference: payment.clone(),
                amount: money(15_50, "USD"),
            },
        },
        PaymentEventKind::Refunded {
            payment: payment.clone(),
            refunded: money(3_00, "USD"),
        },
        PaymentEventKind::Disputed {
            payment: payment.clone(),
        },
        PaymentEventKind::DisputeClosed {
            payment,
            won: false,
        },
        PaymentEventKind::Expired {
            charge_id: Some(charge_id(2)),
        },
    ]
}

#[tokio::test]
async fn what_has_happened_is_told_in_its_order() {
    let stripe = Stripe::start().await;
    let start = stripe.now().await;
    let expected = story(&stripe).await;
    let told = news(&stripe, start).await;
    let told_news: Vec<PaymentEventKind> = told.iter().map(|event| event.kind.clone()).collect();
    assert_eq!(told_news, expected);
    assert!(told.is_sorted_by_key(|event| event.at));
    assert!(news(&stripe, start + 3_600).await.is_empty());
}

#[tokio::test]
async fn an_asynchronous_payment_is_news_when_it_is_settled() {
    let stripe = Stripe::start().await;
    for (number, succeed) in [(1, true), (2, false)] {
        let charge = stripe.tab(number, money(5_00, "USD")).await;
        let session = stripe.open(&charge).await.reference;
        let act = |what: &str| format!("sessions/{session}/{what}");
        stripe.act(&act("pay_async"), json!({})).await;
        let told = news(&stripe, 0).await.pop().unwrap();
        assert_eq!(told.kind, PaymentEventKind::Other);
        stripe
            .act(&act("settle_async"), json!({"succeed": succeed}))
            .await;
        let charge_id = Some(charge.id);
        match news(&stripe, 0).await.pop().unwrap().kind {
            PaymentEventKind::Paid { charge_id: of, .. } => assert!(succeed && of == charge_id),
            PaymentEventKind::Failed { charge_id: of } => assert!(!succeed && of == charge_id),
            other => unreachable!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn nothing_is_left_out_between_pages() {
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
        expected.push(PaymentEventKind::Expired { charge_id });
    }
    let told = news(&stripe, 0).await.into_iter().map(|event| event.kind);
    assert_eq!(told.collect::<Vec<_>>(), expected);
}

#[tokio::test]
async fn webhooks_hold_and_say_what_the_list_says() {
    let stripe = Stripe::start().await;
    let application = Scripted::start((0..50).map(|_| Step::json(200, &json!({})))).await;
    let address = format!("http://{}/webhooks", application.address);
    stripe
        .sandbox
        .set_webhook_url(Some(address.parse().unwrap()));
    let expected = story(&stripe).await;
    let listed = news(&stripe, 0).await;
    let received = loop {
        let received = received(&application, stripe.now().await);
        // The sandbox posts events of other types as well, which mean nothing here.
        if received.len() >= expected.len() {
            break received;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    for event in received {
        assert!(listed.contains(&event), "{event:?}");
    }
}

/// The events that mean something, of the webhooks that have come in so far.
fn received(application: &Scripted, now: i64) -> Vec<PaymentEvent> {
    let secrets = ["whsec_older", "whsec_sandbox"];
    let verifier = StripeWebhookVerifier::new(secrets.map(|secret| Secret::new(secret.into())));
    let webhooks = application.asked().into_iter();
    let events = webhooks.map(|webhook| {
        let signature = webhook.header("stripe-signature").unwrap();
        let body = webhook.body.as_bytes();
        verifier.verify(body, signature, at(now)).unwrap()
    });
    events
        .filter(|event| event.kind != PaymentEventKind::Other)
        .collect()
}
