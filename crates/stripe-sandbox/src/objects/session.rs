use serde_json::{Value, json};

use super::{BUYER_EMAIL, BUYER_NAME, list};
use crate::account::{Line, Session, SessionStatus};

/// A `checkout.session`. `pages` is where hosted pages are.
pub(crate) fn session(session: &Session, pages: &str) -> Value {
    let terms = &session.terms;
    let url = (session.status == SessionStatus::Open)
        .then(|| format!("{pages}/c/pay/{id}", id = session.id));
    json!({
        "id": session.id,
        "object": "checkout.session",
        "adaptive_pricing": {"enabled": false},
        "after_expiration": null,
        "allow_promotion_codes": null,
        "amount_subtotal": session.total,
        "amount_total": session.total,
        "automatic_tax": {
            "enabled": false,
            "liability": null,
            "provider": null,
            "status": null,
        },
        "billing_address_collection": null,
        "cancel_url": terms.cancel_url,
        "client_reference_id": terms.client_reference_id,
        "client_secret": null,
        "collected_information": null,
        "consent": null,
        "consent_collection": null,
        "created": session.created,
        "currency": session.currency.code(),
        "currency_conversion": null,
        "custom_fields": [],
        "custom_text": {
            "after_submit": null,
            "shipping_address": null,
            "submit": null,
            "terms_of_service_acceptance": null,
        },
        "customer": null,
        "customer_account": null,
        "customer_creation": "if_required",
        "customer_details": customer_details(session),
        "customer_email": terms.customer_email,
        "discounts": [],
        "expires_at": session.expires_at,
        "invoice": null,
        "invoice_creation": {
            "enabled": false,
            "invoice_data": {
                "account_tax_ids": null,
                "custom_fields": null,
                "description": null,
                "footer": null,
                "issuer": null,
                "metadata": {},
                "rendering_options": null,
            },
        },
        "livemode": false,
        "locale": terms.locale,
        "metadata": terms.metadata,
        "mode": "payment",
        "origin_context": null,
        "payment_intent": session.payment_intent,
        "payment_link": null,
        "payment_method_collection": "if_required",
        "payment_method_configuration_details": null,
        "payment_method_options": {"card": {"request_three_d_secure": "automatic"}},
        "payment_method_types": ["card"],
        "payment_status": if session.paid { "paid" } else { "unpaid" },
        "permissions": null,
        "phone_number_collection": {"enabled": false},
        "presentment_details": null,
        "recovered_from": null,
        "saved_payment_method_options": null,
        "setup_intent": null,
        "shipping_address_collection": null,
        "shipping_cost": null,
        "shipping_options": [],
        "status": session.status.name(),
        "submit_type": terms.submit_type,
        "subscription": null,
        "success_url": terms.success_url,
        "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
        "ui_mode": "hosted_page",
        "url": url,
        "wallet_options": null,
    })
}

/// Known once the buyer has been on the page to the end.
fn customer_details(session: &Session) -> Value {
    let email = session.terms.customer_email.as_deref();
    match session.status {
        SessionStatus::Complete => json!({
            "address": {
                "city": null,
                "country": "US",
                "line1": null,
                "line2": null,
                "postal_code": "10001",
                "state": null,
            },
            "business_name": null,
            "email": email.unwrap_or(BUYER_EMAIL),
            "individual_name": null,
            "name": BUYER_NAME,
            "phone": null,
            "tax_exempt": "none",
            "tax_ids": [],
        }),
        SessionStatus::Open | SessionStatus::Expired => match email {
            None => Value::Null,
            Some(email) => json!({
                "address": null,
                "business_name": null,
                "email": email,
                "individual_name": null,
                "name": null,
                "phone": null,
                "tax_exempt": "none",
                "tax_ids": null,
            }),
        },
    }
}

/// What the session sells, as a list.
pub(crate) fn line_items(session: &Session) -> Value {
    let url = format!("/v1/checkout/sessions/{}/line_items", session.id);
    let lines = session.lines.iter().map(|line| line_item(session, line));
    list(&url, &lines.collect::<Vec<_>>(), false)
}

fn line_item(session: &Session, line: &Line) -> Value {
    let amount = line.item.amount();
    let currency = session.currency.code();
    json!({
        "id": line.id,
        "object": "item",
        "adjustable_quantity": null,
        "amount_discount": 0,
        "amount_subtotal": amount,
        "amount_tax": 0,
        "amount_total": amount,
        "currency": currency,
        "description": line.item.name,
        "metadata": {},
        "price": {
            "id": line.price,
            "object": "price",
            "active": false,
            "billing_scheme": "per_unit",
            "created": session.created,
            "currency": currency,
            "custom_unit_amount": null,
            "livemode": false,
            "lookup_key": null,
            "metadata": {},
            "nickname": null,
            "product": line.product,
            "recurring": null,
            "tax_behavior": "unspecified",
            "tiers_mode": null,
            "transform_quantity": null,
            "type": "one_time",
            "unit_amount": line.item.unit_amount,
            "unit_amount_decimal": line.item.unit_amount.to_string(),
        },
        "quantity": line.item.quantity,
    })
}
