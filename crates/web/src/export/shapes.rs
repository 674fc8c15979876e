//! The shapes of what is exported. Names are those of the API where it has the same.

use serde_json::{Value, json};
use udam_domain::account::{AccountKeyInfo, AccountRecord, Session};
use udam_domain::audit::AuditRecord;
use udam_domain::complaint::Complaint;
use udam_domain::id::AccountId;
use udam_domain::listing::{EndpointUrl, OwnListing};
use udam_domain::mail::{MailPreferences, MailTopic};
use udam_domain::money::Money;
use udam_domain::order::{Order, Sale};
use udam_domain::time::Timestamp;
use udam_domain::token::Token;

fn instant(at: Timestamp) -> Value {
    json!(at.to_string())
}

fn maybe(at: Option<Timestamp>) -> Value {
    at.map_or(Value::Null, instant)
}

fn money(amount: Money) -> Value {
    json!(amount.to_string())
}

pub(super) fn account(record: &AccountRecord) -> Value {
    let account = &record.account;
    let dated = |rows: &[(String, Timestamp)], name: &str| -> Value {
        let rows = rows.iter();
        rows.map(|(text, at)| json!({name: text, "at": instant(*at)}))
            .collect()
    };
    json!({
        "id": account.id.to_string(),
        "email": account.email.as_str(),
        "name": account.name.as_str(),
        "created_at": instant(record.registered_at),
        "email_verified_at": maybe(record.email_verified_at),
        "suspended_at": maybe(record.suspended_at),
        "role": record.role.map(|role| role.to_string()),
        "second_factor_since": maybe(record.second_factor_since),
        "places": dated(&record.places, "place"),
        "mails": dated(&record.mails, "kind"),
    })
}

pub(super) fn preferences(preferences: &MailPreferences) -> Value {
    MailTopic::all()
        .map(|topic| (topic.to_string(), json!(preferences.wants(topic))))
        .collect()
}

/// Without the secret, which is not stored.
pub(super) fn api_key(key: &AccountKeyInfo) -> Value {
    let scopes = key.scopes.iter();
    json!({
        "id": key.id.to_string(),
        "name": key.name.as_str(),
        "scopes": scopes.map(|scope| scope.to_string()).collect::<Vec<_>>(),
        "expires_at": maybe(key.expires_at),
        "created_at": instant(key.created_at),
        "last_used_at": maybe(key.last_used_at),
    })
}

pub(super) fn session(session: &Session) -> Value {
    json!({
        "id": session.id.to_string(),
        "device": session.origin.device.as_ref().map(ToString::to_string),
        "address": session.origin.address.map(|address| address.to_string()),
        "created_at": instant(session.created_at),
        "last_seen_at": instant(session.last_seen_at),
        "expires_at": instant(session.expires_at),
    })
}

pub(super) fn order(order: &Order) -> Value {
    json!({
        "id": order.id.to_string(),
        "listing_id": order.listing_id.to_string(),
        "service_name": order.service_name.as_str(),
        "units": order.units.get(),
        "price_per_unit": money(order.price_per_unit),
        "total_price": money(order.total),
        "refunded_amount": money(order.refunded),
        "currency": order.total.currency().code(),
        "status": order.state.to_string(),
        "token_id": order.token_id.map(|token| token.to_string()),
        "created_at": instant(order.created_at),
        "paid_at": maybe(order.paid_at),
        "closed_at": maybe(order.closed_at),
    })
}

pub(super) fn sale(sale: &Sale) -> Value {
    let mut shape = order(&sale.order);
    if let Some(members) = shape.as_object_mut() {
        members.insert("buyer".to_owned(), json!(sale.buyer.as_str()));
    }
    shape
}

pub(super) fn token(token: &Token) -> Value {
    json!({
        "id": token.id.to_string(),
        "order_id": token.order_id.to_string(),
        "listing_id": token.listing_id.to_string(),
        "service_name": token.service_name.as_str(),
        "units": token.units.get(),
        "units_left": token.gateway.map(|gateway| gateway.units.left().get()),
        "state": token.state.to_string(),
        "created_at": instant(token.created_at),
        "expires_at": instant(token.expires_at),
        "revealed_at": maybe(token.revealed_at),
    })
}

/// Without the key, which nobody is shown but the buyers of the listing.
pub(super) fn listing(own: &OwnListing) -> Value {
    let listing = &own.listing;
    let details = &listing.details;
    json!({
        "id": listing.id.to_string(),
        "service_name": details.service_name.as_str(),
        "description": details.description.as_ref().map(ToString::to_string),
        "endpoint_url": details.endpoint_url.as_ref().map(EndpointUrl::as_str),
        "price_per_unit": money(details.price_per_unit.amount()),
        "currency": details.price_per_unit.amount().currency().code(),
        "unit_description": details.unit_description.as_str(),
        "available_units": listing.available.get(),
        "units_sold": own.units_sold,
        "revenue": money(own.revenue),
        "state": listing.state.to_string(),
        "created_at": instant(listing.created_at),
    })
}

/// As the account may see it: not which operator has acted, and from where.
pub(super) fn action(record: &AuditRecord, account: AccountId) -> Value {
    let is_own = record.account_id == Some(account);
    let address = record
        .address
        .filter(|_| is_own || record.account_id.is_none());
    let subject = record
        .subject
        .map(|subject| record.action.subject(subject, record.account_id));
    json!({
        "action": record.action.to_string(),
        "at": instant(record.at),
        "own": is_own,
        "address": address.map(|address| address.to_string()),
        "subject": subject,
        "reason": record.reason,
    })
}

pub(super) fn complaint(complaint: &Complaint) -> Value {
    json!({
        "order_id": complaint.order_id.to_string(),
        "reason": complaint.reason.as_str(),
        "sent_at": instant(complaint.sent_at),
        "resolved_at": maybe(complaint.resolved_at),
    })
}
