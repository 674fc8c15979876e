//! Every answer, read by the client library that its applications use.

use std::collections::HashMap;

use serde_json::json;
use stripe::{
    ApiErrorsCode, ApiErrorsType, Client, ClientBuilder, PaginationExt as _, StripeError,
};
use stripe_checkout::checkout_session::{
    CreateCheckoutSession, CreateCheckoutSessionLineItems, CreateCheckoutSessionLineItemsPriceData,
    CreateCheckoutSessionPaymentIntentData, ExpireCheckoutSession, ListCheckoutSession,
    ListLineItemsCheckoutSession, ProductData, RetrieveCheckoutSession,
};
use stripe_checkout::{
    CheckoutSession, CheckoutSessionMode, CheckoutSessionPaymentStatus, CheckoutSessionStatus,
};
use stripe_core::charge::RetrieveCharge;
use stripe_core::dispute::{ListDispute, RetrieveDispute};
use stripe_core::event::{ListEvent, RetrieveEvent};
use stripe_core::payment_intent::RetrievePaymentIntent;
use stripe_core::refund::{CreateRefund, CreateRefundReason, ListRefund, RetrieveRefund};
use stripe_core::{DisputeStatus, PaymentIntentStatus};

use crate::stage::{Stage, now, settings};

fn client(stage: &Stage) -> Client {
    ClientBuilder::new("sk_test_sandbox")
        .url(stage.sandbox.base_url().as_str())
        .build()
        .unwrap()
}

fn line(name: &str, amount: i64, quantity: u64) -> CreateCheckoutSessionLineItems {
    let currency: stripe_types::Currency = "usd".parse().unwrap();
    let mut price = CreateCheckoutSessionLineItemsPriceData::new(currency);
    price.unit_amount = Some(amount);
    price.product_data = Some(ProductData::new(name));
    let mut line = CreateCheckoutSessionLineItems::new();
    line.price_data = Some(price);
    line.quantity = Some(quantity);
    line
}

fn metadata() -> HashMap<String, String> {
    let pairs = [
        ("order_id", "ord_1"),
        ("charge_id", "chg_1"),
        ("note", "a & b=c [d]"),
    ];
    let owned = pairs.map(|(key, value)| (key.to_owned(), value.to_owned()));
    HashMap::from(owned)
}

fn wanted() -> CreateCheckoutSession {
    let mut payment = CreateCheckoutSessionPaymentIntentData::new();
    payment.metadata = Some(metadata());
    CreateCheckoutSession::new()
        .mode(CheckoutSessionMode::Payment)
        .line_items([line("Calls × 4", 250, 4), line("Small orders", 17, 1)])
        .client_reference_id("ord_1")
        .metadata(metadata())
        .payment_intent_data(payment)
        .success_url("http://shop.example/ok?session={CHECKOUT_SESSION_ID}")
        .cancel_url("http://shop.example/left")
        .expires_at(now() + 3_600)
}

async fn paid(stage: &Stage, client: &Client) -> CheckoutSession {
    let session = wanted().send(client).await.unwrap();
    let path = format!("/sessions/{}/pay", session.id);
    stage.controlled(&path, json!({})).await;
    RetrieveCheckoutSession::new(session.id)
        .expand([
            "payment_intent.latest_charge".to_owned(),
            "line_items".to_owned(),
        ])
        .send(client)
        .await
        .unwrap()
}

#[tokio::test]
async fn a_session_is_opened_as_asked() {
    let stage = Stage::set(settings()).await;
    let session = wanted().send(&client(&stage)).await.unwrap();
    assert_eq!(session.status, Some(CheckoutSessionStatus::Open));
    assert_eq!(session.payment_status, CheckoutSessionPaymentStatus::Unpaid);
    assert_eq!(session.amount_total, Some(1_017));
    assert_eq!(session.client_reference_id.as_deref(), Some("ord_1"));
    assert_eq!(session.metadata, Some(metadata()));
    assert!(session.payment_intent.is_none());
    let url = session.url.unwrap();
    assert_eq!(url, stage.url(&format!("/c/pay/{}", session.id)));
}

#[tokio::test]
async fn a_session_that_was_paid_leads_to_its_payment_and_charge() {
    let stage = Stage::set(settings()).await;
    let client = client(&stage);
    let session = paid(&stage, &client).await;
    assert_eq!(session.status, Some(CheckoutSessionStatus::Complete));
    assert_eq!(session.payment_status, CheckoutSessionPaymentStatus::Paid);
    assert_eq!(session.line_items.unwrap().data.len(), 2);
    let payment = session.payment_intent.unwrap().into_object().unwrap();
    assert_eq!(payment.amount_received, 1_017);
    assert_eq!(payment.status, PaymentIntentStatus::Succeeded);
    assert_eq!(payment.metadata, metadata());
    let charge = payment.latest_charge.unwrap().into_object().unwrap();
    assert!(charge.paid && !charge.refunded && !charge.disputed);

    let alone = RetrievePaymentIntent::new(payment.id.clone());
    assert_eq!(alone.send(&client).await.unwrap().id, payment.id);
    let alone = RetrieveCharge::new(charge.id.clone());
    let alone = alone
        .expand(["refunds".to_owned()])
        .send(&client)
        .await
        .unwrap();
    assert!(alone.refunds.unwrap().data.is_empty());
}

