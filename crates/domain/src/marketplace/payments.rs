use std::sync::Arc;

use crate::id::{AccountId, ChargeId, OrderId, RefundId, TokenId};
use crate::payment::{
    Charge, CheckoutSession, EventId, PaymentEvent, PaymentEventKind, SessionReport, SessionStatus,
};
use crate::ports::{
    Applied, ApplyEvent, ChargeOrder, ChargeTab, CheckoutError, Clock, Entropy, PaymentGateway,
    PaymentStore, StoreError,
};

/// Sending buyers to pay, and making happen what the provider says.
#[derive(Clone)]
pub struct Payments {
    /// The provider.
    pub gateway: Arc<dyn PaymentGateway>,
    /// Keeps charges.
    pub charges: Arc<dyn PaymentStore>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Draws identifiers.
    pub entropy: Arc<dyn Entropy>,
}

impl Payments {
    /// Where an order that awaits payment is paid. Asking again answers with the same session, and
    /// finishes what a crash or a silent provider has left undone.
    ///
    /// # Errors
    /// [`CheckoutError`]
    pub async fn checkout(
        &self,
        order_id: OrderId,
        buyer_id: Option<AccountId>,
    ) -> Result<CheckoutSession, CheckoutError> {
        let at = self.clock.now();
        let charge_id = ChargeId::mint(at, self.entropy.as_ref());
        let request = ChargeOrder {
            charge_id,
            order_id,
            buyer_id,
            at,
        };
        let charge = self.charges.charge_order(request).await?;
        self.open(charge).await
    }

    /// Where a buyer's tab is paid.
    ///
    /// # Errors
    /// [`CheckoutError`]
    pub async fn checkout_tab(
        &self,
        buyer_id: AccountId,
    ) -> Result<CheckoutSession, CheckoutError> {
        let at = self.clock.now();
        let charge_id = ChargeId::mint(at, self.entropy.as_ref());
        let charge = self
            .charges
            .charge_tab(ChargeTab {
                charge_id,
                buyer_id,
                at,
            })
            .await?;
        self.open(charge).await
    }

    /// Makes an event of the provider's happen, once.
    ///
    /// # Errors
    /// [`StoreError`]; nothing has happened then, and the event has to be told again.
    pub async fn apply(&self, event: PaymentEvent) -> Result<Applied, StoreError> {
        let at = self.clock.now();
        let refund_id = RefundId::mint(at, self.entropy.as_ref());
        let token_id = TokenId::mint(at, self.entropy.as_ref());
        self.charges
            .apply(ApplyEvent {
                event,
                refund_id,
                token_id,
                at,
            })
            .await
    }

    /// Makes what the provider says of a session happen, as if it had told so itself.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn apply_report(
        &self,
        charge_id: ChargeId,
        report: SessionReport,
    ) -> Result<Applied, StoreError> {
        let charge_id = Some(charge_id);
        let (happened, kind) = match report.status {
            SessionStatus::Open | SessionStatus::Processing => return Ok(Applied::Ignored),
            SessionStatus::Paid(payment) => ("paid", PaymentEventKind::Paid { charge_id, payment }),
            SessionStatus::Expired => ("expired", PaymentEventKind::Expired { charge_id }),
        };
        // A name of our own: what a webhook has done already is told by the charge's state.
        let id = EventId::new(format!("{happened}:{}", report.reference));
        self.apply(PaymentEvent {
            id,
            at: self.clock.now(),
            kind,
        })
        .await
    }

    async fn open(&self, charge: Charge) -> Result<CheckoutSession, CheckoutError> {
        if let Some(session) = charge.session {
            return Ok(session);
        }
        let session = self.gateway.open_session(&charge).await?;
        self.charges
            .record_session(charge.id, session.clone())
            .await?;
        Ok(session)
    }
}
