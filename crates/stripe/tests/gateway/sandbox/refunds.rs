use super::*;
use crate::support::{is_refused, money, reference, refund_due};

#[tokio::test]
async fn a_payment_is_refunded_in_parts_each_once() {
    let stripe = Stripe::start().await;
    let charge = stripe
        .order(1, money(12_50, "USD"), money(3_00, "USD"))
        .await;
    let payment = stripe.paid(&charge).await;
    let small = refund_due(1, &payment, money(3_00, "USD"));
    let order = refund_due(2, &payment, money(12_50, "USD"));

    let first = stripe.gateway.refund(&small).await.unwrap();
    assert_eq!(stripe.gateway.refund(&small).await.unwrap(), first);
    let second = stripe.gateway.refund(&order).await.unwrap();
    assert_ne!(second, first);
    for (due, given) in [(small, first), (order, second)] {
        assert_eq!(stripe.gateway.refund(&due).await.unwrap(), given);
    }

    let state = stripe.state().await;
    assert_eq!(state["refunds"].as_array().unwrap().len(), 2);
    assert_eq!(state["payment_intents"][0]["amount_refunded"], 1_550);
    assert_eq!(state["payment_intents"][0]["net"], 0);
}

#[tokio::test]
async fn two_refunds_of_the_same_amount_are_two() {
    let stripe = Stripe::start().await;
    let charge = stripe.tab(1, money(6_00, "USD")).await;
    let payment = stripe.paid(&charge).await;
    for number in 1..=2 {
        let due = refund_due(number, &payment, money(3_00, "USD"));
        stripe.gateway.refund(&due).await.unwrap();
    }
    let state = stripe.state().await;
    assert_eq!(state["payment_intents"][0]["amount_refunded"], 600);
}

#[tokio::test]
async fn no_more_than_the_payment_is_refunded() {
    let stripe = Stripe::start().await;
    let charge = stripe.tab(1, money(5_00, "USD")).await;
    let payment = stripe.paid(&charge).await;
    let more = refund_due(1, &payment, money(5_01, "USD"));
    assert!(is_refused(&stripe.gateway.refund(&more).await));
    let of_unknown_payment = refund_due(2, &reference("pi_none"), money(5_00, "USD"));
    assert!(is_refused(
        &stripe.gateway.refund(&of_unknown_payment).await
    ));
}

#[tokio::test]
async fn a_refund_in_a_zero_decimal_currency_has_the_same_amount() {
    let stripe = Stripe::start().await;
    for (number, code, amount) in [(1, "JPY", 4_000), (2, "ISK", 400_000), (3, "KWD", 4_000)] {
        let charge = stripe.tab(number, money(5_000, code)).await;
        let payment = stripe.paid(&charge).await;
        let due = refund_due(number, &payment, money(4_000, code));
        stripe.gateway.refund(&due).await.unwrap();
        let state = stripe.state().await;
        let refunds = state["refunds"].as_array().unwrap();
        assert_eq!(refunds.last().unwrap()["amount"], amount, "{code}");
    }
}
