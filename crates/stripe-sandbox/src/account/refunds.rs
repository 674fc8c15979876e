use serde_json::json;

use super::data::Account;
use super::error::{ParamLocation, RequestError};
use crate::model::{
    Cause, Charge, ChargeStatus, DisputeStatus, EventType, NewRefund, Refund, RefundTarget,
};

impl Account {
    /// Refunds a payment, in part or in full, and returns the refund's id.
    pub(crate) fn refund(&mut self, new: NewRefund, cause: &Cause) -> Result<String, RequestError> {
        let charge = self.target_charge(&new.target)?;
        let amount = self.refund_amount(charge, new.amount)?;
        let (charge_id, session) = (charge.id.clone(), charge.session.clone());
        let previous_attributes = json!({
            "amount_refunded": charge.amount_refunded,
            "refunded": charge.is_fully_refunded(),
        });
        let refund = Refund {
            payment_intent: charge.payment_intent.clone(),
            charge: charge_id.clone(),
            created: cause.now,
            amount,
            currency: charge.currency,
            reason: new.reason,
            metadata: new.metadata,
            id: self.ids.refund(),
            balance_transaction: self.ids.balance_transaction(),
        };
        let id = refund.id.clone();
        self.refunds.insert(refund);
        if let Some(charge) = self.charges.find_mut(&charge_id) {
            charge.amount_refunded = charge.amount_refunded.saturating_add(amount);
        }
        self.record_event(cause, &session, EventType::RefundCreated, &id);
        let update = (EventType::ChargeRefunded, charge_id.as_str());
        self.record_update(cause, &session, update, &previous_attributes);
        Ok(id)
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
        let dispute = charge.dispute.as_deref();
        let dispute = dispute.and_then(|id| self.disputes.find(id));
        if dispute.is_some_and(|dispute| dispute.status != DisputeStatus::Won) {
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
