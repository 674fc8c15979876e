use serde_json::{Value, json};

use crate::model::{Payment, PaymentStatus};

/// Renders a `payment_intent`.
pub(crate) fn payment_intent(payment: &Payment) -> Value {
    let received = match payment.status {
        PaymentStatus::Succeeded => payment.amount,
        PaymentStatus::RequiresPaymentMethod
        | PaymentStatus::Processing
        | PaymentStatus::Canceled => 0,
    };
    json!({
        "id": payment.id,
        "object": "payment_intent",
        "amount": payment.amount,
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": received,
        "application": null,
        "application_fee_amount": null,
        "automatic_payment_methods": null,
        "canceled_at": payment.canceled_at,
        "cancellation_reason": payment.canceled_at.map(|_| "expired"),
        "capture_method": "automatic_async",
        "client_secret": format!("{}_secret_sandbox", payment.id),
        "confirmation_method": "automatic",
        "created": payment.created,
        "currency": payment.currency.code(),
        "customer": null,
        "customer_account": null,
        "description": payment.description,
        "excluded_payment_method_types": null,
        "last_payment_error": last_payment_error(payment),
        "latest_charge": payment.latest_charge,
        "livemode": false,
        "metadata": payment.metadata,
        "next_action": null,
        "on_behalf_of": null,
        "payment_method": payment.method,
        "payment_method_configuration_details": null,
        "payment_method_options": {
            "card": {
                "installments": null,
                "mandate_options": null,
                "network": null,
                "request_three_d_secure": "automatic",
            },
        },
        "payment_method_types": ["card"],
        "processing": null,
        "receipt_email": null,
        "review": null,
        "setup_future_usage": null,
        "shipping": null,
        "source": null,
        "statement_descriptor": null,
        "statement_descriptor_suffix": null,
        "status": payment.status.into_str(),
        "transfer_data": null,
        "transfer_group": null,
    })
}

fn last_payment_error(payment: &Payment) -> Value {
    match payment.status {
        PaymentStatus::RequiresPaymentMethod => json!({
            "charge": payment.latest_charge,
            "code": "card_declined",
            "decline_code": "generic_decline",
            "doc_url": "https://docs.stripe.com/error-codes#card-declined",
            "message": "the card was declined",
            "type": "card_error",
        }),
        PaymentStatus::Processing | PaymentStatus::Succeeded | PaymentStatus::Canceled => {
            Value::Null
        }
    }
}
