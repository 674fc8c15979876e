//! A buyer who asks the bank for the money back.

use super::Account;
use super::currency::Currency;
use super::event::{EventKind, Occasion};
use super::refund::RefundOf;
use super::refusal::{Place, Refusal};
use super::shelf::Keyed;

#[derive(Debug, Clone)]
pub(crate) struct Dispute {
    pub(crate) id: String,
    pub(crate) payment_intent: String,
    pub(crate) charge: String,
    pub(crate) session: String,
    pub(crate) created: i64,
    pub(crate) amount: i64,
    pub(crate) currency: Currency,
    pub(crate) reason: String,
    pub(crate) status: DisputeStatus,
    /// The movement that took the money away while the bank decides.
    pub(crate) withdrawal: String,
    /// The movement that gave it back, and when.
    pub(crate) reinstatement: Option<(String, i64)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DisputeStatus {
    NeedsResponse,
    Won,
    Lost,
}

impl DisputeStatus {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::NeedsResponse => "needs_response",
            Self::Won => "won",
            Self::Lost => "lost",
        }
    }
}

/// What the bank decided, as seen from the account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The account keeps the money.
    Won,
    /// The buyer has it back.
    Lost,
}

impl Account {
    /// Opens a dispute about all that is left of a payment; its id.
    pub(crate) fn open_dispute(
        &mut self,
        of: &RefundOf,
        reason: String,
        occasion: &Occasion,
    ) -> Result<String, Refusal> {
        let charge = self.charge_of(of)?;
        if charge.dispute.is_some() {
            return Err(Refusal::AlreadyDisputed {
                charge: charge.id.clone(),
            });
        }
        if charge.left() == 0 {
            return Err(Refusal::AlreadyRefunded {
                charge: charge.id.clone(),
            });
        }
        let dispute = Dispute {
            payment_intent: charge.payment_intent.clone(),
            charge: charge.id.clone(),
            session: charge.session.clone(),
            created: occasion.now,
            amount: charge.left(),
            currency: charge.currency,
            reason,
            status: DisputeStatus::NeedsResponse,
            id: self.ids.dispute(),
            withdrawal: self.ids.transaction(),
            reinstatement: None,
        };
        if let Some(charge) = self.charges.find_mut(&dispute.charge) {
            charge.dispute = Some(dispute.id.clone());
        }
        let (id, session) = (dispute.id.clone(), dispute.session.clone());
        self.disputes.put(dispute);
        self.announce(occasion, &session, EventKind::DisputeCreated, &id);
        self.announce(occasion, &session, EventKind::DisputeFundsWithdrawn, &id);
        Ok(id)
    }

    /// Closes a dispute.
    pub(crate) fn close_dispute(
        &mut self,
        id: &str,
        verdict: Verdict,
        occasion: &Occasion,
    ) -> Result<(), Refusal> {
        let transaction = self.ids.transaction();
        let dispute = self.disputes.named_mut(id, Place::Path("dispute"))?;
        if dispute.status != DisputeStatus::NeedsResponse {
            return Err(Refusal::DisputeClosed {
                dispute: id.to_owned(),
                status: dispute.status.name(),
            });
        }
        let session = dispute.session.clone();
        match verdict {
            Verdict::Lost => dispute.status = DisputeStatus::Lost,
            Verdict::Won => {
                dispute.status = DisputeStatus::Won;
                dispute.reinstatement = Some((transaction, occasion.now));
                self.announce(occasion, &session, EventKind::DisputeFundsReinstated, id);
            }
        }
        self.announce(occasion, &session, EventKind::DisputeClosed, id);
        Ok(())
    }
}

impl Keyed for Dispute {
    const KIND: &'static str = "dispute";

    fn id(&self) -> &str {
        &self.id
    }

    fn created(&self) -> i64 {
        self.created
    }
}