#[tokio::test]
async fn lines_and_sessions_are_listed() {
    let stage = Stage::set(settings()).await;
    let client = client(&stage);
    let session = paid(&stage, &client).await;
    let lines = ListLineItemsCheckoutSession::new(session.id.clone());
    let lines = lines.send(&client).await.unwrap();
    assert_eq!(lines.data[1].description.as_deref(), Some("Small orders"));
    let payment = session.payment_intent.unwrap().into_id();
    let sessions = ListCheckoutSession::new().payment_intent(payment.as_str());
    let sessions = sessions.send(&client).await.unwrap();
    assert_eq!(sessions.data[0].id, session.id);
}

#[tokio::test]
async fn a_refund_is_made_shown_and_listed() {
    let stage = Stage::set(settings()).await;
    let client = client(&stage);
    let session = paid(&stage, &client).await;
    let payment = session.payment_intent.unwrap().into_id();
    let refund = CreateRefund::new()
        .payment_intent(payment.as_str())
        .amount(17)
        .reason(CreateRefundReason::RequestedByCustomer)
        .metadata(metadata())
        .send(&client)
        .await
        .unwrap();
    assert_eq!(refund.amount, 17);
    assert_eq!(refund.status.as_deref(), Some("succeeded"));
    let shown = RetrieveRefund::new(refund.id.clone());
    let shown = shown
        .expand(["charge".to_owned()])
        .send(&client)
        .await
        .unwrap();
    let charge = shown.charge.unwrap().into_object().unwrap();
    assert_eq!(charge.amount_refunded, 17);
    let listed = ListRefund::new().payment_intent(payment.as_str());
    let listed = listed.send(&client).await.unwrap();
    assert_eq!(listed.data[0].metadata, Some(metadata()));
}

#[tokio::test]
async fn a_dispute_is_shown_and_listed() {
    let stage = Stage::set(settings()).await;
    let client = client(&stage);
    let session = paid(&stage, &client).await;
    let path = format!("/payments/{}/dispute", session.id);
    let opened = stage.controlled(&path, json!({})).await;
    let dispute = RetrieveDispute::new(opened["id"].as_str().unwrap());
    let dispute = dispute.send(&client).await.unwrap();
    assert_eq!(dispute.status, DisputeStatus::NeedsResponse);
    assert_eq!(dispute.amount, 1_017);
    let payment = session.payment_intent.unwrap().into_id();
    let listed = ListDispute::new().payment_intent(payment.as_str());
    assert_eq!(listed.send(&client).await.unwrap().data.len(), 1);
}

#[tokio::test]
async fn events_are_shown_and_listed_page_by_page() {
    let stage = Stage::set(settings()).await;
    let client = client(&stage);
    paid(&stage, &client).await;
    paid(&stage, &client).await;
    let first = ListEvent::new()
        .created(stripe_types::RangeQueryTs::gte(now() - 60))
        .types([
            "checkout.session.completed".to_owned(),
            "charge.succeeded".to_owned(),
        ])
        .limit(1);
    let first = first.send(&client).await.unwrap();
    assert!(first.has_more);
    let event = RetrieveEvent::new(first.data[0].id.clone());
    assert_eq!(event.send(&client).await.unwrap().id, first.data[0].id);
    let all = ListEvent::new().limit(2).send(&client).await.unwrap();
    let mut pages = all.into_paginator().stream(&client);
    let mut count = 0;
    while let Some(event) = futures::StreamExt::next(&mut pages).await {
        event.unwrap();
        count += 1;
    }
    assert_eq!(count, 6);
}

#[tokio::test]
async fn a_refusal_is_an_error_with_a_code() {
    let stage = Stage::set(settings()).await;
    let client = client(&stage);
    let missing = RetrieveCheckoutSession::new("cs_test_none");
    let error = missing.send(&client).await.unwrap_err();
    let StripeError::Stripe(error, 404) = error else {
        panic!("{error}");
    };
    assert_eq!(error.code, Some(ApiErrorsCode::ResourceMissing));
    assert_eq!(error.type_, ApiErrorsType::InvalidRequestError);

    let session = paid(&stage, &client).await;
    let expire = ExpireCheckoutSession::new(session.id);
    let error = expire.send(&client).await.unwrap_err();
    assert!(matches!(error, StripeError::Stripe(_, 400)), "{error}");
}

#[tokio::test]
async fn a_wrong_key_is_refused() {
    let stage = Stage::set(settings()).await;
    let stranger = ClientBuilder::new("sk_test_stranger")
        .url(stage.sandbox.base_url().as_str())
        .build()
        .unwrap();
    let error = ListEvent::new().send(&stranger).await.unwrap_err();
    let StripeError::Stripe(error, 401) = error else {
        panic!("{error}");
    };
    // Not the whole key.
    assert!(!error.message.unwrap().contains("stranger"));
}
