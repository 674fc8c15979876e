use udam_domain::PaymentEventFeed;
use udam_domain::payment::Payment;
use udam_domain::secret::Secret;

use super::*;
use crate::support::{all_since, charge_id, is_denied, is_refused, money, reference};

#[tokio::test]
async fn the_same_charge_gets_the_same_session_from_another_process_too() {
    let stripe = Stripe::start().await;
    let charge = stripe
        .order(1, money(12_50, "USD"), money(3_00, "USD"))
        .await;
    let first = stripe.open(&charge).await;
    assert_eq!(stripe.open(&charge).await, first);
    let other_process = gateway_with(&settings_for(&stripe.sandbox));
    assert_eq!(other_process.open_session(&charge).await.unwrap(), first);

    stripe.pay(&first.reference).await;
    assert_eq!(stripe.open(&charge).await, first);
    let state = stripe.state().await;
    assert_eq!(state["sessions"].as_array().unwrap().len(), 1);
    assert_eq!(state["sessions"][0]["amount_total"], 1_550);
    let order_id = "ord_00000000000000000000000001";
    assert_eq!(state["sessions"][0]["client_reference_id"], order_id);
    assert_eq!(
        state["payment_intents"][0]["metadata"]["order_id"],
        order_id
    );
}

#[tokio::test]
async fn the_url_of_a_session_is_its_hosted_page() {
    let stripe = Stripe::start().await;
    let charge = stripe.tab(1, money(5_00, "USD")).await;
    let session = stripe.open(&charge).await;
    let page = stripe.control.get(&session.url).send().await.unwrap();
    assert!(page.status().is_success());
    let text = page.text().await.unwrap();
    assert!(text.contains("Small orders on your tab"), "{text}");
}

#[tokio::test]
async fn the_amount_paid_is_the_amount_requested_in_every_currency() {
    let stripe = Stripe::start().await;
    let currencies = ["USD", "JPY", "KWD", "ISK", "UGX", "MGA", "HUF", "TWD"];
    for (number, code) in (1..).zip(currencies) {
        let charge = stripe
            .order(number, money(500_000, code), money(50_000, code))
            .await;
        let session = stripe.open(&charge).await;
        stripe.pay(&session.reference).await;
        let report = stripe.report(&session.reference).await;
        let SessionStatus::Paid(Payment { amount, .. }) = report.status else {
            unreachable!("{code}: {report:?}");
        };
        assert_eq!(amount, charge.total().unwrap());
        assert_eq!(report.charge_id, Some(charge.id));
    }
}

#[tokio::test]
async fn a_declined_card_leaves_the_session_open() {
    let stripe = Stripe::start().await;
    let charge = stripe.tab(1, money(5_00, "USD")).await;
    let session = stripe.open(&charge).await;
    let decline = stripe
        .control
        .post(&session.url)
        .header("Content-Type", "application/x-www-form-urlencoded")
        .body("action=decline");
    decline.send().await.unwrap();
    let report = stripe.report(&session.reference).await;
    assert_eq!(report.status, SessionStatus::Open);
}

#[tokio::test]
async fn an_expired_session_stays_expired() {
    let stripe = Stripe::start().await;
    let charge = stripe.tab(1, money(5_00, "USD")).await;
    let session = stripe.open(&charge).await.reference;
    assert_eq!(stripe.report(&session).await.status, SessionStatus::Open);
    for _ in 0..2 {
        let report = stripe.gateway.expire_session(&session).await.unwrap();
        assert_eq!(report.status, SessionStatus::Expired);
        assert_eq!(report.charge_id, Some(charge_id(1)));
    }
    assert_eq!(stripe.report(&session).await.status, SessionStatus::Expired);
}

#[tokio::test]
async fn expiring_a_paid_session_returns_its_payment() {
    let stripe = Stripe::start().await;
    let charge = stripe.tab(1, money(5_00, "USD")).await;
    let session = stripe.open(&charge).await.reference;
    stripe.pay(&session).await;
    let report = stripe.gateway.expire_session(&session).await.unwrap();
    let SessionStatus::Paid(payment) = report.status else {
        unreachable!("{report:?}");
    };
    assert_eq!(payment.amount, money(5_00, "USD"));
}

#[tokio::test]
async fn a_delayed_payment_succeeds_or_fails() {
    let stripe = Stripe::start().await;
    for (number, succeed) in [(1, true), (2, false)] {
        let charge = stripe.tab(number, money(5_00, "USD")).await;
        let session = stripe.open(&charge).await.reference;
        stripe.pay_async(&session).await;
        let in_transit = stripe.gateway.expire_session(&session).await.unwrap();
        assert_eq!(in_transit.status, SessionStatus::Processing);
        stripe.settle_async(&session, succeed).await;
        let status = stripe.report(&session).await.status;
        assert_eq!(matches!(status, SessionStatus::Paid(_)), succeed);
        assert_eq!(status == SessionStatus::Expired, !succeed);
    }
}

#[tokio::test]
async fn a_request_that_stripe_rejects_is_refused() {
    let stripe = Stripe::start().await;
    let tiny = stripe.tab(1, money(1, "USD")).await;
    assert!(is_refused(&stripe.gateway.open_session(&tiny).await));
    let mut late = stripe.tab(2, money(5_00, "USD")).await;
    late.expires_at = at(stripe.now().await + 60);
    assert!(is_refused(&stripe.gateway.open_session(&late).await));
    assert!(is_refused(
        &stripe.gateway.session(&reference("cs_none")).await
    ));
    assert!(is_refused(
        &stripe.gateway.expire_session(&reference("cs_none")).await
    ));
}

#[tokio::test]
async fn the_margin_lets_a_late_charge_open_its_session() {
    let stripe = Stripe::start().await;
    let mut settings = settings_for(&stripe.sandbox);
    settings.expiry_margin = Duration::from_mins(31);
    let mut late = stripe.tab(1, money(5_00, "USD")).await;
    late.expires_at = at(stripe.now().await);
    assert!(gateway_with(&settings).open_session(&late).await.is_ok());
}

#[tokio::test]
async fn a_wrong_secret_key_is_denied_access() {
    let stripe = Stripe::start().await;
    let mut settings = settings_for(&stripe.sandbox);
    settings.secret_key = Secret::new("sk_test_another".into());
    let other_gateway = gateway_with(&settings);
    let charge = stripe.tab(1, money(5_00, "USD")).await;
    assert!(is_denied(&other_gateway.open_session(&charge).await));
    assert!(is_denied(&other_gateway.events(all_since(0)).await));
    let session = stripe.gateway.open_session(&charge).await.unwrap();
    assert!(is_denied(
        &other_gateway.expire_session(&session.reference).await
    ));
}
