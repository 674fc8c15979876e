use serde_json::{Map, Value, json};

use crate::model::{Refund, RefundStatus};

/// Renders a `refund`. As at Stripe, the fields about a failure are there only once it has failed.
pub(crate) fn refund(refund: &Refund) -> Value {
    let mut object = json!({
        "id": refund.id,
        "object": "refund",
        "amount": refund.amount,
        "balance_transaction": refund.balance_transaction,
        "charge": refund.charge,
        "created": refund.created,
        "currency": refund.currency.code(),
        "destination_details": destination_details(refund),
        "metadata": refund.metadata,
        "payment_intent": refund.payment_intent,
        "reason": refund.reason.map(|reason| reason.into_str()),
        "receipt_number": null,
        "source_transfer_reversal": null,
        "status": refund.status.into_str(),
        "transfer_reversal": null,
    });
    if let Some(object) = object.as_object_mut() {
        object.extend(optional_fields(refund));
    }
    object
}

fn optional_fields(refund: &Refund) -> Map<String, Value> {
    let mut fields = Map::new();
    if refund.status == RefundStatus::Pending {
        fields.insert("pending_reason".to_owned(), json!("processing"));
    }
    if let Some(failure) = &refund.failure {
        if let Some(transaction) = &failure.balance_transaction {
            let name = "failure_balance_transaction".to_owned();
            fields.insert(name, json!(transaction));
        }
        if let Some(reason) = &failure.reason {
            fields.insert("failure_reason".to_owned(), json!(reason));
        }
    }
    fields
}

/// Renders `destination_details`. Its reference is what changes in a refund that has succeeded.
fn destination_details(refund: &Refund) -> Value {
    let status = if refund.reference.is_some() {
        "available"
    } else {
        "pending"
    };
    json!({
        "card": {
            "reference": refund.reference,
            "reference_status": status,
            "reference_type": "acquirer_reference_number",
            "type": "refund",
        },
        "type": "card",
    })
}
