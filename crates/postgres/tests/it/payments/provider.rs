//! In-memory payment provider: its checkout sessions, and the events it emits.

use udam_domain::id::ChargeId;
use udam_domain::payment::{
    Charge, CheckoutSession, EventId, Payment, PaymentEvent, PaymentEventKind, ProviderReference,
    SessionReport, SessionStatus,
};

use crate::orders::market::{at, dollars};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dispute {
    None,
    Open,
    Won,
    Lost,
}

#[derive(Debug, Clone)]
pub(crate) struct Session {
    pub(crate) charge_id: ChargeId,
    pub(crate) total: i64,
    pub(crate) open: bool,
    pub(crate) paid: bool,
    pub(crate) refunded: i64,
    /// Whether an operator refunded part of it in the provider's dashboard.
    pub(crate) refunded_by_operator: bool,
    pub(crate) dispute: Dispute,
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
                refunded: 0,
                refunded_by_operator: false,
                dispute: Dispute::None,
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
        self.emit(PaymentEventKind::Paid { charge_id, payment });
    }

    pub(crate) fn expire(&mut self, session: usize) -> SessionReport {
        if self.sessions[session].open {
            self.sessions[session].open = false;
            let charge_id = Some(self.sessions[session].charge_id);
            self.emit(PaymentEventKind::Expired { charge_id });
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

    /// Refunds at most what is left of a payment.
    pub(crate) fn refund(&mut self, session: usize, amount: i64, by_operator: bool) {
        let found = &mut self.sessions[session];
        let amount = amount.min(found.total - found.refunded);
        if !found.paid || amount <= 0 {
            return;
        }
        found.refunded += amount;
        found.refunded_by_operator |= by_operator;
        let refunded = dollars(found.refunded);
        let payment = self.payment(session);
        self.emit(PaymentEventKind::Refunded { payment, refunded });
    }

    pub(crate) fn dispute(&mut self, session: usize) {
        let payment = self.payment(session);
        let found = &mut self.sessions[session];
        if found.paid && found.dispute == Dispute::None && found.refunded == 0 {
            found.dispute = Dispute::Open;
            self.emit(PaymentEventKind::Disputed { payment });
        }
    }

    pub(crate) fn close_dispute(&mut self, session: usize, won: bool) {
        let payment = self.payment(session);
        let found = &mut self.sessions[session];
        if found.dispute == Dispute::Open {
            found.dispute = if won { Dispute::Won } else { Dispute::Lost };
            self.emit(PaymentEventKind::DisputeClosed { payment, won });
        }
    }

    fn emit(&mut self, kind: PaymentEventKind) {
        let number = i64::try_from(self.events.len()).unwrap();
        let subject = crate::orders::market::fresh_uuid();
        let id = EventId::new(format!("evt_{subject}"));
        self.events.push(PaymentEvent {
            id,
            at: at(number),
            kind,
        });
    }
}
