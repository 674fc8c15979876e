//! Refunds and disputes.

use udam_domain::id::{OrderId, RefundId};
use udam_domain::payment::{RefundOutcome, ReportedRefund};

use super::*;

#[test]
fn a_refund_has_its_outcome_and_what_its_metadata_names() {
    let refund = |status: &str, metadata: Json| {
        json!({
            "id": "re_1", "object": "refund", "amount": 300, "currency": "usd", "payment_intent": "pi_1",
            "charge": "ch_1", "status": status, "metadata": metadata,
        })
    };
    let id = RefundId::from_uuid(Uuid::from_u128(4));
    let order = OrderId::from_uuid(Uuid::from_u128(5));
    let cases = [
        ("pending", RefundOutcome::Pending),
        ("requires_action", RefundOutcome::Pending),
        ("something_new", RefundOutcome::Pending),
        ("succeeded", RefundOutcome::Given),
        ("failed", RefundOutcome::Failed),
        ("canceled", RefundOutcome::Failed),
    ];
    let types = [
        EventType::RefundCreated,
        EventType::RefundUpdated,
        EventType::RefundFailed,
        EventType::ChargeRefundUpdated,
    ];
    for (status, outcome) in cases {
        for event_type in &types {
            let metadata = json!({"refund_id": id.to_string(), "order_id": order.to_string()});
            let expected = PaymentEventKind::Refund {
                payment: reference("pi_1"),
                refund: ReportedRefund {
                    reference: reference("re_1"),
                    id: Some(id),
                    order_id: Some(order),
                    amount: Money::new(3_00, "USD".parse().unwrap()),
                    outcome,
                },
            };
            let kind = event_kind(event_type, &refund(status, metadata));
            assert_eq!(kind, Some(expected), "{event_type} {status}");
        }
    }
    // An operator's.
    for metadata in [json!(null), json!({}), json!({"order_id": "17"})] {
        let kind = event_kind(&EventType::RefundCreated, &refund("succeeded", metadata));
        let Some(PaymentEventKind::Refund { refund, .. }) = kind else {
            panic!("{kind:?}")
        };
        assert_eq!((refund.id, refund.order_id), (None, None));
    }
}

fn dispute(status: &str) -> Json {
    json!({
        "id": "du_1", "object": "dispute", "amount": 300, "currency": "usd", "charge": "ch_1",
        "payment_intent": "pi_1", "reason": "fraudulent", "status": status,
    })
}

fn disputed(state: DisputeState) -> PaymentEventKind {
    reported(state, true)
}

fn reported(state: DisputeState, is_known: bool) -> PaymentEventKind {
    PaymentEventKind::Dispute {
        payment: reference("pi_1"),
        dispute: ReportedDispute {
            reference: reference("du_1"),
            amount: Money::new(3_00, "USD".parse().unwrap()),
            state,
            is_known,
        },
    }
}

#[test]
fn a_dispute_has_the_state_of_its_status_whatever_the_event() {
    let types = [
        EventType::ChargeDisputeCreated,
        EventType::ChargeDisputeUpdated,
        EventType::ChargeDisputeFundsWithdrawn,
        EventType::ChargeDisputeFundsReinstated,
        EventType::ChargeDisputeClosed,
    ];
    let cases = [
        ("warning_needs_response", DisputeState::Inquiry),
        ("warning_under_review", DisputeState::Inquiry),
        ("warning_closed", DisputeState::Closed),
        ("needs_response", DisputeState::Open),
        ("under_review", DisputeState::Open),
        ("won", DisputeState::Won),
        ("lost", DisputeState::Lost),
    ];
    for event_type in &types {
        for (status, state) in cases {
            let kind = event_kind(event_type, &dispute(status));
            assert_eq!(kind, Some(disputed(state)), "{event_type} {status}");
        }
    }
}

#[test]
fn a_dispute_of_an_unknown_status_suspends_nothing_and_can_end() {
    let cases = [
        ("prevented", DisputeState::Closed, true),
        ("something_new", DisputeState::Inquiry, false),
    ];
    for (status, state, is_known) in cases {
        let object = dispute(status);
        let closed = event_kind(&EventType::ChargeDisputeClosed, &object);
        let expected = reported(DisputeState::Closed, is_known);
        assert_eq!(closed, Some(expected), "{status}");
        let created = event_kind(&EventType::ChargeDisputeCreated, &object);
        assert_eq!(created, Some(reported(state, is_known)), "{status}");
    }
}
