use serde_json::{Value, json};

use super::buyer;
use crate::model::{Charge, ChargeStatus};

/// Renders a `charge`.
pub(crate) fn charge(charge: &Charge) -> Value {
    let paid = charge.status == ChargeStatus::Succeeded;
    let failed = charge.status == ChargeStatus::Failed;
    json!({
        "id": charge.id,
        "object": "charge",
        "amount": charge.amount,
        "amount_captured": if paid { charge.amount } else { 0 },
        "amount_refunded": charge.amount_refunded,
        "application": null,
        "application_fee": null,
        "application_fee_amount": null,
        "balance_transaction": charge.balance_transaction,
        "billing_details": billing_details(),
        "calculated_statement_descriptor": "SANDBOX",
        "captured": paid,
        "created": charge.created,
        "currency": charge.currency.code(),
        "customer": null,
        "description": charge.description,
        "disputed": !charge.disputes.is_empty(),
        "failure_balance_transaction": null,
        "failure_code": failed.then_some("card_declined"),
        "failure_message": failed.then_some("the card was declined"),
        "fraud_details": {},
        "livemode": false,
        "metadata": charge.metadata,
        "on_behalf_of": null,
        "outcome": outcome(charge.status),
        "paid": paid,
        "payment_intent": charge.payment_intent,
        "payment_method": charge.payment_method,
        "payment_method_details": {"card": card(charge), "type": "card"},
        "presentment_details": null,
        "radar_options": {},
        "receipt_email": null,
        "receipt_number": null,
        "receipt_url": null,
        "refunded": paid && charge.is_fully_refunded(),
        "review": null,
        "shipping": null,
        "source": null,
        "source_transfer": null,
        "statement_descriptor": null,
        "statement_descriptor_suffix": null,
        "status": charge.status.into_str(),
        "transfer_data": null,
        "transfer_group": null,
    })
}

fn outcome(status: ChargeStatus) -> Value {
    let declined = status == ChargeStatus::Failed;
    json!({
        "advice_code": null,
        "network_advice_code": null,
        "network_decline_code": null,
        "network_status": if declined { "declined_by_network" } else { "approved_by_network" },
        "reason": declined.then_some("generic_decline"),
        "risk_level": "normal",
        "risk_score": 10,
        "seller_message": if declined { "The bank declined." } else { "Payment complete." },
        "type": if declined { "issuer_declined" } else { "authorized" },
    })
}

fn billing_details() -> Value {
    json!({
        "address": buyer::address(),
        "email": buyer::EMAIL,
        "name": buyer::NAME,
        "phone": null,
        "tax_id": null,
    })
}

fn card(charge: &Charge) -> Value {
    let authorized = match charge.status {
        ChargeStatus::Succeeded | ChargeStatus::Pending => charge.amount,
        ChargeStatus::Failed => 0,
    };
    json!({
        "amount_authorized": authorized,
        "authorization_code": null,
        "brand": "visa",
        "checks": {
            "address_line1_check": null,
            "address_postal_code_check": "pass",
            "cvc_check": "pass",
        },
        "country": "US",
        "exp_month": 12,
        "exp_year": 2040,
        "extended_authorization": {"status": "disabled"},
        "fingerprint": "SandboxSandbox01",
        "funding": "credit",
        "incremental_authorization": {"status": "unavailable"},
        "installments": null,
        "last4": buyer::LAST4,
        "mandate": null,
        "multicapture": {"status": "unavailable"},
        "network": "visa",
        "network_token": {"used": false},
        "network_transaction_id": "000000000000000",
        "overcapture": {
            "maximum_amount_capturable": charge.amount,
            "status": "unavailable",
        },
        "regulated_status": "unregulated",
        "three_d_secure": null,
        "wallet": null,
    })
}
