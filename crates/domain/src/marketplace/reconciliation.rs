//! The sweep: finishing payments that crashes, timeouts and refusals have left unfinished.

mod catch_up;
mod late_events;

use std::error::Error;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use thiserror::Error;

use self::late_events::LateEvents;
use super::Payments;
use crate::error_chain;
use crate::opaque_debug::opaque_debug;
use crate::payment::{RefundDue, RefundOutcome, ReportedRefund, SessionStatus};
use crate::policy::SweepPolicy;
use crate::ports::{
    AlertStore, Applied, CheckoutError, GatewayError, OrderStore, OverdueCharge, PaymentAlert,
    PaymentBacklog, PaymentEventFeed, PaymentEventLog, StoreError,
};

/// Finishing what crashes, timeouts and refusals have left undone. Every server may do it at once.
#[derive(Clone)]
pub struct Reconciliation {
    payments: Payments,
    backlog: Arc<dyn PaymentBacklog>,
    orders: Arc<dyn OrderStore>,
    alerts: Arc<dyn AlertStore>,
    events: Option<EventFeedPorts>,
    policy: SweepPolicy,
    /// Whether the provider denied access in the last sweep: an alert says so once.
    denied: Arc<AtomicBool>,
    late_events: Arc<LateEvents>,
}

/// The ports that [`Reconciliation`] needs.
#[derive(Clone)]
pub struct ReconciliationPorts {
    /// Unfinished payments.
    pub backlog: Arc<dyn PaymentBacklog>,
    /// Ends reservations.
    pub orders: Arc<dyn OrderStore>,
    /// Keeps alerts.
    pub alerts: Arc<dyn AlertStore>,
    /// The provider's list of events; `None` if it has none, and a sweep asks for each open session.
    pub events: Option<EventFeedPorts>,
}

/// The ports for catching up on events that no webhook has brought.
#[derive(Clone)]
pub struct EventFeedPorts {
    /// The provider's list of events.
    pub feed: Arc<dyn PaymentEventFeed>,
    /// Position up to which the list has been read.
    pub log: Arc<dyn PaymentEventLog>,
}

/// Result of a sweep.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sweep {
    /// Number of orders whose session was opened at last.
    pub sent: u32,
    /// Number of events applied that no webhook had brought.
    pub caught_up: u32,
    /// Number of charges whose session can no longer be paid.
    pub closed: u32,
    /// Number of reservations that lapsed.
    pub lapsed: u32,
    /// Number of refunds given.
    pub refunded: u32,
    /// Number of calls to the provider that failed and will be made again.
    pub postponed: u32,
    /// Why the provider denied the marketplace access; `None` if it did not. What could not be done waits for
    /// a later sweep.
    pub denied: Option<String>,
    /// Contradictions that an operator must look into and does not know yet.
    pub alerts: Vec<PaymentAlert>,
}

/// Why a sweep stopped. What it has done stays done; the next one goes on.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum SweepError {
    /// The store failed.
    #[error("looking for unfinished payments failed")]
    Unavailable(#[from] StoreError),
    /// The provider refuses whatever it is asked. An operator must check its key and the account.
    #[error("the payment provider denies the marketplace access: {0}")]
    Denied(String),
}

impl Reconciliation {
    /// The use case over these ports; sessions are opened and events applied by `payments`.
    #[must_use]
    pub fn new(ports: ReconciliationPorts, payments: Payments, policy: SweepPolicy) -> Self {
        Self {
            payments,
            backlog: ports.backlog,
            orders: ports.orders,
            alerts: ports.alerts,
            events: ports.events,
            policy,
            denied: Arc::default(),
            late_events: Arc::default(),
        }
    }

    /// Finishes what is unfinished: catches up on events, opens sessions for orders without one, ends what
    /// has lapsed, gives refunds. The result is added to `sweep`, also if the sweep stops half-way: an
    /// alert is raised once. A provider that denies access stops none of the steps that do without it.
    ///
    /// # Errors
    /// [`SweepError`]
    pub async fn sweep(&self, sweep: &mut Sweep) -> Result<(), SweepError> {
        self.catch_up(sweep).await?;
        self.send_unsent(sweep).await?;
        self.close_overdue(sweep).await?;
        self.release_lapsed(sweep).await?;
        self.give_refunds(sweep).await?;
        let was_denied = self.denied.swap(sweep.denied.is_some(), Ordering::Relaxed);
        let Some(cause) = sweep.denied.clone() else {
            return Ok(());
        };
        if !was_denied {
            self.raise(PaymentAlert::provider_refuses(&cause), sweep)
                .await?;
        }
        Err(SweepError::Denied(cause))
    }

