use std::error::Error;
use std::sync::Arc;

use crate::account::Network;
use crate::audit::Actor;
use crate::error_chain;
use crate::id::{ChargeId, OrderId, RefundId, TokenId};
use crate::opaque_debug::opaque_debug;
use crate::payment::{
    Charge, CheckoutSession, EventId, PaymentEvent, PaymentEventKind, ProviderReference,
    ReportedRefund, SessionReport, SessionStatus,
};
use crate::ports::{
    AlertStore, Applied, ApplyEvent, ChargeOrder, ChargeTab, CheckoutError, Clock, Entropy,
    GatewayError, PaymentAlert, PaymentGateway, PaymentStore, StoreError,
};

/// Opening charges at the payment provider, and applying its events.
#[derive(Clone)]
pub struct Payments {
    pub(super) gateway: Arc<dyn PaymentGateway>,
    charges: Arc<dyn PaymentStore>,
    alerts: Arc<dyn AlertStore>,
    pub(super) clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
}

/// The ports that [`Payments`] needs.
#[derive(Clone)]
pub struct PaymentPorts {
    /// The payment provider.
    pub gateway: Arc<dyn PaymentGateway>,
    /// Keeps charges and applies events.
    pub charges: Arc<dyn PaymentStore>,
    /// Keeps alerts.
    pub alerts: Arc<dyn AlertStore>,
    /// Time at which charges are made and events applied.
    pub clock: Arc<dyn Clock>,
    /// Source of identifiers.
    pub entropy: Arc<dyn Entropy>,
}

impl Payments {
    /// The use cases over these ports.
    #[must_use]
    pub fn new(ports: PaymentPorts) -> Self {
        Self {
            gateway: ports.gateway,
            charges: ports.charges,
            alerts: ports.alerts,
            clock: ports.clock,
            entropy: ports.entropy,
        }
    }

    /// Opens a session on which an order that awaits payment is paid, and returns it. Repeating it
    /// returns the same session, and completes what a crash or a failing provider has interrupted.
    ///
    /// # Errors
    /// [`CheckoutError`]
    pub async fn checkout(
        &self,
        order_id: OrderId,
        buyer: Option<Actor>,
    ) -> Result<CheckoutSession, CheckoutError> {
        let at = self.clock.now();
        let charge_id = ChargeId::mint(at, self.entropy.as_ref());
        let request = ChargeOrder {
            charge_id,
            order_id,
            buyer_id: buyer.map(|buyer| buyer.account_id),
            network: buyer.and_then(network_of),
            at,
        };
        let charge = self.charges.charge_order(request).await?;
        self.open(charge).await
    }

    /// Opens a session on which a buyer's tab is paid, and returns it.
    ///
    /// # Errors
    /// [`CheckoutError`]
    pub async fn checkout_tab(&self, buyer: Actor) -> Result<CheckoutSession, CheckoutError> {
        let at = self.clock.now();
        let charge_id = ChargeId::mint(at, self.entropy.as_ref());
        let charge = self
            .charges
            .charge_tab(ChargeTab {
                charge_id,
                buyer_id: buyer.account_id,
                network: network_of(buyer),
                at,
            })
            .await?;
        self.open(charge).await
    }

    /// Applies an event of the provider's, once however often it is repeated.
    ///
    /// # Errors
    /// [`StoreError`]; nothing has changed then, and the event has to be applied again.
    pub async fn apply(&self, event: PaymentEvent) -> Result<Applied, StoreError> {
        self.charges.apply(self.to_apply(event)).await
    }

    /// The event, with what applying it may need.
    pub(super) fn to_apply(&self, event: PaymentEvent) -> ApplyEvent {
        let at = self.clock.now();
        ApplyEvent {
            event,
            refund_id: RefundId::mint(at, self.entropy.as_ref()),
            token_id: TokenId::mint(at, self.entropy.as_ref()),
            at,
        }
    }

    /// Applies the report of a session as the event that the provider would have sent.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn apply_report(
        &self,
        charge_id: ChargeId,
        report: SessionReport,
    ) -> Result<Applied, StoreError> {
        let charge_id = Some(charge_id);
        let session = report.reference.clone();
        let (happened, kind) = match report.status {
            SessionStatus::Open | SessionStatus::Processing => return Ok(Applied::Ignored),
            SessionStatus::Paid(payment) => (
                "paid",
                PaymentEventKind::Paid {
                    charge_id,
                    session,
                    payment,
                },
            ),
            SessionStatus::Expired => ("expired", PaymentEventKind::Expired { charge_id, session }),
        };
        // An id of our own: that a webhook has done the same shows in the charge's state.
        let id = EventId::new(format!("{happened}:{}", report.reference));
        self.apply(PaymentEvent {
            id,
            at: self.clock.now(),
            kind,
        })
        .await
    }

    /// Applies the report of a refund as the event that the provider would have sent.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn apply_refund(
        &self,
        payment: ProviderReference,
        refund: ReportedRefund,
    ) -> Result<Applied, StoreError> {
        let id = format!("refund:{}:{}", refund.reference, refund.outcome);
        self.apply(PaymentEvent {
            id: EventId::new(id),
            at: self.clock.now(),
            kind: PaymentEventKind::Refund { payment, refund },
        })
        .await
    }

    async fn open(&self, charge: Charge) -> Result<CheckoutSession, CheckoutError> {
        if let Some(session) = charge.session {
            return Ok(session);
        }
        let session = match self.gateway.open_session(&charge).await {
            Ok(session) => session,
            Err(GatewayError::Refused(cause)) => return Err(self.refused(charge.id, cause).await),
            Err(error) => return Err(error.into()),
        };
        self.charges
            .record_session(charge.id, session.clone())
            .await?;
        Ok(session)
    }

    /// Raises the alert about a charge that the provider refuses. If it cannot be kept, it is taken for new.
    async fn refused(
        &self,
        charge: ChargeId,
        cause: Box<dyn Error + Send + Sync>,
    ) -> CheckoutError {
        let alert = PaymentAlert::refused_session(charge, &error_chain(cause.as_ref()));
        let is_new = self.alerts.raise(&alert, self.clock.now()).await;
        let alert = is_new.unwrap_or(true).then(|| Box::new(alert));
        CheckoutError::Refused { alert, cause }
    }
}

fn network_of(buyer: Actor) -> Option<Network> {
    buyer.address.map(Network::of)
}

opaque_debug!(Payments, PaymentPorts);
