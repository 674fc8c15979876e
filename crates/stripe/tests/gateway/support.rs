//! Charges, refunds and gateways of the tests.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use udam_domain::id::{AccountId, ChargeId, OrderId, RefundId};
use udam_domain::money::Money;
use udam_domain::payment::{Charge, ChargedOrder, ProviderReference, RefundDue};
use udam_domain::policy::FindEvents;
use udam_domain::secret::Secret;
use udam_domain::time::Timestamp;
use udam_domain::units::Units;
use udam_domain::{Entropy, GatewayError};
use udam_stripe::{StripeGateway, StripeSettings};
use uuid::Uuid;

/// The secret key, which no error and no debug output may contain.
pub(crate) const SECRET_KEY: &str = "sk_test_hunter2";

struct ZeroEntropy;

impl Entropy for ZeroEntropy {
    fn fill(&self, destination: &mut [u8]) {
        destination.fill(0);
    }
}

/// Settings for a server on this machine, with short retry delays.
pub(crate) fn settings(address: SocketAddr) -> StripeSettings {
    let mut settings = StripeSettings::new(
        Secret::new(SECRET_KEY.into()),
        "https://udam.example".parse().unwrap(),
    );
    settings.api_base = Some(format!("http://{address}").parse().unwrap());
    settings.backoff = Duration::from_millis(1);
    settings
}

/// The same with a short time limit, for a server that never responds.
pub(crate) fn short_timeout_settings(address: SocketAddr) -> StripeSettings {
    let mut settings = settings(address);
    settings.timeout = Duration::from_millis(300);
    settings
}

pub(crate) fn gateway_with(settings: &StripeSettings) -> StripeGateway {
    StripeGateway::new(settings, Arc::new(ZeroEntropy)).unwrap()
}

pub(crate) fn gateway(address: SocketAddr) -> StripeGateway {
    gateway_with(&settings(address))
}

pub(crate) fn reference(name: &str) -> ProviderReference {
    ProviderReference::new(name.into())
}

pub(crate) fn money(minor: i64, code: &str) -> Money {
    Money::new(minor, code.parse().unwrap())
}

pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).unwrap()
}

/// Request for all events since an instant.
pub(crate) fn all_since(seconds: i64) -> FindEvents {
    FindEvents {
        from: at(seconds),
        until: None,
        limit: None,
    }
}

pub(crate) fn charge_id(number: u128) -> ChargeId {
    ChargeId::from_uuid(Uuid::from_u128(number))
}

pub(crate) fn order_charge(number: u128, total: Money, tab: Money) -> Charge {
    Charge {
        order: Some(ChargedOrder {
            id: OrderId::from_uuid(Uuid::from_u128(number)),
            service_name: "Tide tables".parse().unwrap(),
            units: Units::new(12).unwrap(),
            total,
        }),
        ..tab_charge(number, tab)
    }
}

pub(crate) fn tab_charge(number: u128, tab: Money) -> Charge {
    Charge {
        id: charge_id(number),
        buyer_id: AccountId::from_uuid(Uuid::from_u128(1)),
        order: None,
        tab,
        expires_at: at(1_900_000_000),
        session: None,
    }
}

pub(crate) fn refund_due(number: u128, payment: &ProviderReference, amount: Money) -> RefundDue {
    RefundDue {
        id: RefundId::from_uuid(Uuid::from_u128(number)),
        charge_id: charge_id(1),
        payment: payment.clone(),
        amount,
    }
}

/// JSON of a session of charge 1, with fields replaced.
pub(crate) fn session(changes: &Value) -> Value {
    let mut session = json!({
        "id": "cs_test_1",
        "object": "checkout.session",
        "url": "https://checkout.stripe.example/c/pay/cs_test_1",
        "status": "open",
        "payment_status": "unpaid",
        "payment_intent": null,
        "amount_total": 1_550,
        "currency": "usd",
        "metadata": {"charge_id": charge_id(1).to_string()},
        "something_new": {"status": 7},
    });
    let changes = changes.as_object().unwrap().clone();
    session.as_object_mut().unwrap().extend(changes);
    session
}

/// Everything that an error and its sources print.
pub(crate) fn error_text(error: &GatewayError) -> String {
    let mut text = format!("{error} {error:?}");
    let mut source = std::error::Error::source(error);
    while let Some(error) = source {
        text = format!("{text} {error} {error:?}");
        source = error.source();
    }
    text
}

pub(crate) fn is_unavailable<T>(response: &Result<T, GatewayError>) -> bool {
    matches!(response, Err(GatewayError::Unavailable(_)))
}

pub(crate) fn is_refused<T>(response: &Result<T, GatewayError>) -> bool {
    matches!(response, Err(GatewayError::Refused(_)))
}

pub(crate) fn is_denied<T>(response: &Result<T, GatewayError>) -> bool {
    matches!(response, Err(GatewayError::Denied(_)))
}
