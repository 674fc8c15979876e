//! The gateway against the sandbox, which keeps state as Stripe does.

mod events;
mod faults;
mod payments;
mod refunds;

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

/// A sandbox, a gateway to it, and a client of its control API.
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
        // Redirects lead to the marketplace, which does not run here.
        let control = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
        Self {
            sandbox,
            gateway,
            control: control.build().unwrap(),
        }
    }

    /// Posts to the control API.
    async fn control_post(&self, path: &str, body: Value) -> Value {
        let url = self.sandbox.base_url().join("/_sandbox/").unwrap();
        let request = self.control.post(url.join(path).unwrap()).json(&body);
        let response = request.send().await.unwrap();
        assert!(response.status().is_success(), "{path}: {response:?}");
        response.json().await.unwrap()
    }

    /// State of the sandbox.
    async fn state(&self) -> Value {
        let url = self.sandbox.base_url().join("/_sandbox/state").unwrap();
        let response = self.control.get(url).send().await.unwrap();
        response.json().await.unwrap()
    }

    async fn now(&self) -> i64 {
        self.state().await["now"].as_i64().unwrap()
    }

    async fn fault(&self, fault: Value) {
        self.control_post("faults", fault).await;
    }

    /// A charge that expires in an hour.
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
        self.control_post(&format!("sessions/{session}/pay"), json!({}))
            .await;
    }

    /// Completes a session with a delayed payment method.
    async fn pay_async(&self, session: &ProviderReference) {
        self.control_post(&format!("sessions/{session}/pay_async"), json!({}))
            .await;
    }

    async fn settle_async(&self, session: &ProviderReference, succeed: bool) {
        let path = format!("sessions/{session}/settle_async");
        self.control_post(&path, json!({"succeed": succeed})).await;
    }

    async fn report(&self, session: &ProviderReference) -> SessionReport {
        self.gateway.session(session).await.unwrap()
    }

    /// Opens a session for a charge, pays it, and returns the payment.
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
