use serde_json::{Map, Value, json};

use crate::model::{Dispute, DisputeMovement};

/// Time to respond to a dispute, in seconds: a week.
const RESPONSE_SECONDS: i64 = 7 * 24 * 60 * 60;

/// Kinds of evidence that an account can submit. The sandbox takes none.
const EVIDENCE: &[&str] = &[
    "access_activity_log",
    "billing_address",
    "cancellation_policy",
    "cancellation_policy_disclosure",
    "cancellation_rebuttal",
    "customer_communication",
    "customer_email_address",
    "customer_name",
    "customer_purchase_ip",
    "customer_signature",
    "duplicate_charge_documentation",
    "duplicate_charge_explanation",
    "duplicate_charge_id",
    "product_description",
    "receipt",
    "refund_policy",
    "refund_policy_disclosure",
    "refund_refusal_explanation",
    "service_date",
    "service_documentation",
    "shipping_address",
    "shipping_carrier",
    "shipping_date",
    "shipping_documentation",
    "shipping_tracking_number",
    "uncategorized_file",
    "uncategorized_text",
];

/// Renders a `dispute`.
pub(crate) fn dispute(dispute: &Dispute) -> Value {
    let mut evidence: Map<String, Value> = EVIDENCE
        .iter()
        .map(|name| ((*name).to_owned(), Value::Null))
        .collect();
    evidence.insert("enhanced_evidence".to_owned(), json!({}));
    json!({
        "id": dispute.id,
        "object": "dispute",
        "amount": dispute.amount,
        "balance_transactions": balance_transactions(dispute),
        "charge": dispute.charge,
        "created": dispute.created,
        "currency": dispute.currency.code(),
        "enhanced_eligibility_types": [],
        "evidence": evidence,
        "evidence_details": {
            "due_by": dispute
                .status
                .needs_response()
                .then(|| dispute.created.saturating_add(RESPONSE_SECONDS)),
            "enhanced_eligibility": {},
            "has_evidence": false,
            "past_due": false,
            "submission_count": 0,
        },
        "is_charge_refundable": dispute.status.is_inquiry() && !dispute.closed,
        "livemode": false,
        "metadata": {},
        "payment_intent": dispute.payment_intent,
        "payment_method_details": {
            "card": {
                "brand": "visa",
                "case_type": if dispute.status.is_inquiry() { "inquiry" } else { "chargeback" },
                "network": "visa",
                "network_reason_code": "10",
            },
            "type": "card",
        },
        "reason": dispute.reason,
        "status": dispute.status.to_string(),
    })
}

/// The withdrawals of the amount and the reversals.
fn balance_transactions(dispute: &Dispute) -> Vec<Value> {
    let movements = dispute.movements.iter();
    movements
        .map(|movement| balance_transaction(dispute, movement))
        .collect()
}

fn balance_transaction(dispute: &Dispute, movement: &DisputeMovement) -> Value {
    let category = if movement.amount < 0 {
        "dispute"
    } else {
        "dispute_reversal"
    };
    json!({
        "id": movement.id,
        "object": "balance_transaction",
        "amount": movement.amount,
        "available_on": movement.created,
        "balance_type": "payments",
        "created": movement.created,
        "currency": dispute.currency.code(),
        "description": null,
        "exchange_rate": null,
        "fee": 0,
        "fee_details": [],
        "net": movement.amount,
        "reporting_category": category,
        "source": dispute.id,
        "status": "available",
        "type": "adjustment",
    })
}
