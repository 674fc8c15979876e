use std::sync::Arc;

use thiserror::Error;

use super::Payments;
use crate::payment::{EventId, RefundDue, SessionStatus};
use crate::policy::SweepPolicy;
use crate::ports::{
    Applied, CheckoutError, GatewayError, OrderStore, OverdueCharge, PaymentAlert, PaymentBacklog,
    PaymentEventLog, StoreError,
};
use crate::time::Timestamp;

/// Finishing what crashes, timeouts and refusals have left undone. Every server may do it at once.
#[derive(Clone)]
pub struct Reconciliation {
    /// Sends buyers to pay, and applies events.
    pub payments: Payments,
    /// What is left to do.
    pub backlog: Arc<dyn PaymentBacklog>,
    /// How far the provider's list of events has been read.
    pub events: Arc<dyn PaymentEventLog>,
    /// Ends reservations.
    pub orders: Arc<dyn OrderStore>,
    /// How long unfinished payments wait.
    pub policy: SweepPolicy,
}

/// What a sweep came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sweep {
    /// Orders whose provider was told at last.
    pub sent: u32,
    /// Events that no webhook had brought.
    pub caught_up: u32,
    /// Sessions that can no longer be paid.
    pub closed: u32,
    /// Reservations that have lapsed.
    pub lapsed: u32,
    /// Refunds that were given.
    pub refunded: u32,
    /// Calls to the provider that failed and will be made again.
    pub postponed: u32,
    /// What an operator must look into.
    pub alerts: Vec<PaymentAlert>,
}

/// Why a sweep stopped. What it has done stays done; the next one goes on.
#[derive(Debug, Error)]
pub enum SweepError {
    /// The store could not be asked.
    #[error("looking for unfinished payments failed")]
    Unavailable(#[from] StoreError),
}

impl Reconciliation {
    /// Does what is left to do: catches up on events, tells the provider of orders, ends what has
    /// lapsed, gives refunds. What it came to is in `sweep` even when it stopped half-way: an alert is
    /// raised once.
    ///
    /// # Errors
    /// [`SweepError`]
    pub async fn sweep(&self, sweep: &mut Sweep) -> Result<(), SweepError> {
        self.catch_up(sweep).await?;
        self.send_unsent(sweep).await?;
        self.close_overdue(sweep).await?;
        self.release_lapsed(sweep).await?;
        self.give_refunds(sweep).await
    }

    /// A lost webhook costs one sweep: what it would have said is in the provider's list.
    async fn catch_up(&self, sweep: &mut Sweep) -> Result<(), SweepError> {
        let now = self.payments.clock.now();
        let read_until = self.read_until(now).await?;
        let since = self.policy.events_from(read_until);
        let Ok(events) = self.payments.gateway.events_since(since).await else {
            sweep.postponed = sweep.postponed.saturating_add(1);
            return Ok(());
        };
        let Some(newest) = events.iter().map(|event| event.at).max() else {
            return Ok(());
        };
        let ids: Vec<EventId> = events.iter().map(|event| event.id.clone()).collect();
        let unknown = self.events.unknown(&ids).await?;
        for event in events {
            if !unknown.contains(&event.id) {
                continue;
            }
            match self.payments.apply(event).await? {
                Applied::Done => sweep.caught_up = sweep.caught_up.saturating_add(1),
                Applied::Repeated | Applied::Ignored => {}
                Applied::Alert(alert) => sweep.alerts.push(alert),
            }
        }
        let newest = newest.min(now);
        if newest > read_until {
            self.events.record_read(newest).await?;
        }
        Ok(())
    }

    /// What happened long before the first sweep is not of this marketplace. Where the list begins is
    /// recorded before it is read: should the provider not answer for days, nothing is skipped.
    async fn read_until(&self, now: Timestamp) -> Result<Timestamp, SweepError> {
        if let Some(until) = self.events.read_until().await? {
            return Ok(until);
        }
        let first = self.policy.first_events(now);
        self.events.record_read(first).await?;
        Ok(first)
    }

