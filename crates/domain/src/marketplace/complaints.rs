use std::sync::Arc;

use crate::audit::Actor;
use crate::complaint::{Complaint, ComplaintReason, SendComplaint};
use crate::id::{AccountId, OrderId};
use crate::opaque_debug::opaque_debug;
use crate::ports::{Clock, ComplaintStore, MarketplaceMetrics, SendComplaintError, StoreError};

/// Buyers' complaints about their orders.
#[derive(Clone)]
pub struct Complaints {
    store: Arc<dyn ComplaintStore>,
    clock: Arc<dyn Clock>,
    metrics: Arc<dyn MarketplaceMetrics>,
}

/// The ports that [`Complaints`] needs.
#[derive(Clone)]
pub struct ComplaintPorts {
    /// Keeps complaints.
    pub store: Arc<dyn ComplaintStore>,
    /// Time at which they are sent.
    pub clock: Arc<dyn Clock>,
    /// Is told of the alerts that they raise.
    pub metrics: Arc<dyn MarketplaceMetrics>,
}

impl Complaints {
    /// The use cases over these ports.
    #[must_use]
    pub fn new(ports: ComplaintPorts) -> Self {
        Self {
            store: ports.store,
            clock: ports.clock,
            metrics: ports.metrics,
        }
    }

    /// Sends the operator a note about an order that the actor has bought.
    ///
    /// # Errors
    /// [`SendComplaintError`]
    pub async fn send(
        &self,
        buyer: Actor,
        order_id: OrderId,
        reason: ComplaintReason,
    ) -> Result<Complaint, SendComplaintError> {
        let request = SendComplaint {
            order_id,
            buyer,
            reason,
            at: self.clock.now(),
        };
        let complaint = self.store.send(request).await?;
        self.metrics.alert_raised(&complaint.alert());
        Ok(complaint)
    }

    /// Returns the buyer's latest complaint about an order, if there is one.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn latest(
        &self,
        order: OrderId,
        buyer: AccountId,
    ) -> Result<Option<Complaint>, StoreError> {
        self.store.latest(order, buyer).await
    }
}

opaque_debug!(Complaints, ComplaintPorts);

#[cfg(test)]
mod tests {
    use futures::executor::block_on;

    use super::*;
    use crate::fixtures::{actor, at, clock, order_id};
    use crate::payment::AlertKind;
    use crate::ports::{MockComplaintStore, MockMarketplaceMetrics};

    #[test]
    fn a_complaint_is_sent_by_the_clock_and_raises_its_alert() {
        let mut store = MockComplaintStore::new();
        store.expect_send().once().returning(|request| {
            assert_eq!((request.buyer, request.at), (actor(2), at(7)));
            Ok(Complaint {
                order_id: request.order_id,
                reason: request.reason,
                sent_at: request.at,
                resolved_at: None,
            })
        });
        let mut metrics = MockMarketplaceMetrics::new();
        let told = |alert: &crate::PaymentAlert| alert.kind == AlertKind::Complaint;
        metrics
            .expect_alert_raised()
            .withf(told)
            .once()
            .return_const(());
        let complaints = Complaints::new(ComplaintPorts {
            store: Arc::new(store),
            clock: clock(at(7)),
            metrics: Arc::new(metrics),
        });
        let reason = "It does not work.".parse().unwrap();
        let sent = block_on(complaints.send(actor(2), order_id(1), reason)).unwrap();
        assert!(sent.is_open());
    }
}
