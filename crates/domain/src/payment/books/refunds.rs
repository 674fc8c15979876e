use super::Books;
use crate::id::OrderId;
use crate::money::Money;
use crate::payment::alert::PaymentAlert;
use crate::payment::attribution::{RefundSubject, subject_of_refund};
use crate::payment::refund::{Refund, RefundOrigin, RefundState, ReportedRefund, retry_at};

impl Books<'_> {
    /// Records the cumulative sum of refunds. Which refunds it consists of may be reported earlier or later.
    pub(in crate::payment) fn report_sum(&mut self, sum: Money) {
        let sum = sum.minor().min(self.charge.total.minor());
        let known = self.charge.reported.minor();
        self.charge.reported = self.charge.money(known.max(sum));
    }

    /// Whether a refund is known by its reference at the provider or its id in the metadata.
    pub(in crate::payment) fn has(&self, reported: &ReportedRefund) -> bool {
        self.position(reported).is_some()
    }

    fn position(&self, reported: &ReportedRefund) -> Option<usize> {
        self.charge.refunds.iter().position(|refund| {
            refund.reference.as_ref() == Some(&reported.reference)
                || (refund.reference.is_none() && Some(refund.id) == reported.id)
        })
    }

    /// Records a refund, by its reference at the provider or its id in the metadata.
    pub(in crate::payment) fn report_refund(&mut self, reported: &ReportedRefund) {
        let known = self.position(reported);
        match known.and_then(|index| self.charge.refunds.get_mut(index)) {
            Some(refund) => {
                let state = RefundState::from(reported.outcome);
                if !state.replaces(refund.state) {
                    return;
                }
                // Also of one that has failed: a sum that is reported later may be older than the failure.
                refund.amount = reported.amount;
                refund.state = state;
                refund.reference = Some(reported.reference.clone());
                let refund = refund.clone();
                if state == RefundState::Failed {
                    self.refund_failed(&refund);
                }
            }
            None => self.record_refund_at_provider(reported),
        }
    }

    /// What fails is owed again, and the provider is asked again as for a new refund.
    fn refund_failed(&mut self, failed: &Refund) {
        let (charge, amount) = (self.charge.id, failed.wanted);
        self.alert(PaymentAlert::failed_refund(charge, &failed.id, amount));
        self.missing_for = failed.order_id;
        if failed.origin == RefundOrigin::Provider {
            return;
        }
        let attempts = failed.attempts.saturating_add(1);
        let again = Refund {
            attempts,
            not_before: retry_at(attempts, self.report.now),
            other_payment: failed.other_payment.clone(),
            ..Refund::owed(self.ids.take(), failed.order_id, failed.wanted)
        };
        self.charge.refunds.push(again);
    }

    fn record_refund_at_provider(&mut self, reported: &ReportedRefund) {
        let id = self.ids.take();
        let mut refund = Refund {
            state: reported.outcome.into(),
            reference: Some(reported.reference.clone()),
            ..Refund::at_provider(id, reported.amount)
        };
        let named = reported.order_id.filter(|id| self.is_of_charge(*id));
        refund.order_id = named.or_else(|| self.take_from_reported_sum(reported.amount.minor()));
        if refund.order_id.is_none() && refund.state.has_left() {
            refund.order_id = self.attribute(&reported.reference, reported.amount.minor());
        }
        self.charge.refunds.push(refund);
    }

    fn is_of_charge(&self, id: OrderId) -> bool {
        self.charge.orders.iter().any(|order| order.id == id)
    }

    /// Takes an amount out of what was known by its sum alone. Returns the order that it was attributed to.
    fn take_from_reported_sum(&mut self, amount: i64) -> Option<OrderId> {
        let zero = self.charge.money(0);
        let same = |refund: &&mut Refund| refund.is_anonymous() && refund.amount.minor() == amount;
        if let Some(same) = self.charge.refunds.iter_mut().find(same) {
            same.amount = zero;
            return same.order_id;
        }
        self.shrink_reported_sum(amount);
        None
    }

    fn shrink_reported_sum(&mut self, by: i64) {
        let mut by = by;
        let newest_first = self.charge.refunds.iter_mut().rev();
        for refund in newest_first.filter(|refund| refund.is_anonymous()) {
            let less = refund.amount.minor().min(by);
            by = by.saturating_sub(less);
            let rest = refund.amount.minor().saturating_sub(less);
            refund.amount = Money::new(rest, refund.amount.currency());
        }
    }

    /// Makes the refunds that are known by their sum alone add up to what no other refund explains.
    pub(super) fn explain_reported_sum(&mut self) {
        let explained = self
            .charge
            .identified()
            .saturating_add(self.charge.claimed());
        let unexplained = self
            .charge
            .reported
            .minor()
            .saturating_sub(explained)
            .max(0);
        let anonymous = self
            .charge
            .refunds
            .iter()
            .filter(|refund| refund.is_anonymous());
        let known = anonymous.fold(0_i64, |sum, refund| {
            sum.saturating_add(refund.amount.minor())
        });
        let more = unexplained.saturating_sub(known);
        if more > 0 {
            let id = self.ids.take();
            let amount = self.charge.money(more);
            let order_id = self.attribute(&id, more);
            self.charge.refunds.push(Refund {
                order_id,
                ..Refund::at_provider(id, amount)
            });
        } else {
            self.shrink_reported_sum(more.saturating_neg());
        }
    }

    fn attribute(&mut self, subject: &impl ToString, amount: i64) -> Option<OrderId> {
        match subject_of_refund(&self.charge, amount) {
            RefundSubject::Order(id) => Some(id),
            RefundSubject::Rest => None,
            RefundSubject::Unknown => {
                let (charge, amount) = (self.charge.id, self.charge.money(amount));
                self.alert(PaymentAlert::unattributed_refund(charge, subject, amount));
                None
            }
        }
    }
}
