//! Paying a session: at once, later, or not at all.

use super::Account;
use super::event::{EventKind, Occasion};
use super::payment::{Charge, ChargeStatus, Payment, PaymentStatus};
use super::refusal::{Place, Refusal};
use super::session::{Session, SessionStatus};

/// Whether a session must still be open to be paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Timing {
    /// As on the hosted page.
    WhileOpen,
    /// Even if it has expired: money that comes too late.
    EvenLate,
}

impl Account {
    /// Pays a session.
    pub(crate) fn pay(
        &mut self,
        id: &str,
        timing: Timing,
        occasion: &Occasion,
    ) -> Result<(), Refusal> {
        let session = self.payable(id, timing)?;
        let (payment, charge) = self.attempt(session, ChargeStatus::Succeeded, occasion);
        self.complete(id, &payment, true);
        self.announce(occasion, id, EventKind::PaymentSucceeded, &payment);
        self.announce(occasion, id, EventKind::ChargeSucceeded, &charge);
        self.announce(occasion, id, EventKind::SessionCompleted, id);
        Ok(())
    }

    /// Has a card declined. The session stays open for another attempt.
    pub(crate) fn decline(&mut self, id: &str, occasion: &Occasion) -> Result<(), Refusal> {
        let session = self.payable(id, Timing::WhileOpen)?;
        let (payment, charge) = self.attempt(session, ChargeStatus::Failed, occasion);
        if let Some(session) = self.sessions.find_mut(id) {
            session.payment_intent = Some(payment.clone());
        }
        self.announce(occasion, id, EventKind::ChargeFailed, &charge);
        self.announce(occasion, id, EventKind::PaymentFailed, &payment);
        Ok(())
    }

    /// Completes a session by a method that takes days: the money is only on its way.
    pub(crate) fn pay_async(
        &mut self,
        id: &str,
        timing: Timing,
        occasion: &Occasion,
    ) -> Result<(), Refusal> {
        let session = self.payable(id, timing)?;
        let (payment, charge) = self.attempt(session, ChargeStatus::Pending, occasion);
        self.complete(id, &payment, false);
        self.announce(occasion, id, EventKind::PaymentProcessing, &payment);
        self.announce(occasion, id, EventKind::ChargePending, &charge);
        self.announce(occasion, id, EventKind::SessionCompleted, id);
        Ok(())
    }

    /// Brings a payment that was on its way to its end.
    pub(crate) fn settle_async(
        &mut self,
        id: &str,
        succeed: bool,
        occasion: &Occasion,
    ) -> Result<(), Refusal> {
        let session = self.sessions.named(id, Place::Path("session"))?;
        let nothing = || Refusal::NothingToSettle {
            session: id.to_owned(),
        };
        let payment_id = session.payment_intent.clone().ok_or_else(nothing)?;
        let payment = self.payments.find_mut(&payment_id).ok_or_else(nothing)?;
        let charge_id = payment.latest_charge.clone().ok_or_else(nothing)?;
        if payment.status != PaymentStatus::Processing {
            return Err(nothing());
        }
        payment.status = if succeed {
            PaymentStatus::Succeeded
        } else {
            payment.paid_with = None;
            PaymentStatus::RequiresPaymentMethod
        };
        self.settle_charge(&charge_id, succeed);
        if let Some(session) = self.sessions.find_mut(id) {
            session.paid = succeed;
        }
        let (charge, payment, session) = if succeed {
            (
                EventKind::ChargeSucceeded,
                EventKind::PaymentSucceeded,
                EventKind::AsyncPaymentSucceeded,
            )
        } else {
            (
                EventKind::ChargeFailed,
                EventKind::PaymentFailed,
                EventKind::AsyncPaymentFailed,
            )
        };
        self.announce(occasion, id, charge, &charge_id);
        self.announce(occasion, id, payment, &payment_id);
        self.announce(occasion, id, session, id);
        Ok(())
    }

    fn settle_charge(&mut self, id: &str, succeed: bool) {
        let transaction = self.ids.transaction();
        if let Some(charge) = self.charges.find_mut(id) {
            charge.status = if succeed {
                ChargeStatus::Succeeded
            } else {
                ChargeStatus::Failed
            };
            charge.transaction = succeed.then_some(transaction);
        }
    }

    fn payable(&self, id: &str, timing: Timing) -> Result<Session, Refusal> {
        let session = self.sessions.named(id, Place::Path("session"))?;
        match (session.status, timing) {
            (SessionStatus::Open, _) | (SessionStatus::Expired, Timing::EvenLate) => {
                Ok(session.clone())
            }
            (status, _) => Err(Refusal::SessionNotOpen {
                wanted: "paid",
                status: status.name(),
            }),
        }
    }

    fn complete(&mut self, id: &str, payment: &str, paid: bool) {
        self.forget_end(id);
        if let Some(session) = self.sessions.find_mut(id) {
            session.status = SessionStatus::Complete;
            session.paid = paid;
            session.payment_intent = Some(payment.to_owned());
        }
    }

    /// Charges the session's intent, making one if there is none that can still be paid; the ids of
    /// both.
    fn attempt(
        &mut self,
        session: Session,
        outcome: ChargeStatus,
        occasion: &Occasion,
    ) -> (String, String) {
        let payment_id = self.intent(&session, occasion);
        let charge_id = self.ids.charge();
        let method = self.ids.payment_method();
        if let Some(payment) = self.payments.find_mut(&payment_id) {
            payment.latest_charge = Some(charge_id.clone());
            payment.paid_with = (outcome != ChargeStatus::Failed).then(|| method.clone());
            payment.status = match outcome {
                ChargeStatus::Succeeded => PaymentStatus::Succeeded,
                ChargeStatus::Pending => PaymentStatus::Processing,
                ChargeStatus::Failed => PaymentStatus::RequiresPaymentMethod,
            };
        }
        let transaction = self.ids.transaction();
        let charge = Charge {
            id: charge_id.clone(),
            payment_intent: payment_id.clone(),
            payment_method: method,
            session: session.id,
            created: occasion.now,
            amount: session.total,
            amount_refunded: 0,
            currency: session.currency,
            status: outcome,
            dispute: None,
            metadata: session.terms.payment_metadata,
            description: session.terms.payment_description,
            transaction: (outcome == ChargeStatus::Succeeded).then_some(transaction),
        };
        self.charges.put(charge);
        (payment_id, charge_id)
    }

    fn intent(&mut self, session: &Session, occasion: &Occasion) -> String {
        let earlier = session.payment_intent.as_deref();
        if let Some(payment) = earlier.and_then(|id| self.payments.find(id))
            && payment.status != PaymentStatus::Canceled
        {
            return payment.id.clone();
        }
        let id = self.ids.payment_intent();
        self.payments.put(Payment {
            id: id.clone(),
            session: session.id.clone(),
            created: occasion.now,
            amount: session.total,
            currency: session.currency,
            status: PaymentStatus::RequiresPaymentMethod,
            metadata: session.terms.payment_metadata.clone(),
            description: session.terms.payment_description.clone(),
            latest_charge: None,
            paid_with: None,
            canceled_at: None,
        });
        id
    }
}
