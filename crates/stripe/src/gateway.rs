use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use miniserde::json::Value;
use stripe_checkout::checkout_session::{ExpireCheckoutSession, RetrieveCheckoutSession};
use stripe_core::event::{ListEvent, RetrieveEvent};
use stripe_core::refund::{CreateRefund, ListRefund};
use stripe_types::{RangeBoundsTs, RangeQueryTs};
use udam_domain::payment::{
    Charge, CheckoutSession, EventId, ListedEvents, PaymentEvent, ProviderReference, RefundDue,
    ReportedRefund, SessionReport, SessionStatus,
};
use udam_domain::policy::FindEvents;
use udam_domain::time::Timestamp;
use udam_domain::{Entropy, GatewayError, PaymentEventFeed, PaymentGateway};

use crate::amount;
use crate::checkout::Checkout;
use crate::connection::{Connection, PAGE_SIZE};
use crate::event::{self, HANDLED};
use crate::failure::Failure;
use crate::response::{RefundResponse, SessionResponse};
use crate::settings::{StripeSettings, StripeSetupError, base_url};

/// The payment gateway over Stripe's API.
pub struct StripeGateway {
    connection: Connection,
    checkout: Checkout,
}

impl StripeGateway {
    /// A gateway to the Stripe account of the settings' secret key. `entropy` shortens the delays of
    /// retries at random. Sends no request yet.
    ///
    /// # Errors
    /// [`StripeSetupError`] names the invalid setting.
    pub fn new(
        settings: &StripeSettings,
        entropy: Arc<dyn Entropy>,
    ) -> Result<Self, StripeSetupError> {
        let public_url = base_url(&settings.public_url).ok_or(StripeSetupError::PublicUrl)?;
        Ok(Self {
            connection: Connection::new(settings, entropy)?,
            checkout: Checkout {
                public_url: public_url.to_owned(),
                expiry_margin: settings.expiry_margin,
            },
        })
    }

    async fn report(&self, session: &str) -> Result<SessionReport, GatewayError> {
        let request = RetrieveCheckoutSession::new(session).expand(payment_intent());
        let response: SessionResponse = self.connection.send(&request, None).await?;
        Ok(response.into_report()?)
    }

    async fn list_refunds(
        &self,
        payment: &ProviderReference,
    ) -> Result<Vec<RefundResponse>, Failure> {
        let payment = payment.as_str();
        self.connection
            .list(|cursor| {
                let request = ListRefund::new().payment_intent(payment).limit(PAGE_SIZE);
                match cursor {
                    Some(cursor) => request.starting_after(cursor),
                    None => request,
                }
            })
            .await
    }
}

#[async_trait]
impl PaymentGateway for StripeGateway {
    async fn open_session(&self, charge: &Charge) -> Result<CheckoutSession, GatewayError> {
        let request = self.checkout.request(charge).map_err(refused)?;
        let key = self.checkout.idempotency_key(charge);
        let response: SessionResponse = self.connection.send(&request, Some(&key)).await?;
        Ok(response.into_opened()?)
    }

    async fn expire_session(
        &self,
        session: &ProviderReference,
    ) -> Result<SessionReport, GatewayError> {
        let session = session_id(session)?;
        let request = ExpireCheckoutSession::new(session).expand(payment_intent());
        match self
            .connection
            .send::<SessionResponse>(&request, None)
            .await
        {
            Ok(response) => Ok(response.into_report()?),
            Err(failure) if failure.is_transient() => Err(failure.into()),
            // Only an open session can be expired. The error does not say which state it is in.
            Err(failure) => match self.report(session).await? {
                // The caller must not take a session for expired that can still be paid.
                report if report.status == SessionStatus::Open => {
                    Err(Failure::StillOpen(Box::new(failure.into())).into())
                }
                report => Ok(report),
            },
        }
    }

    async fn session(&self, session: &ProviderReference) -> Result<SessionReport, GatewayError> {
        self.report(session_id(session)?).await
    }

    async fn refund(&self, refund: &RefundDue) -> Result<ReportedRefund, GatewayError> {
        let amount = amount::to_stripe(refund.amount).map_err(refused)?;
        // Stripe may forget an idempotency key after a day and would then refund again; it does not forget the
        // refund.
        let refunds = self.list_refunds(&refund.payment).await?;
        let existing = |listed: &RefundResponse| listed.is(refund.id);
        if let Some(existing) = refunds.into_iter().find(existing) {
            return Ok(existing.into_reported()?);
        }
        let request = CreateRefund::new()
            .payment_intent(refund.payment.as_str())
            .amount(amount)
            .metadata([
                ("charge_id".to_owned(), refund.charge_id.to_string()),
                ("refund_id".to_owned(), refund.id.to_string()),
            ]);
        let key = format!("refund-{}", refund.id);
        let response: RefundResponse = self.connection.send(&request, Some(&key)).await?;
        Ok(response.into_reported()?)
    }

    async fn refunds(
        &self,
        payment: &ProviderReference,
    ) -> Result<Vec<ReportedRefund>, GatewayError> {
        let refunds = self.list_refunds(payment).await?;
        // One that cannot be read must not hide the others.
        let reported = refunds.into_iter().map(RefundResponse::into_reported);
        Ok(reported.filter_map(Result::ok).collect())
    }
}

#[async_trait]
impl PaymentEventFeed for StripeGateway {
    async fn events(&self, request: FindEvents) -> Result<Option<ListedEvents>, GatewayError> {
        let created = RangeQueryTs::Bounds(RangeBoundsTs {
            gte: Some(request.from.as_second()),
            lt: request.until.map(Timestamp::as_second),
            ..RangeBoundsTs::default()
        });
        let types = HANDLED.map(|event_type| event_type.to_string());
        let page = |cursor: Option<&str>| {
            let request = ListEvent::new()
                .created(created)
                .types(types.clone())
                .limit(PAGE_SIZE);
            match cursor {
                Some(cursor) => request.starting_after(cursor),
                None => request,
            }
        };
        let limit = request.limit.map(usize::from);
        let listed: Option<Vec<Value>> = self.connection.list_up_to(limit, page).await?;
        Ok(listed.map(|listed| event::read_list(&listed)))
    }

    async fn event(&self, id: &EventId) -> Result<Option<PaymentEvent>, GatewayError> {
        // What is none of Stripe's ids is not asked for.
        let Ok(id) = path_id(id.as_str(), "event's id") else {
            return Ok(None);
        };
        let request = RetrieveEvent::new(id);
        match self.connection.send::<Value>(&request, None).await {
            Ok(response) => {
                let event = event::read(&response);
                event
                    .map(Some)
                    .ok_or_else(|| GatewayError::Refused(Failure::Unreadable.into()))
            }
            Err(failure) if failure.is_not_found() => Ok(None),
            Err(failure) => Err(failure.into()),
        }
    }
}

impl fmt::Debug for StripeGateway {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StripeGateway")
            .field("checkout", &self.checkout)
            .finish_non_exhaustive()
    }
}

/// Fields of a session to expand.
fn payment_intent() -> [String; 1] {
    ["payment_intent".to_owned()]
}

fn session_id(session: &ProviderReference) -> Result<&str, Failure> {
    path_id(session.as_str(), "session's reference")
}

/// An id of Stripe's, checked because it becomes part of a path.
fn path_id<'i>(id: &'i str, what: &'static str) -> Result<&'i str, Failure> {
    let is_valid = !id.is_empty()
        && id
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    is_valid.then_some(id).ok_or(Failure::InvalidArgument(what))
}

fn refused(error: amount::AmountError) -> GatewayError {
    GatewayError::Refused(error.into())
}
