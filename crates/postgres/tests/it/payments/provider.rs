//! In-memory payment provider: its checkout sessions, refunds and disputes, and the events it emits.

use udam_domain::id::{ChargeId, RefundId};
use udam_domain::payment::{
    Charge, CheckoutSession, DisputeState, EventId, Payment, PaymentEvent, PaymentEventKind,
    ProviderReference, RefundDue, RefundOutcome, ReportedDispute, ReportedRefund, SessionReport,
    SessionStatus,
};

use crate::orders::market::{at, dollars, fresh_uuid};

#[derive(Debug, Clone)]
pub(crate) struct Session {
    pub(crate) charge_id: ChargeId,
    pub(crate) total: i64,
    pub(crate) open: bool,
    pub(crate) paid: bool,
    pub(crate) refunds: Vec<ReportedRefund>,
    pub(crate) disputes: Vec<ReportedDispute>,
}

impl Session {
    /// Sum of the refunds that have not failed.
    pub(crate) fn refunded(&self) -> i64 {
        let live = self.refunds.iter();
        let live = live.filter(|refund| refund.outcome != RefundOutcome::Failed);
        live.map(|refund| refund.amount.minor()).sum()
    }

    /// Sum of the disputes that were lost.
    pub(crate) fn lost(&self) -> i64 {
        let lost = self.disputes.iter();
        let lost = lost.filter(|dispute| dispute.state == DisputeState::Lost);
        lost.map(|dispute| dispute.amount.minor()).sum()
    }

    /// Whether a bank has money of it, or may take it: no refund is accepted then.
    pub(crate) fn is_contested(&self) -> bool {
        let contested = [DisputeState::Open, DisputeState::Lost];
        let mut disputes = self.disputes.iter();
        disputes.any(|dispute| contested.contains(&dispute.state))
    }
}

#[derive(Debug, Default)]
pub(crate) struct Provider {
    pub(crate) sessions: Vec<Session>,
    pub(crate) events: Vec<PaymentEvent>,
}

impl Provider {
    /// Opens the session of a charge, or returns its existing one.
    pub(crate) fn open(&mut self, charge: &Charge) -> CheckoutSession {
        let known = self
            .sessions
            .iter()
            .position(|session| session.charge_id == charge.id);
        let number = known.unwrap_or_else(|| {
            self.sessions.push(Session {
                charge_id: charge.id,
                total: charge.total().unwrap().minor(),
                open: true,
                paid: false,
                refunds: Vec::new(),
                disputes: Vec::new(),
            });
            self.sessions.len() - 1
        });
        let url = format!("https://pay.example.com/{number}");
        CheckoutSession {
            reference: self.name(number),
            url,
        }
    }

    /// References contain the charge's id, so that they are unique in a shared database.
    fn name(&self, session: usize) -> ProviderReference {
        ProviderReference::new(format!("cs_{}", self.sessions[session].charge_id))
    }

    pub(crate) fn payment(&self, session: usize) -> ProviderReference {
        ProviderReference::new(format!("pi_{}", self.sessions[session].charge_id))
    }

    /// The buyer pays. A late payment goes through even though the session has ended.
    pub(crate) fn pay(&mut self, session: usize, late: bool) {
        let found = &mut self.sessions[session];
        if found.paid || !(found.open || late) {
            return;
        }
        found.paid = true;
        found.open = false;
        let (charge_id, amount) = (Some(found.charge_id), dollars(found.total));
        let payment = Payment {
            reference: self.payment(session),
            amount,
        };
        self.emit(PaymentEventKind::Paid {
            charge_id,
            session: self.name(session),
            payment,
        });
    }

    pub(crate) fn expire(&mut self, session: usize) -> SessionReport {
        if self.sessions[session].open {
            self.sessions[session].open = false;
            self.emit(PaymentEventKind::Expired {
                charge_id: Some(self.sessions[session].charge_id),
                session: self.name(session),
            });
        }
        let found = &self.sessions[session];
        let status = if found.paid {
            let amount = dollars(found.total);
            SessionStatus::Paid(Payment {
                reference: self.payment(session),
                amount,
            })
        } else {
            SessionStatus::Expired
        };
        SessionReport {
            charge_id: Some(found.charge_id),
            reference: self.name(session),
            status,
        }
    }

