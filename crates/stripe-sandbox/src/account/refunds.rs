use serde_json::Value;

use super::data::Account;
use super::error::{ParamLocation, RequestError};
use crate::model::{
    Cause, Charge, ChargeStatus, EventType, NewRefund, Refund, RefundFailure, RefundOutcome,
    RefundStatus, RefundTarget,
};

impl Account {
    /// Refunds a payment, in part or in full, and returns the refund's id.
    pub(crate) fn refund(&mut self, new: NewRefund, cause: &Cause) -> Result<String, RequestError> {
        let charge = self.target_charge(&new.target)?;
        let amount = self.refund_amount(charge, new.amount)?;
        let mut refund = Refund {
            id: String::new(),
            payment_intent: charge.payment_intent.clone(),
            charge: charge.id.clone(),
            session: charge.session.clone(),
            created: cause.now,
            amount,
            currency: charge.currency,
            reason: new.reason,
            metadata: new.metadata,
            balance_transaction: String::new(),
            status: RefundStatus::Succeeded,
            reference: None,
            failure: None,
        };
        refund.id = self.ids.refund();
        refund.balance_transaction = self.ids.balance_transaction();
        let outcome = new.outcome.or_else(|| self.refund_plan.take());
        if let Some(outcome) = outcome {
            refund.status = outcome.status;
            refund.failure = failure(outcome, None);
        }
        Ok(self.insert_refund(refund, cause))
    }

    /// Stores a refund, takes its amount from the charge, and records the events.
    fn insert_refund(&mut self, refund: Refund, cause: &Cause) -> String {
        let (id, session, status) = (refund.id.clone(), refund.session.clone(), refund.status);
        let (charge, amount) = (refund.charge.clone(), refund.amount);
        self.refunds.insert(refund);
        if let Some(charge) = self.charges.find_mut(&charge) {
            charge.refunds.push(id.clone());
        }
        self.record_event(cause, &session, EventType::RefundCreated, &id);
        if status.takes_money() {
            let before = self.render(&charge).unwrap_or_default();
            self.add_to_refunded(&charge, amount);
            let update = (EventType::ChargeRefunded, charge.as_str());
            self.record_update(cause, &session, update, &before);
        }
        match status {
            RefundStatus::Succeeded => {
                let before = self.render(&id).unwrap_or_default();
                self.set_reference(&id);
                self.record_refund_update(cause, &session, &id, &before);
            }
            RefundStatus::Failed => {
                self.record_event(cause, &session, EventType::RefundFailed, &id);
            }
            RefundStatus::Pending | RefundStatus::RequiresAction | RefundStatus::Canceled => {}
        }
        id
    }

    /// Changes the status of a refund. One that fails or is canceled gives its amount back.
    pub(crate) fn settle_refund(
        &mut self,
        id: &str,
        outcome: RefundOutcome,
        cause: &Cause,
    ) -> Result<(), RequestError> {
        let refund = self.refunds.get(id, ParamLocation::Path("refund"))?;
        if !refund.status.can_become(outcome.status) {
            return Err(RequestError::RefundSettled {
                refund: id.to_owned(),
                status: refund.status.into_str(),
            });
        }
        let (charge, session) = (refund.charge.clone(), refund.session.clone());
        let (amount, status) = (refund.amount, outcome.status);
        let before = self.render(id).unwrap_or_default();
        let returned = self.ids.balance_transaction();
        if let Some(refund) = self.refunds.find_mut(id) {
            refund.status = status;
            refund.failure = failure(outcome, Some(returned));
        }
        if status == RefundStatus::Succeeded {
            self.set_reference(id);
        }
        if !status.takes_money() {
            self.add_to_refunded(&charge, amount.saturating_neg());
        }
        self.record_refund_update(cause, &session, id, &before);
        if status == RefundStatus::Failed {
            self.record_event(cause, &session, EventType::RefundFailed, id);
        }
        Ok(())
    }

    fn add_to_refunded(&mut self, charge: &str, amount: i64) {
        if let Some(charge) = self.charges.find_mut(charge) {
            charge.amount_refunded = charge.amount_refunded.saturating_add(amount);
        }
    }

    /// Sets the number by which the buyer's bank knows the refund.
    fn set_reference(&mut self, id: &str) {
        let reference = self.ids.refund_reference();
        if let Some(refund) = self.refunds.find_mut(id) {
            refund.reference = Some(reference);
        }
    }

    fn record_refund_update(&mut self, cause: &Cause, session: &str, id: &str, before: &Value) {
        for event_type in [EventType::RefundUpdated, EventType::ChargeRefundUpdated] {
            self.record_update(cause, session, (event_type, id), before);
        }
    }

    /// Finds the charge to refund or dispute. One that is named by its own id may have failed.
    pub(super) fn target_charge(&self, target: &RefundTarget) -> Result<&Charge, RequestError> {
        match target {
            RefundTarget::Charge(id) => self.charges.get(id, ParamLocation::Parameter("charge")),
            RefundTarget::Payment(id) => {
                let location = ParamLocation::Parameter("payment_intent");
                let payment = self.payments.get(id, location)?;
                let charge = payment.latest_charge.as_deref();
                charge
                    .and_then(|id| self.charges.find(id))
                    .filter(|charge| charge.status == ChargeStatus::Succeeded)
                    .ok_or_else(|| RequestError::NothingToRefund {
                        payment_intent: id.clone(),
                    })
            }
        }
    }

    fn refund_amount(&self, charge: &Charge, requested: Option<i64>) -> Result<i64, RequestError> {
        if charge.status != ChargeStatus::Succeeded {
            return Err(RequestError::NothingToRefund {
                payment_intent: charge.payment_intent.clone(),
            });
        }
        // Whatever the amounts: a dispute over a part keeps the rest from being refunded, too.
        if self
            .disputes_of(charge)
            .any(|dispute| dispute.withdrawn() > 0)
        {
            return Err(RequestError::ChargedBack {
                charge: charge.id.clone(),
            });
        }
        let available = charge.refundable();
        if available == 0 {
            return Err(RequestError::AlreadyRefunded {
                charge: charge.id.clone(),
            });
        }
        let requested = requested.unwrap_or(available);
        if requested > available {
            return Err(RequestError::RefundTooLarge {
                requested: charge.currency.format(requested),
                available: charge.currency.format(available),
            });
        }
        Ok(requested)
    }
}

/// The failure of a refund with this outcome, if it is one.
fn failure(outcome: RefundOutcome, balance_transaction: Option<String>) -> Option<RefundFailure> {
    let reason = match outcome.status {
        RefundStatus::Failed => Some(outcome.failure_reason),
        RefundStatus::Canceled => None,
        RefundStatus::Pending | RefundStatus::RequiresAction | RefundStatus::Succeeded => {
            return None;
        }
    };
    Some(RefundFailure {
        reason,
        balance_transaction,
    })
}
