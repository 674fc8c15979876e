use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use stripe_checkout::checkout_session::{ExpireCheckoutSession, RetrieveCheckoutSession};
use stripe_core::event::ListEvent;
use stripe_core::refund::{CreateRefund, ListRefund};
use stripe_types::RangeQueryTs;
use udam_domain::payment::{
    Charge, CheckoutSession, PaymentEvent, ProviderReference, RefundDue, SessionReport,
    SessionStatus,
};
use udam_domain::time::Timestamp;
use udam_domain::{Entropy, GatewayError, PaymentGateway};

use crate::amount;
use crate::answer::{RefundAnswer, SessionAnswer};
use crate::checkout::{self, Checkout};
use crate::connection::{Connection, PAGE_SIZE};
use crate::event::{HandledEvent, Kind};
use crate::failure::Failure;
use crate::settings::{StripeSettings, StripeSetupError, base};

/// Payment over Stripe's API.
pub struct StripeGateway {
    connection: Connection,
    checkout: Checkout,
}

impl StripeGateway {
    /// A gateway to the Stripe account that the settings' key opens. Chance spreads its repeats.
    ///
    /// # Errors
    /// [`StripeSetupError`] names the setting that cannot be used. Nothing is called yet.
    pub fn new(
        settings: &StripeSettings,
        entropy: Arc<dyn Entropy>,
    ) -> Result<Self, StripeSetupError> {
        let public_url = base(&settings.public_url).ok_or(StripeSetupError::PublicUrl)?;
        Ok(Self {
            connection: Connection::new(settings, entropy)?,
            checkout: Checkout {
                public_url: public_url.to_owned(),
                expiry_margin: settings.expiry_margin,
            },
        })
    }

    async fn report(&self, session: &str) -> Result<SessionReport, GatewayError> {
        let request = RetrieveCheckoutSession::new(session).expand(with_payment());
        let answer: SessionAnswer = self.connection.ask(&request, None).await?;
        Ok(answer.into_report()?)
    }

    /// The refund, if Stripe knows it. Stripe may forget an idempotency key after a day, and would then
    /// give the money back again; it does not forget the refund.
    async fn refund_given(&self, refund: &RefundDue) -> Result<Option<RefundAnswer>, Failure> {
        let payment = refund.payment.as_str();
        let given: Vec<RefundAnswer> = self
            .connection
            .list(|after| {
                let request = ListRefund::new().payment_intent(payment).limit(PAGE_SIZE);
                match after {
                    Some(after) => request.starting_after(after),
                    None => request,
                }
            })
            .await?;
        Ok(given.into_iter().find(|given| given.is(refund.id)))
    }
}

#[async_trait]
impl PaymentGateway for StripeGateway {
    async fn open_session(&self, charge: &Charge) -> Result<CheckoutSession, GatewayError> {
        let request = self.checkout.request(charge).map_err(refused)?;
        let key = checkout::idempotency_key(charge);
        let answer: SessionAnswer = self.connection.ask(&request, Some(&key)).await?;
        Ok(answer.into_opened()?)
    }

    async fn expire_session(
        &self,
        session: &ProviderReference,
    ) -> Result<SessionReport, GatewayError> {
        let session = name(session)?;
        let request = ExpireCheckoutSession::new(session).expand(with_payment());
        match self.connection.ask::<SessionAnswer>(&request, None).await {
            Ok(answer) => Ok(answer.into_report()?),
            Err(failure) if failure.is_passing() => Err(failure.into()),
            // Only an open session can be expired. The refusal does not say how it stands.
            Err(refusal) => match self.report(session).await? {
                // Whoever asks must not take a session for ended that can still be paid.
                report if report.status == SessionStatus::Open => {
                    Err(Failure::StillOpen(Box::new(refusal.into())).into())
                }
                report => Ok(report),
            },
        }
    }

    async fn session(&self, session: &ProviderReference) -> Result<SessionReport, GatewayError> {
        self.report(name(session)?).await
    }

    async fn refund(&self, refund: &RefundDue) -> Result<ProviderReference, GatewayError> {
        let amount = amount::to_stripe(refund.amount).map_err(refused)?;
        if let Some(given) = self.refund_given(refund).await? {
            return Ok(given.into_reference()?);
        }
        let request = CreateRefund::new()
            .payment_intent(refund.payment.as_str())
            .amount(amount)
            .metadata([
                ("charge_id".to_owned(), refund.charge_id.to_string()),
                ("refund_id".to_owned(), refund.id.to_string()),
            ]);
        let key = format!("refund-{}", refund.id);
        let answer: RefundAnswer = self.connection.ask(&request, Some(&key)).await?;
        Ok(answer.into_reference()?)
    }

    async fn events_since(&self, since: Timestamp) -> Result<Vec<PaymentEvent>, GatewayError> {
        let types = Kind::ALL.map(|kind| kind.as_str().to_owned());
        let listed: Vec<HandledEvent> = self
            .connection
            .list(|after| {
                let request = ListEvent::new()
                    .created(RangeQueryTs::gte(since.as_second()))
                    .types(types.clone())
                    .limit(PAGE_SIZE);
                match after {
                    Some(after) => request.starting_after(after),
                    None => request,
                }
            })
            .await?;
        // Stripe lists the newest first.
        let events = listed.into_iter().rev().map(HandledEvent::into_event);
        let events: Option<Vec<PaymentEvent>> = events.collect();
        Ok(events.ok_or(Failure::Unreadable)?)
    }
}

impl fmt::Debug for StripeGateway {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StripeGateway")
            .field("checkout", &self.checkout)
            .finish_non_exhaustive()
    }
}

/// Has Stripe tell of the payment as well, where it tells of a session.
fn with_payment() -> [String; 1] {
    ["payment_intent".to_owned()]
}

/// Stripe's name of a session, which becomes part of a path.
fn name(session: &ProviderReference) -> Result<&str, Failure> {
    let name = session.as_str();
    let is_name = !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    is_name
        .then_some(name)
        .ok_or(Failure::Unsendable("session's reference"))
}

fn refused(error: amount::AmountError) -> GatewayError {
    GatewayError::Refused(error.into())
}
