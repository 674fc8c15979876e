use super::data::Account;
use crate::model::{Charge, DisputeStatus, Payment, PaymentStatus};

/// Paid, refunded and disputed amounts of one payment, in minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Balance {
    /// Paid by the buyer.
    pub(crate) received: i64,
    /// Returned by refunds.
    pub(crate) refunded: i64,
    /// Withheld while a dispute is open.
    pub(crate) disputed: i64,
    /// Returned by lost disputes.
    pub(crate) charged_back: i64,
}

impl Balance {
    /// Amount that the account keeps.
    pub(crate) const fn net(self) -> i64 {
        self.received
            .saturating_sub(self.refunded)
            .saturating_sub(self.disputed)
            .saturating_sub(self.charged_back)
    }
}

impl Account {
    pub(crate) fn balance(&self, payment: &Payment) -> Balance {
        let charge = self.latest_charge(payment);
        let received = match payment.status {
            PaymentStatus::Succeeded => payment.amount,
            PaymentStatus::RequiresPaymentMethod
            | PaymentStatus::Processing
            | PaymentStatus::Canceled => 0,
        };
        let dispute = charge.and_then(|charge| charge.dispute.as_deref());
        let dispute = dispute.and_then(|id| self.disputes.find(id));
        let in_dispute = |status| {
            dispute
                .filter(|dispute| dispute.status == status)
                .map_or(0, |dispute| dispute.amount)
        };
        Balance {
            received,
            refunded: charge.map_or(0, |charge| charge.amount_refunded),
            disputed: in_dispute(DisputeStatus::NeedsResponse),
            charged_back: in_dispute(DisputeStatus::Lost),
        }
    }

    fn latest_charge(&self, payment: &Payment) -> Option<&Charge> {
        self.charges.find(payment.latest_charge.as_deref()?)
    }
}
