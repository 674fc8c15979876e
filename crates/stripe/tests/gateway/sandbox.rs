//! The gateway against the sandbox, which behaves as Stripe does from one call to the next.

mod faults;
mod news;
mod paying;
mod refunding;

use std::time::Duration;

use serde_json::{Value, json};
use udam_domain::PaymentGateway;
use udam_domain::money::Money;
use udam_domain::payment::{
    Charge, CheckoutSession, ProviderReference, SessionReport, SessionStatus,
};
use udam_domain::secret::Secret;
use udam_stripe::{StripeGateway, StripeSettings};
use udam_stripe_sandbox::{Sandbox, SandboxSettings};

use crate::support::{SECRET_KEY, at, gateway_with, order_charge, tab_charge};

/// A Stripe of one's own, and both hands on it.
struct Stripe {
    sandbox: Sandbox,
    gateway: StripeGateway,
    control: reqwest::Client,
}

impl Stripe {
    async fn start() -> Self {
        let settings = SandboxSettings {
            api_key: SECRET_KEY.into(),
            ..SandboxSettings::default()
        };
        let sandbox = Sandbox::start(settings).await.unwrap();
        let gateway = gateway_with(&settings_for(&sandbox));
        // The marketplace, where buyers are sent back to, is not there.
        let control = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
        Self {
            sandbox,
            gateway,
            control: control.build().unwrap(),
        }
    }

    /// Has the sandbox do what Stripe or a buyer might.
    async fn act(&self, path: &str, body: Value) -> Value {
        let url = self.sandbox.base_url().join("/_sandbox/").unwrap();
        let request = self.control.post(url.join(path).unwrap()).json(&body);
        let answer = request.send().await.unwrap();
        assert!(answer.status().is_success(), "{path}: {answer:?}");
        answer.json().await.unwrap()
    }

    /// What the sandbox has in its books.
    async fn books(&self) -> Value {
        let url = self.sandbox.base_url().join("/_sandbox/state").unwrap();
        let answer = self.control.get(url).send().await.unwrap();
        answer.json().await.unwrap()
    }

    async fn now(&self) -> i64 {
        self.books().await["now"].as_i64().unwrap()
    }

    async fn fault(&self, fault: Value) {
        self.act("faults", fault).await;
    }

    /// A charge that lapses in an hour.
    async fn order(&self, number: u128, total: Money, tab: Money) -> Charge {
        Charge {
            expires_at: at(self.now().await + 3_600),
            ..order_charge(number, total, tab)
        }
    }

    async fn tab(&self, number: u128, tab: Money) -> Charge {
        Charge {
            expires_at: at(self.now().await + 3_600),
            ..tab_charge(number, tab)
        }
    }

    async fn open(&self, charge: &Charge) -> CheckoutSession {
        self.gateway.open_session(charge).await.unwrap()
    }

    async fn pay(&self, session: &ProviderReference) {
        self.act(&format!("sessions/{session}/pay"), json!({}))
            .await;
    }

    async fn report(&self, session: &ProviderReference) -> SessionReport {
        self.gateway.session(session).await.unwrap()
    }

    /// The payment of a charge that is opened and paid.
    async fn paid(&self, charge: &Charge) -> ProviderReference {
        let session = self.open(charge).await;
        self.pay(&session.reference).await;
        match self.report(&session.reference).await.status {
            SessionStatus::Paid(payment) => payment.reference,
            other => unreachable!("{other:?}"),
        }
    }
}

fn settings_for(sandbox: &Sandbox) -> StripeSettings {
    let mut settings = StripeSettings::new(
        Secret::new(SECRET_KEY.into()),
        "https://udam.example".parse().unwrap(),
    );
    settings.api_base = Some(sandbox.base_url().clone());
    settings.timeout = Duration::from_secs(1);
    settings.backoff = Duration::from_millis(1);
    settings
}
