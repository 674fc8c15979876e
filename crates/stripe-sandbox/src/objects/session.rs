use serde_json::{Value, json};

use super::buyer;
use super::list::list;
use crate::model::{LineItem, Session, SessionStatus};

/// Renders a `checkout.session`. `page_base_url` has no trailing slash.
pub(crate) fn session(session: &Session, page_base_url: &str) -> Value {
    let options = &session.options;
    let url = (session.status == SessionStatus::Open)
        .then(|| format!("{page_base_url}/c/pay/{id}", id = session.id));
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
        "cancel_url": options.cancel_url,
        "client_reference_id": options.client_reference_id,
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
        "customer_email": options.customer_email,
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
        "livemode": session.livemode,
        "locale": options.locale,
        "metadata": options.metadata,
        "mode": session.mode,
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
        "status": session.status.into_str(),
        "submit_type": options.submit_type,
        "subscription": null,
        "success_url": options.success_url,
        "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
        "ui_mode": "hosted_page",
        "url": url,
        "wallet_options": null,
    })
}

/// `customer_details`: what the buyer has entered, known once the session is complete.
fn customer_details(session: &Session) -> Value {
    let email = session.options.customer_email.as_deref();
    match session.status {
        SessionStatus::Complete => json!({
            "address": buyer::address(),
            "business_name": null,
            "email": email.unwrap_or(buyer::EMAIL),
            "individual_name": null,
            "name": buyer::NAME,
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

/// Renders the line items of a session as a `list`.
pub(crate) fn line_items(session: &Session) -> Value {
    let url = format!("/v1/checkout/sessions/{}/line_items", session.id);
    let lines = session.lines.iter().map(|line| line_item(session, line));
    list(&url, &lines.collect::<Vec<_>>(), false)
}

fn line_item(session: &Session, line: &LineItem) -> Value {
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
