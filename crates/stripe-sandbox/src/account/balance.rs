use super::data::Account;
use crate::model::{Charge, Dispute, Payment, PaymentStatus, Refund};

/// Paid, refunded and disputed amounts of one payment, in minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Balance {
    /// Paid by the buyer.
    pub(crate) received: i64,
    /// Taken by refunds that have neither failed nor been canceled.
    pub(crate) refunded: i64,
    /// Part of `refunded` that is still in progress.
    pub(crate) refunds_pending: i64,
    /// Withheld while disputes are open.
    pub(crate) disputed: i64,
    /// Returned by disputes that were decided for the buyer.
    pub(crate) charged_back: i64,
}

impl Balance {
    /// Amount that the account keeps; below zero if a disputed payment has been refunded as well.
    pub(crate) const fn net(self) -> i64 {
        self.received
            .saturating_sub(self.refunded)
            .saturating_sub(self.disputed)
            .saturating_sub(self.charged_back)
    }
}

impl Account {
    pub(crate) fn balance(&self, payment: &Payment) -> Balance {
        let received = match payment.status {
            PaymentStatus::Succeeded => payment.amount,
            PaymentStatus::RequiresPaymentMethod
            | PaymentStatus::Processing
            | PaymentStatus::Canceled => 0,
        };
        let charge = self.latest_charge(payment);
        let disputed = |amount: fn(&Dispute) -> i64| {
            charge.map_or(0, |charge| self.disputes_of(charge).map(amount).sum())
        };
        Balance {
            received,
            refunded: charge.map_or(0, |charge| charge.amount_refunded),
            refunds_pending: charge.map_or(0, |charge| self.refunds_pending(charge)),
            disputed: disputed(Dispute::withheld),
            charged_back: disputed(Dispute::charged_back),
        }
    }

    fn refunds_pending(&self, charge: &Charge) -> i64 {
        let refunds = charge.refunds.iter();
        let refunds = refunds.filter_map(|id| self.refunds.find(id));
        let pending = refunds.filter(|refund| refund.status.is_in_progress());
        pending.map(|refund: &Refund| refund.amount).sum()
    }

    fn latest_charge(&self, payment: &Payment) -> Option<&Charge> {
        self.charges.find(payment.latest_charge.as_deref()?)
    }
}
