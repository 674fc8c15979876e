use super::data::Account;
use super::error::{ParamLocation, RequestError};
use crate::model::{Cause, Dispute, DisputeOutcome, DisputeStatus, EventType, RefundTarget};

impl Account {
    /// Opens a dispute over the amount that has not been refunded, and returns its id.
    pub(crate) fn open_dispute(
        &mut self,
        target: &RefundTarget,
        reason: String,
        cause: &Cause,
    ) -> Result<String, RequestError> {
        let charge = self.target_charge(target)?;
        if charge.dispute.is_some() {
            return Err(RequestError::AlreadyDisputed {
                charge: charge.id.clone(),
            });
        }
        if charge.refundable() == 0 {
            return Err(RequestError::AlreadyRefunded {
                charge: charge.id.clone(),
            });
        }
        let dispute = Dispute {
            payment_intent: charge.payment_intent.clone(),
            charge: charge.id.clone(),
            session: charge.session.clone(),
            created: cause.now,
            amount: charge.refundable(),
            currency: charge.currency,
            reason,
            status: DisputeStatus::NeedsResponse,
            id: self.ids.dispute(),
            withdrawal: self.ids.balance_transaction(),
            reinstatement: None,
        };
        if let Some(charge) = self.charges.find_mut(&dispute.charge) {
            charge.dispute = Some(dispute.id.clone());
        }
        let (id, session) = (dispute.id.clone(), dispute.session.clone());
        self.disputes.insert(dispute);
        self.record_event(cause, &session, EventType::DisputeCreated, &id);
        self.record_event(cause, &session, EventType::DisputeFundsWithdrawn, &id);
        Ok(id)
    }

    /// Closes an open dispute.
    pub(crate) fn close_dispute(
        &mut self,
        id: &str,
        outcome: DisputeOutcome,
        cause: &Cause,
    ) -> Result<(), RequestError> {
        let balance_transaction = self.ids.balance_transaction();
        let dispute = self.disputes.get_mut(id, ParamLocation::Path("dispute"))?;
        if dispute.status != DisputeStatus::NeedsResponse {
            return Err(RequestError::DisputeClosed {
                dispute: id.to_owned(),
                status: dispute.status.into_str(),
            });
        }
        let session = dispute.session.clone();
        match outcome {
            DisputeOutcome::Lost => dispute.status = DisputeStatus::Lost,
            DisputeOutcome::Won => {
                dispute.status = DisputeStatus::Won;
                dispute.reinstatement = Some((balance_transaction, cause.now));
                self.record_event(cause, &session, EventType::DisputeFundsReinstated, id);
            }
        }
        self.record_event(cause, &session, EventType::DisputeClosed, id);
        Ok(())
    }
}