    async fn send_unsent(&self, sweep: &mut Sweep) -> Result<(), SweepError> {
        let now = self.payments.clock.now();
        for order_id in self.backlog.unsent(self.policy.unsent_at(now)).await? {
            match self.payments.checkout(order_id, None).await {
                Ok(_) => sweep.sent = sweep.sent.saturating_add(1),
                Err(CheckoutError::Gateway(_)) => {
                    sweep.postponed = sweep.postponed.saturating_add(1);
                }
                // It was paid, canceled or released meanwhile.
                Err(CheckoutError::Charge(_) | CheckoutError::PaymentsUnavailable) => {}
            }
        }
        Ok(())
    }

    async fn close_overdue(&self, sweep: &mut Sweep) -> Result<(), SweepError> {
        let now = self.payments.clock.now();
        for overdue in self.backlog.overdue(self.policy.claim_at(now)).await? {
            self.close(&overdue, sweep).await?;
        }
        Ok(())
    }

    /// The session is ended at the provider first, and only then is anything released: whoever paid in
    /// the last moment is served.
    async fn close(&self, overdue: &OverdueCharge, sweep: &mut Sweep) -> Result<(), SweepError> {
        let charge_id = overdue.charge_id;
        let now = self.payments.clock.now();
        let Some(session) = &overdue.session else {
            self.backlog.close(charge_id, now).await?;
            sweep.closed = sweep.closed.saturating_add(1);
            return Ok(());
        };
        match self.payments.gateway.expire_session(session).await {
            Ok(report) if report.status == SessionStatus::Processing => {}
            Ok(report) => {
                if let Applied::Alert(alert) = self.payments.apply_report(charge_id, report).await?
                {
                    sweep.alerts.push(alert);
                }
                self.backlog.close(charge_id, now).await?;
                sweep.closed = sweep.closed.saturating_add(1);
            }
            // It knows no such session: nobody can pay it there.
            Err(GatewayError::Refused(_)) => {
                self.backlog.close(charge_id, now).await?;
                sweep.closed = sweep.closed.saturating_add(1);
            }
            Err(GatewayError::Unavailable(_)) => {
                sweep.postponed = sweep.postponed.saturating_add(1);
            }
        }
        Ok(())
    }

    async fn release_lapsed(&self, sweep: &mut Sweep) -> Result<(), SweepError> {
        loop {
            let now = self.payments.clock.now();
            let lapsed = self.policy.lapsed_at(now);
            let released = self.orders.release_lapsed(lapsed).await?.len();
            let count = u32::try_from(released).unwrap_or(u32::MAX);
            sweep.lapsed = sweep.lapsed.saturating_add(count);
            if released < usize::from(lapsed.limit) {
                return Ok(());
            }
        }
    }

    async fn give_refunds(&self, sweep: &mut Sweep) -> Result<(), SweepError> {
        let now = self.payments.clock.now();
        let claim = self.policy.claim_at(now);
        for due in self.backlog.refunds_owed(claim).await? {
            self.give(&due, sweep).await?;
        }
        Ok(())
    }

    async fn give(&self, due: &RefundDue, sweep: &mut Sweep) -> Result<(), SweepError> {
        match self.payments.gateway.refund(due).await {
            Ok(reference) => {
                let at = self.payments.clock.now();
                self.backlog.record_refund(due.id, reference, at).await?;
                sweep.refunded = sweep.refunded.saturating_add(1);
            }
            Err(GatewayError::Unavailable(_)) => {
                sweep.postponed = sweep.postponed.saturating_add(1);
            }
            Err(GatewayError::Refused(_)) => sweep.alerts.push(PaymentAlert {
                charge_id: due.charge_id,
                finding: format!("the provider refuses to refund {} ({})", due.amount, due.id),
            }),
        }
        Ok(())
    }
}
