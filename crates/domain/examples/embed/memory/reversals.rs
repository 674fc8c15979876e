//! Refunds and disputes at the provider, and those that were reported before their payment.

use udam_domain::id::{ChargeId, OrderId};
use udam_domain::order::Order;
use udam_domain::payment::{
    self, Dispute, OutOfOrderEvent, PaidCharge, PaidOrder, PaidToken, PaymentAlert,
    ProviderReference, RefundIds, Reversal, ReversalReport, in_order_of_happening,
};
use udam_domain::policy::OrderPolicy;
use udam_domain::time::Timestamp;
use udam_domain::{Applied, StoreError};

use super::data::{Data, missing};
use super::rows::{ChargeRow, KeptEvent, RefundRow};

impl Data {
    /// The charge that has a payment, or gives it back because it was paid already.
    pub(super) fn charge_with(&self, payment: &ProviderReference) -> Option<ChargeId> {
        let mut charges = self.charges.values();
        let paid = charges.find(|row| row.payment.as_ref() == Some(payment));
        let mut refunds = self.refunds.values();
        let again = refunds.find(|row| row.refund.other_payment.as_ref() == Some(payment));
        let paid = paid.map(|row| row.charge.id);
        paid.or_else(|| again.map(|row| row.charge))
    }

    /// A paid charge with its refunds, disputes and orders.
    pub(super) fn paid_charge(&self, row: &ChargeRow) -> Result<PaidCharge, StoreError> {
        let id = row.charge.id;
        let own = row.charge.order.as_ref().map(|own| own.id);
        let orders = self.orders.values().filter(|row| row.charge == Some(id));
        let refunds = self.refunds.values().filter(|row| row.charge == id);
        Ok(PaidCharge {
            id,
            payment: row.payment.clone().ok_or_else(missing)?,
            total: row.charge.total()?,
            reported: row.reported,
            refunds: refunds.map(RefundRow::snapshot).collect(),
            disputes: row.disputes.clone(),
            orders: orders.map(|row| self.paid_order(&row.order, own)).collect(),
        })
    }

    fn paid_order(&self, order: &Order, own: Option<OrderId>) -> PaidOrder {
        let token = self
            .tokens
            .values()
            .find(|token| token.order_id == order.id);
        PaidOrder {
            id: order.id,
            state: order.state,
            total: order.total,
            own: Some(order.id) == own,
            token: token.map(|token| PaidToken {
                state: token.state,
                expires_at: token.expires_at,
            }),
            refunded: order.refunded,
        }
    }

    /// Applies a reversal to the charge with its payment. Returns the alerts to be raised.
    pub(super) fn reverse(
        &mut self,
        id: ChargeId,
        report: ReversalReport<'_>,
        ids: &mut RefundIds,
    ) -> Result<Vec<PaymentAlert>, StoreError> {
        let row = self.charges.get(&id).ok_or_else(missing)?;
        let reversed = payment::reverse(&self.paid_charge(row)?, report, ids);
        let row = self.charges.get_mut(&id).ok_or_else(missing)?;
        row.reported = reversed.reported;
        let mut audited = Vec::new();
        for dispute in reversed.disputes {
            let known = |known: &&Dispute| known.reference == dispute.reference;
            let before = row.disputes.iter().find(known).map(|known| known.state);
            audited.extend(
                dispute
                    .orders
                    .iter()
                    .filter_map(|_| dispute.audited(before)),
            );
            row.disputes
                .retain(|known| known.reference != dispute.reference);
            row.disputes.push(dispute);
        }
        for action in audited {
            self.record_report(action, report.now);
        }
        for refund in reversed.refunds {
            self.write_refund(id, refund);
        }
        for (order, step) in reversed.moves {
            let order = self.order(order).ok_or_else(missing)?;
            self.write_move(&order, step, report.now, None)?;
        }
        for change in reversed.tokens {
            let tokens = self.tokens.values_mut();
            let concerned = tokens.filter(|token| {
                change.orders.contains(&token.order_id) && token.state == change.from
            });
            concerned.for_each(|token| token.state = change.to);
        }
        for (order, refunded) in reversed.refunded {
            let row = self.orders.get_mut(&order).ok_or_else(missing)?;
            row.order.refunded = refunded;
        }
        Ok(reversed.alerts)
    }

    pub(super) fn keep(
        &mut self,
        payment: &ProviderReference,
        reversal: Reversal,
        at: Timestamp,
    ) -> Applied {
        let received = i64::try_from(self.kept.len()).unwrap_or(i64::MAX);
        let event = OutOfOrderEvent {
            reversal,
            at,
            received,
        };
        let payment = payment.clone();
        self.kept.push(KeptEvent { payment, event });
        Applied::Ignored
    }

    /// Applies the events that were kept about a payment, now that a charge has it. Returns the alerts to be
    /// raised.
    pub(super) fn apply_kept(
        &mut self,
        charge: ChargeId,
        payment: &ProviderReference,
        (now, policy): (Timestamp, &OrderPolicy),
        ids: &mut RefundIds,
    ) -> Result<Vec<PaymentAlert>, StoreError> {
        let about = |kept: &&KeptEvent| kept.payment == *payment;
        let events = self.kept.iter().filter(about);
        let events: Vec<OutOfOrderEvent> = events.map(|kept| kept.event.clone()).collect();
        let mut alerts = Vec::new();
        for event in in_order_of_happening(events) {
            let report = ReversalReport {
                payment,
                reversal: &event.reversal,
                happened_at: event.at,
                now,
                inquiries: policy.inquiries(),
            };
            alerts.extend(self.reverse(charge, report, ids)?);
        }
        self.kept.retain(|kept| kept.payment != *payment);
        Ok(alerts)
    }
}
