use async_trait::async_trait;
use futures::FutureExt;
use udam_domain::id::ChargeId;
use udam_domain::payment::{Charge, CheckoutSession};
use udam_domain::policy::OrderPolicy;
use udam_domain::{
    Applied, ApplyEvent, ChargeOrder, ChargeTab, OpenChargeError, PaymentStore, StoreError,
};

use super::{apply, open, received};
use crate::PgPool;

/// Opens charges for orders and tabs, and applies the provider's events to them, in PostgreSQL.
#[derive(Clone)]
pub struct PgPaymentStore {
    pool: PgPool,
    policy: OrderPolicy,
}

impl PgPaymentStore {
    /// A store over `pool` that reserves and issues by this policy.
    #[must_use]
    pub const fn new(pool: PgPool, policy: OrderPolicy) -> Self {
        Self { pool, policy }
    }
}

#[async_trait]
impl PaymentStore for PgPaymentStore {
    async fn charge_order(&self, request: ChargeOrder) -> Result<Charge, OpenChargeError> {
        self.pool
            .transaction(|tx| open::charge_order(tx, &self.policy, request).boxed())
            .await?
            .map_err(OpenChargeError::Unchargeable)
    }

    async fn charge_tab(&self, request: ChargeTab) -> Result<Charge, OpenChargeError> {
        self.pool
            .transaction(|tx| open::charge_tab(tx, &self.policy, request).boxed())
            .await
    }

    async fn record_session(
        &self,
        charge: ChargeId,
        session: CheckoutSession,
    ) -> Result<(), StoreError> {
        let client = self.pool.client().await?;
        let (reference, url) = (session.reference.as_str(), session.url.as_str());
        client
            .run(RECORD_SESSION, &[&charge.uuid(), &reference, &url])
            .await
            .map(drop)
    }

    async fn apply(&self, event: ApplyEvent) -> Result<Applied, StoreError> {
        let applied = self
            .pool
            .transaction(|tx| apply::apply(tx, &self.policy, &event).boxed())
            .await;
        if let Err(error @ StoreError::Failed(_)) = &applied {
            received::record_failure(&self.pool, &event.event, error, event.at).await;
        }
        applied
    }
}

// Another server that has recorded it got the same session: the provider opens one per charge.
const RECORD_SESSION: &str = "\
-- PgPaymentStore::record_session
UPDATE charges SET session = coalesce(session, $2), session_url = coalesce(session_url, $3)
WHERE id = $1";