    async fn send_unsent(&self, sweep: &mut Sweep) -> Result<(), SweepError> {
        let now = self.payments.clock.now();
        for order_id in self.backlog.unsent(self.policy.unsent_at(now)).await? {
            match self.payments.checkout(order_id, None).await {
                Ok(_) => sweep.sent = sweep.sent.saturating_add(1),
                Err(CheckoutError::Gateway(error)) => {
                    sweep.postpone(&error);
                    if matches!(error, GatewayError::Denied(_)) {
                        return Ok(());
                    }
                }
                Err(CheckoutError::Refused { alert, .. }) => {
                    sweep.postponed = sweep.postponed.saturating_add(1);
                    sweep.alerts.extend(alert.map(|alert| *alert));
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
            if self.close(&overdue, sweep).await?.is_break() {
                break;
            }
        }
        Ok(())
    }

    /// The session is ended at the provider first, and only then is anything released: whoever paid in
    /// the last moment is served.
    async fn close(
        &self,
        overdue: &OverdueCharge,
        sweep: &mut Sweep,
    ) -> Result<ControlFlow<()>, SweepError> {
        let charge_id = overdue.charge_id;
        let now = self.payments.clock.now();
        let Some(session) = &overdue.session else {
            self.backlog.close(charge_id, now).await?;
            sweep.closed = sweep.closed.saturating_add(1);
            return Ok(ControlFlow::Continue(()));
        };
        match self.payments.gateway.expire_session(session).await {
            Ok(report) if report.status == SessionStatus::Processing => {}
            Ok(report) => {
                let applied = self.payments.apply_report(charge_id, report).await?;
                if let Applied::Alert(alerts) = applied {
                    sweep.alerts.extend(alerts);
                }
                self.backlog.close(charge_id, now).await?;
                sweep.closed = sweep.closed.saturating_add(1);
            }
            // It knows no such session: nobody can pay it there.
            Err(GatewayError::Refused(_)) => {
                self.backlog.close(charge_id, now).await?;
                sweep.closed = sweep.closed.saturating_add(1);
            }
            Err(error @ GatewayError::Unavailable(_)) => sweep.postpone(&error),
            // It would deny the others as well.
            Err(error @ GatewayError::Denied(_)) => {
                sweep.postpone(&error);
                return Ok(ControlFlow::Break(()));
            }
        }
        Ok(ControlFlow::Continue(()))
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
            Ok(reported) => {
                let has_failed = reported.outcome == RefundOutcome::Failed;
                self.apply_refund(due, reported, sweep).await?;
                let given = u32::from(!has_failed);
                sweep.refunded = sweep.refunded.saturating_add(given);
                Ok(())
            }
            Err(error @ (GatewayError::Unavailable(_) | GatewayError::Denied(_))) => {
                sweep.postpone(&error);
                Ok(())
            }
            Err(GatewayError::Refused(reason)) => self.refused(due, reason.as_ref(), sweep).await,
        }
    }

    /// What the provider says that it has refunded decides what is still owed: an operator may have done by hand
    /// what it refuses now.
    async fn refused(
        &self,
        due: &RefundDue,
        reason: &(dyn Error + Send + Sync),
        sweep: &mut Sweep,
    ) -> Result<(), SweepError> {
        if let Ok(refunds) = self.payments.gateway.refunds(&due.payment).await {
            for reported in refunds {
                self.apply_refund(due, reported, sweep).await?;
            }
        }
        let now = self.payments.clock.now();
        if self.backlog.postpone_refund(due.id, now).await? {
            sweep.postponed = sweep.postponed.saturating_add(1);
            let reason = error_chain(reason);
            let alert = PaymentAlert::refused_refund(due.charge_id, due.id, due.amount, &reason);
            self.raise(alert, sweep).await?;
        }
        Ok(())
    }

    async fn apply_refund(
        &self,
        due: &RefundDue,
        reported: ReportedRefund,
        sweep: &mut Sweep,
    ) -> Result<(), SweepError> {
        let payment = due.payment.clone();
        if let Applied::Alert(alerts) = self.payments.apply_refund(payment, reported).await? {
            sweep.alerts.extend(alerts);
        }
        Ok(())
    }

    async fn raise(&self, alert: PaymentAlert, sweep: &mut Sweep) -> Result<(), SweepError> {
        let now = self.payments.clock.now();
        if self.alerts.raise(&alert, now).await? {
            sweep.alerts.push(alert);
        }
        Ok(())
    }
}

impl Sweep {
    /// Counts a call to the provider that has to be made again.
    fn postpone(&mut self, error: &GatewayError) {
        if let GatewayError::Denied(cause) = error {
            self.deny(cause.as_ref());
        } else {
            self.postponed = self.postponed.saturating_add(1);
        }
    }

    /// Counts a call that was denied for this reason.
    fn deny(&mut self, cause: &(dyn Error + 'static)) {
        self.postponed = self.postponed.saturating_add(1);
        self.denied = Some(error_chain(cause));
    }
}

opaque_debug!(Reconciliation, ReconciliationPorts, EventFeedPorts);

#[cfg(test)]
mod tests;
