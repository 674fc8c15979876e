//! Charges and refunds to ask for, and gateways that ask.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use udam_domain::id::{AccountId, ChargeId, OrderId, RefundId};
use udam_domain::money::Money;
use udam_domain::payment::{Charge, ChargedOrder, ProviderReference, RefundDue};
use udam_domain::secret::Secret;
use udam_domain::time::Timestamp;
use udam_domain::units::Units;
use udam_domain::{Entropy, GatewayError};
use udam_stripe::{StripeGateway, StripeSettings};
use uuid::Uuid;

/// The secret that no error and no print may show.
pub(crate) const SECRET_KEY: &str = "sk_test_hunter2";

struct NoChance;

impl Entropy for NoChance {
    fn fill(&self, destination: &mut [u8]) {
        destination.fill(0);
    }
}

/// Settings for a server on this machine, with waits that a test can sit through.
pub(crate) fn settings(address: SocketAddr) -> StripeSettings {
    let mut settings = StripeSettings::new(
        Secret::new(SECRET_KEY.into()),
        "https://udam.example".parse().unwrap(),
    );
    settings.api_base = Some(format!("http://{address}").parse().unwrap());
    settings.backoff = Duration::from_millis(1);
    settings
}

/// The same, for a server that will not answer.
pub(crate) fn hasty_settings(address: SocketAddr) -> StripeSettings {
    let mut settings = settings(address);
    settings.timeout = Duration::from_millis(300);
    settings
}

pub(crate) fn gateway_with(settings: &StripeSettings) -> StripeGateway {
    StripeGateway::new(settings, Arc::new(NoChance)).unwrap()
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

/// A session of charge 1 as Stripe answers with it, with fields replaced.
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

/// All that an error tells, to whoever prints it in whatever way.
pub(crate) fn told(error: &GatewayError) -> String {
    let mut told = format!("{error} {error:?}");
    let mut source = std::error::Error::source(error);
    while let Some(error) = source {
        told = format!("{told} {error} {error:?}");
        source = error.source();
    }
    told
}

pub(crate) fn is_unavailable<T>(answer: &Result<T, GatewayError>) -> bool {
    matches!(answer, Err(GatewayError::Unavailable(_)))
}

pub(crate) fn is_refused<T>(answer: &Result<T, GatewayError>) -> bool {
    matches!(answer, Err(GatewayError::Refused(_)))
}
