//! Every response, read by the client library that its applications use.

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

use crate::harness::{TestSandbox, now, settings};

fn client(sandbox: &TestSandbox) -> Client {
    ClientBuilder::new("sk_test_sandbox")
        .url(sandbox.inner.base_url().as_str())
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

fn new_session() -> CreateCheckoutSession {
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

async fn paid(sandbox: &TestSandbox, client: &Client) -> CheckoutSession {
    let session = new_session().send(client).await.unwrap();
    let path = format!("/sessions/{}/pay", session.id);
    sandbox.controlled(&path, json!({})).await;
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
async fn a_session_has_the_requested_fields() {
    let sandbox = TestSandbox::start(settings()).await;
    let session = new_session().send(&client(&sandbox)).await.unwrap();
    assert_eq!(session.status, Some(CheckoutSessionStatus::Open));
    assert_eq!(session.payment_status, CheckoutSessionPaymentStatus::Unpaid);
    assert_eq!(session.amount_total, Some(1_017));
    assert_eq!(session.client_reference_id.as_deref(), Some("ord_1"));
    assert_eq!(session.metadata, Some(metadata()));
    assert!(session.payment_intent.is_none());
    let url = session.url.unwrap();
    assert_eq!(url, sandbox.url(&format!("/c/pay/{}", session.id)));
}

#[tokio::test]
async fn a_paid_session_leads_to_its_payment_and_charge() {
    let sandbox = TestSandbox::start(settings()).await;
    let client = client(&sandbox);
    let session = paid(&sandbox, &client).await;
    assert_eq!(session.status, Some(CheckoutSessionStatus::Complete));
    assert_eq!(session.payment_status, CheckoutSessionPaymentStatus::Paid);
    assert_eq!(session.line_items.unwrap().data.len(), 2);
    let payment = session.payment_intent.unwrap().into_object().unwrap();
    assert_eq!(payment.amount_received, 1_017);
    assert_eq!(payment.status, PaymentIntentStatus::Succeeded);
    assert_eq!(payment.metadata, metadata());
    let charge = payment.latest_charge.unwrap().into_object().unwrap();
    assert!(charge.paid && !charge.refunded && !charge.disputed);

    let request = RetrievePaymentIntent::new(payment.id.clone());
    assert_eq!(request.send(&client).await.unwrap().id, payment.id);
    let request = RetrieveCharge::new(charge.id.clone());
    let request = request
        .expand(["refunds".to_owned()])
        .send(&client)
        .await
        .unwrap();
    assert!(request.refunds.unwrap().data.is_empty());
}

#[tokio::test]
async fn line_items_and_sessions_are_listed() {
    let sandbox = TestSandbox::start(settings()).await;
    let client = client(&sandbox);
    let session = paid(&sandbox, &client).await;
    let lines = ListLineItemsCheckoutSession::new(session.id.clone());
    let lines = lines.send(&client).await.unwrap();
    assert_eq!(lines.data[1].description.as_deref(), Some("Small orders"));
    let payment = session.payment_intent.unwrap().into_id();
    let sessions = ListCheckoutSession::new().payment_intent(payment.as_str());
    let sessions = sessions.send(&client).await.unwrap();
    assert_eq!(sessions.data[0].id, session.id);
}

#[tokio::test]
async fn a_refund_is_created_read_and_listed() {
    let sandbox = TestSandbox::start(settings()).await;
    let client = client(&sandbox);
    let session = paid(&sandbox, &client).await;
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
    let read = RetrieveRefund::new(refund.id.clone());
    let read = read
        .expand(["charge".to_owned()])
        .send(&client)
        .await
        .unwrap();
    let charge = read.charge.unwrap().into_object().unwrap();
    assert_eq!(charge.amount_refunded, 17);
    let listed = ListRefund::new().payment_intent(payment.as_str());
    let listed = listed.send(&client).await.unwrap();
    assert_eq!(listed.data[0].metadata, Some(metadata()));
}

#[tokio::test]
async fn a_dispute_is_read_and_listed() {
    let sandbox = TestSandbox::start(settings()).await;
    let client = client(&sandbox);
    let session = paid(&sandbox, &client).await;
    let path = format!("/payments/{}/dispute", session.id);
    let opened = sandbox.controlled(&path, json!({})).await;
    let dispute = RetrieveDispute::new(opened["id"].as_str().unwrap());
    let dispute = dispute.send(&client).await.unwrap();
    assert_eq!(dispute.status, DisputeStatus::NeedsResponse);
    assert_eq!(dispute.amount, 1_017);
    let payment = session.payment_intent.unwrap().into_id();
    let listed = ListDispute::new().payment_intent(payment.as_str());
    assert_eq!(listed.send(&client).await.unwrap().data.len(), 1);
}

#[tokio::test]
async fn events_are_read_and_listed_page_by_page() {
    let sandbox = TestSandbox::start(settings()).await;
    let client = client(&sandbox);
    paid(&sandbox, &client).await;
    paid(&sandbox, &client).await;
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
async fn a_rejected_request_has_an_error_code() {
    let sandbox = TestSandbox::start(settings()).await;
    let client = client(&sandbox);
    let missing = RetrieveCheckoutSession::new("cs_test_none");
    let error = missing.send(&client).await.unwrap_err();
    let StripeError::Stripe(error, 404) = error else {
        panic!("{error}");
    };
    assert_eq!(error.code, Some(ApiErrorsCode::ResourceMissing));
    assert_eq!(error.type_, ApiErrorsType::InvalidRequestError);

    let session = paid(&sandbox, &client).await;
    let expire = ExpireCheckoutSession::new(session.id);
    let error = expire.send(&client).await.unwrap_err();
    assert!(matches!(error, StripeError::Stripe(_, 400)), "{error}");
}

#[tokio::test]
async fn a_wrong_api_key_is_rejected() {
    let sandbox = TestSandbox::start(settings()).await;
    let other_client = ClientBuilder::new("sk_test_stranger")
        .url(sandbox.inner.base_url().as_str())
        .build()
        .unwrap();
    let error = ListEvent::new().send(&other_client).await.unwrap_err();
    let StripeError::Stripe(error, 401) = error else {
        panic!("{error}");
    };
    // The message has only the beginning of the key.
    assert!(!error.message.unwrap().contains("stranger"));
}
