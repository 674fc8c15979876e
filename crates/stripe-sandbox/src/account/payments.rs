use super::data::Account;
use super::error::{ParamLocation, RequestError};
use crate::model::{
    Cause, Charge, ChargeStatus, EventType, Payment, PaymentStatus, Session, SessionStatus,
};

/// Session states in which a payment is accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PayWhen {
    /// Open only, as on the hosted page.
    Open,
    /// Open or expired: a late payment.
    OpenOrExpired,
}

/// Time at which a payment method delivers the money.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Settlement {
    /// At once, as with a card.
    Immediate,
    /// Days later, as with a bank debit.
    Delayed,
}

impl Account {
    /// Pays a session with a card.
    pub(crate) fn pay(
        &mut self,
        id: &str,
        when: PayWhen,
        cause: &Cause,
    ) -> Result<(), RequestError> {
        self.complete(id, when, Settlement::Immediate, cause)
    }

    /// Completes a session with a delayed payment method: the money is in transit until
    /// [`Account::settle_async`].
    pub(crate) fn pay_async(
        &mut self,
        id: &str,
        when: PayWhen,
        cause: &Cause,
    ) -> Result<(), RequestError> {
        self.complete(id, when, Settlement::Delayed, cause)
    }

    fn complete(
        &mut self,
        id: &str,
        when: PayWhen,
        settlement: Settlement,
        cause: &Cause,
    ) -> Result<(), RequestError> {
        let session = self.payable(id, when)?;
        let (status, payment_event, charge_event) = match settlement {
            Settlement::Immediate => (
                ChargeStatus::Succeeded,
                EventType::PaymentSucceeded,
                EventType::ChargeSucceeded,
            ),
            Settlement::Delayed => (
                ChargeStatus::Pending,
                EventType::PaymentProcessing,
                EventType::ChargePending,
            ),
        };
        let (payment, charge) = self.attempt(session, status, cause);
        self.cancel_expiration(id);
        if let Some(session) = self.sessions.find_mut(id) {
            session.status = SessionStatus::Complete;
            session.paid = settlement == Settlement::Immediate;
            session.payment_intent = Some(payment.clone());
        }
        self.record_event(cause, id, payment_event, &payment);
        self.record_event(cause, id, charge_event, &charge);
        self.record_event(cause, id, EventType::SessionCompleted, id);
        Ok(())
    }

    /// Declines the buyer's card. The session stays open for another attempt.
    pub(crate) fn decline(&mut self, id: &str, cause: &Cause) -> Result<(), RequestError> {
        let session = self.payable(id, PayWhen::Open)?;
        let (payment, charge) = self.attempt(session, ChargeStatus::Failed, cause);
        if let Some(session) = self.sessions.find_mut(id) {
            session.payment_intent = Some(payment.clone());
        }
        self.record_event(cause, id, EventType::ChargeFailed, &charge);
        self.record_event(cause, id, EventType::PaymentFailed, &payment);
        Ok(())
    }

    /// Completes or fails a payment in transit.
    pub(crate) fn settle_async(
        &mut self,
        id: &str,
        succeed: bool,
        cause: &Cause,
    ) -> Result<(), RequestError> {
        let session = self.sessions.get(id, ParamLocation::Path("session"))?;
        let nothing = || RequestError::NothingToSettle {
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
            payment.method = None;
            PaymentStatus::RequiresPaymentMethod
        };
        self.settle_charge(&charge_id, succeed);
        if let Some(session) = self.sessions.find_mut(id) {
            session.paid = succeed;
        }
        let (charge, payment, session) = if succeed {
            (
                EventType::ChargeSucceeded,
                EventType::PaymentSucceeded,
                EventType::AsyncPaymentSucceeded,
            )
        } else {
            (
                EventType::ChargeFailed,
                EventType::PaymentFailed,
                EventType::AsyncPaymentFailed,
            )
        };
        self.record_event(cause, id, charge, &charge_id);
        self.record_event(cause, id, payment, &payment_id);
        self.record_event(cause, id, session, id);
        Ok(())
    }

    fn settle_charge(&mut self, id: &str, succeed: bool) {
        let balance_transaction = self.ids.balance_transaction();
        if let Some(charge) = self.charges.find_mut(id) {
            charge.status = if succeed {
                ChargeStatus::Succeeded
            } else {
                ChargeStatus::Failed
            };
            charge.balance_transaction = succeed.then_some(balance_transaction);
        }
    }

    fn payable(&self, id: &str, when: PayWhen) -> Result<Session, RequestError> {
        let session = self.sessions.get(id, ParamLocation::Path("session"))?;
        match (session.status, when) {
            (SessionStatus::Open, _) | (SessionStatus::Expired, PayWhen::OpenOrExpired) => {
                Ok(session.clone())
            }
            (status, _) => Err(RequestError::SessionNotOpen {
                action: "paid",
                status: status.into_str(),
            }),
        }
    }

    /// Charges the session's payment intent, which it creates unless there is one that can still be paid.
    /// Returns the ids of the payment intent and the charge.
    pub(super) fn attempt(
        &mut self,
        session: Session,
        status: ChargeStatus,
        cause: &Cause,
    ) -> (String, String) {
        let payment_id = self.payment_intent(&session, cause);
        let charge_id = self.ids.charge();
        let method = self.ids.payment_method();
        if let Some(payment) = self.payments.find_mut(&payment_id) {
            payment.latest_charge = Some(charge_id.clone());
            payment.method = (status != ChargeStatus::Failed).then(|| method.clone());
            payment.status = match status {
                ChargeStatus::Succeeded => PaymentStatus::Succeeded,
                ChargeStatus::Pending => PaymentStatus::Processing,
                ChargeStatus::Failed => PaymentStatus::RequiresPaymentMethod,
            };
        }
        let balance_transaction = self.ids.balance_transaction();
        let charge = Charge {
            id: charge_id.clone(),
            payment_intent: payment_id.clone(),
            payment_method: method,
            session: session.id,
            created: cause.now,
            amount: session.total,
            amount_refunded: 0,
            currency: session.currency,
            status,
            refunds: Vec::new(),
            disputes: Vec::new(),
            metadata: session.options.payment_metadata,
            description: session.options.payment_description,
            balance_transaction: (status == ChargeStatus::Succeeded).then_some(balance_transaction),
        };
        self.charges.insert(charge);
        (payment_id, charge_id)
    }

    fn payment_intent(&mut self, session: &Session, cause: &Cause) -> String {
        let earlier = session.payment_intent.as_deref();
        if let Some(payment) = earlier.and_then(|id| self.payments.find(id))
            && payment.status != PaymentStatus::Canceled
        {
            return payment.id.clone();
        }
        let id = self.ids.payment_intent();
        self.payments.insert(Payment {
            id: id.clone(),
            session: session.id.clone(),
            created: cause.now,
            amount: session.total,
            currency: session.currency,
            status: PaymentStatus::RequiresPaymentMethod,
            metadata: session.options.payment_metadata.clone(),
            description: session.options.payment_description.clone(),
            latest_charge: None,
            method: None,
            canceled_at: None,
        });
        id
    }
}