    /// An operator refunds at most what is left of a payment.
    pub(crate) fn refund_by_operator(&mut self, session: usize, amount: i64) {
        let found = &self.sessions[session];
        let amount = amount.min(found.total - found.refunded());
        if found.paid && amount > 0 && !found.is_contested() {
            self.refund(session, amount, None, RefundOutcome::Given);
        }
    }

    /// Gives a refund that is owed, once; `None` if it refuses.
    pub(crate) fn give(
        &mut self,
        session: usize,
        due: &RefundDue,
        outcome: RefundOutcome,
    ) -> Option<ReportedRefund> {
        let found = &self.sessions[session];
        let mut known = found.refunds.iter();
        if let Some(known) = known.find(|refund| refund.id == Some(due.id)) {
            return Some(known.clone());
        }
        let amount = due.amount.minor();
        if found.is_contested() || amount > found.total - found.refunded() {
            return None;
        }
        Some(self.refund(session, amount, Some(due.id), outcome))
    }

    fn refund(
        &mut self,
        session: usize,
        amount: i64,
        id: Option<RefundId>,
        outcome: RefundOutcome,
    ) -> ReportedRefund {
        let refund = ReportedRefund {
            reference: ProviderReference::new(format!("re_{}", fresh_uuid())),
            id,
            order_id: None,
            amount: dollars(amount),
            outcome,
        };
        self.sessions[session].refunds.push(refund.clone());
        if outcome != RefundOutcome::Failed {
            let refunded = dollars(self.sessions[session].refunded());
            let payment = self.payment(session);
            self.emit(PaymentEventKind::Refunded { payment, refunded });
        }
        self.report(session, refund.clone());
        refund
    }

    /// The last refund comes back.
    pub(crate) fn fail_refund(&mut self, session: usize) {
        let Some(refund) = self.sessions[session].refunds.last_mut() else {
            return;
        };
        if refund.outcome != RefundOutcome::Failed {
            refund.outcome = RefundOutcome::Failed;
            let refund = refund.clone();
            self.report(session, refund);
        }
    }

    fn report(&mut self, session: usize, refund: ReportedRefund) {
        let payment = self.payment(session);
        self.emit(PaymentEventKind::Refund { payment, refund });
    }

    /// A bank disputes a part of a payment.
    pub(crate) fn dispute(&mut self, session: usize, amount: i64, state: DisputeState) {
        let found = &mut self.sessions[session];
        if !found.paid {
            return;
        }
        let dispute = ReportedDispute {
            reference: ProviderReference::new(format!("du_{}", fresh_uuid())),
            amount: dollars(amount.min(found.total)),
            state,
            is_known: true,
        };
        found.disputes.push(dispute.clone());
        self.report_dispute(session, dispute);
    }

    /// The state of the last dispute changes.
    pub(crate) fn decide(&mut self, session: usize, state: DisputeState) {
        let Some(dispute) = self.sessions[session].disputes.last_mut() else {
            return;
        };
        dispute.state = state;
        let dispute = dispute.clone();
        self.report_dispute(session, dispute);
    }

    /// A dispute is won.
    pub(crate) fn win(&mut self, session: usize, reference: &ProviderReference) {
        let mut disputes = self.sessions[session].disputes.iter_mut();
        let dispute = disputes.find(|dispute| dispute.reference == *reference);
        let dispute = dispute.unwrap();
        dispute.state = DisputeState::Won;
        let dispute = dispute.clone();
        self.report_dispute(session, dispute);
    }

    fn report_dispute(&mut self, session: usize, dispute: ReportedDispute) {
        let payment = self.payment(session);
        self.emit(PaymentEventKind::Dispute { payment, dispute });
    }

    fn emit(&mut self, kind: PaymentEventKind) {
        let number = i64::try_from(self.events.len()).unwrap();
        let id = EventId::new(format!("evt_{}", fresh_uuid()));
        self.events.push(PaymentEvent {
            id,
            at: at(number),
            kind,
        });
    }
}
