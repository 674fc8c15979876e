use super::data::Account;
use super::error::{ParamLocation, RequestError};
use crate::model::{
    Cause, Charge, ChargeStatus, Dispute, DisputeMovement, DisputeStatus, EventType, NewDispute,
};

impl Account {
    /// Opens a dispute, beside others of the same charge, and returns its id.
    pub(crate) fn open_dispute(
        &mut self,
        new: NewDispute,
        cause: &Cause,
    ) -> Result<String, RequestError> {
        let charge = self.target_charge(&new.target)?;
        if charge.status != ChargeStatus::Succeeded {
            return Err(RequestError::NothingToRefund {
                payment_intent: charge.payment_intent.clone(),
            });
        }
        let remainder = match charge.refundable() {
            0 => charge.amount,
            refundable => refundable,
        };
        let mut dispute = Dispute {
            id: String::new(),
            payment_intent: charge.payment_intent.clone(),
            charge: charge.id.clone(),
            session: charge.session.clone(),
            created: cause.now,
            amount: new.amount.unwrap_or(remainder),
            currency: charge.currency,
            reason: new.reason,
            closed: new.status.is_final(),
            status: new.status,
            movements: Vec::new(),
        };
        dispute.id = self.ids.dispute();
        if let Some(charge) = self.charges.find_mut(&dispute.charge) {
            charge.disputes.push(dispute.id.clone());
        }
        let (id, session) = (dispute.id.clone(), dispute.session.clone());
        self.disputes.insert(dispute);
        self.record_event(cause, &session, EventType::DisputeCreated, &id);
        self.move_funds(&id, cause);
        Ok(id)
    }

    /// Changes the status of a dispute without closing it: an inquiry becomes a chargeback, a response is
    /// under review, or the network opens a decided dispute again.
    pub(crate) fn update_dispute(
        &mut self,
        id: &str,
        status: DisputeStatus,
        cause: &Cause,
    ) -> Result<(), RequestError> {
        let dispute = self.disputes.get(id, ParamLocation::Path("dispute"))?;
        let session = dispute.session.clone();
        let before = self.render(id).unwrap_or_default();
        if let Some(dispute) = self.disputes.find_mut(id) {
            dispute.closed = status.is_final();
            dispute.status = status;
        }
        let update = (EventType::DisputeUpdated, id);
        self.record_update(cause, &session, update, &before);
        self.move_funds(id, cause);
        Ok(())
    }

    /// Closes an open dispute; `again` also one that is closed: the network has decided otherwise.
    pub(crate) fn close_dispute(
        &mut self,
        id: &str,
        status: DisputeStatus,
        again: bool,
        cause: &Cause,
    ) -> Result<(), RequestError> {
        let dispute = self.disputes.get_mut(id, ParamLocation::Path("dispute"))?;
        if dispute.closed && !again {
            return Err(RequestError::DisputeClosed {
                dispute: id.to_owned(),
                status: dispute.status.to_string(),
            });
        }
        dispute.status = status;
        dispute.closed = true;
        let session = dispute.session.clone();
        self.move_funds(id, cause);
        self.record_event(cause, &session, EventType::DisputeClosed, id);
        Ok(())
    }

    /// Withdraws the disputed amount from the account, or returns it, as the status demands.
    fn move_funds(&mut self, id: &str, cause: &Cause) {
        let transaction = self.ids.balance_transaction();
        let Some(dispute) = self.disputes.find_mut(id) else {
            return;
        };
        let withdrawn = dispute.withdrawn();
        let due = match dispute.status.withdraws() {
            Some(true) => dispute.amount,
            Some(false) => 0,
            None => withdrawn,
        };
        if due == withdrawn {
            return;
        }
        dispute.movements.push(DisputeMovement {
            id: transaction,
            created: cause.now,
            amount: withdrawn.saturating_sub(due),
        });
        let event_type = if due > withdrawn {
            EventType::DisputeFundsWithdrawn
        } else {
            EventType::DisputeFundsReinstated
        };
        let session = dispute.session.clone();
        self.record_event(cause, &session, event_type, id);
    }

    /// The disputes of a charge, oldest first.
    pub(super) fn disputes_of(&self, charge: &Charge) -> impl Iterator<Item = &Dispute> {
        let ids = charge.disputes.iter();
        ids.filter_map(|id| self.disputes.find(id))
    }
}
