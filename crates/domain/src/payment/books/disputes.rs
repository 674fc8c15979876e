use super::Books;
use crate::id::OrderId;
use crate::order::{FormerToken, OrderEvent, OrderState};
use crate::payment::alert::PaymentAlert;
use crate::payment::attribution::{DisputeSubject, subject_of_dispute};
use crate::payment::dispute::{Dispute, DisputeState, DisputedOrder, ReportedDispute, Taken};
use crate::token::TokenState;

impl Books<'_> {
    /// Records a dispute, or its new state.
    pub(in crate::payment) fn report_dispute(&mut self, reported: &ReportedDispute) {
        if !reported.is_known {
            let (charge, dispute) = (self.charge.id, &reported.reference);
            self.alert(PaymentAlert::unknown_dispute(
                charge,
                dispute,
                reported.amount,
            ));
        }
        let same = |dispute: &Dispute| dispute.reference == reported.reference;
        let known = self.charge.disputes.iter().position(same);
        let at = self.report.happened_at;
        let (index, before) = match known {
            None => (self.open_dispute(reported), None),
            Some(index) => {
                let Some(dispute) = self.charge.disputes.get_mut(index) else {
                    return;
                };
                if !dispute.is_replaced_by(reported.state, at) {
                    return;
                }
                let before = dispute.state;
                dispute.state = reported.state;
                dispute.reported_at = at;
                (index, Some(before))
            }
        };
        let lost = DisputeState::Lost;
        match (before == Some(lost), reported.state == lost) {
            (false, true) => self.take_orders(index),
            (true, false) => self.restore_orders(index),
            (false, false) | (true, true) => {}
        }
    }

    fn open_dispute(&mut self, reported: &ReportedDispute) -> usize {
        let amount = reported.amount.minor().min(self.charge.total.minor());
        let DisputeSubject { orders, fits } = subject_of_dispute(&self.charge, amount);
        let takes_money = matches!(reported.state, DisputeState::Open | DisputeState::Lost);
        let amount = self.charge.money(amount);
        if takes_money && !fits {
            let charge = self.charge.id;
            let dispute = &reported.reference;
            self.alert(PaymentAlert::unattributed_dispute(
                charge, dispute, amount, &orders,
            ));
        }
        let concerned = orders.into_iter().map(|id| DisputedOrder {
            id,
            taken: Taken::Nothing,
        });
        self.charge.disputes.push(Dispute {
            reference: reported.reference.clone(),
            amount,
            state: reported.state,
            reported_at: self.report.happened_at,
            orders: concerned.collect(),
        });
        self.charge.disputes.len().saturating_sub(1)
    }

    /// Refunds the orders of a dispute that was lost, as far as its amount goes.
    fn take_orders(&mut self, index: usize) {
        let Some(dispute) = self.charge.disputes.get(index) else {
            return;
        };
        let mut left = dispute.amount.minor();
        for id in ids(dispute) {
            let Some((price, token)) = self.fulfilled(id) else {
                continue;
            };
            if price > left {
                continue;
            }
            left = left.saturating_sub(price);
            self.step(id, OrderEvent::DisputeLost);
            let what = match token {
                TokenState::Revoked => Taken::Order,
                TokenState::Active | TokenState::Suspended => Taken::OrderAndToken,
            };
            self.mark(index, id, what);
        }
    }

    /// Price of an order that is fulfilled, and the state of its token.
    fn fulfilled(&self, id: OrderId) -> Option<(i64, TokenState)> {
        let mut orders = self.charge.orders.iter();
        let order = orders.find(|order| order.id == id && order.state == OrderState::Fulfilled)?;
        Some((order.total.minor(), order.token?.state))
    }

    /// Restores what a dispute had taken that is lost no more. An order whose token has expired meanwhile is
    /// worth nothing to its buyer, and stays refunded: it is missing then, and owed back. One that was also
    /// refunded at the provider stays refunded.
    fn restore_orders(&mut self, index: usize) {
        let Some(dispute) = self.charge.disputes.get(index).cloned() else {
            return;
        };
        let mut restored = 0_usize;
        for DisputedOrder { id, taken } in &dispute.orders {
            self.mark(index, *id, Taken::Nothing);
            let event = match taken {
                Taken::Nothing => continue,
                Taken::Order => OrderEvent::DisputeReversed(FormerToken::Revoked),
                Taken::OrderAndToken => OrderEvent::DisputeReversed(FormerToken::Usable),
            };
            if self.is_returned(*id) {
                continue;
            }
            if !self.has_expired(*id) && self.step(*id, event) {
                restored = restored.saturating_add(1);
            } else {
                self.missing_for = Some(*id);
            }
        }
        let owed = self.charge.shortfall();
        let (charge, owed) = (self.charge.id, self.charge.money(owed));
        let alert = PaymentAlert::reversed_dispute(charge, &dispute.reference, restored, owed);
        self.alert(alert);
    }

    fn is_returned(&self, id: OrderId) -> bool {
        let mut orders = self.charge.orders.iter();
        let order = orders.find(|order| order.id == id);
        order.is_some_and(|order| self.charge.returned(order) >= order.total.minor())
    }

    fn has_expired(&self, id: OrderId) -> bool {
        let mut orders = self.charge.orders.iter();
        let token = orders
            .find(|order| order.id == id)
            .and_then(|order| order.token);
        token.is_none_or(|token| token.expires_at <= self.report.now)
    }

    fn mark(&mut self, index: usize, id: OrderId, taken: Taken) {
        if let Some(dispute) = self.charge.disputes.get_mut(index) {
            let orders = dispute.orders.iter_mut();
            orders
                .filter(|order| order.id == id)
                .for_each(|order| order.taken = taken);
        }
    }
}

fn ids(dispute: &Dispute) -> Vec<OrderId> {
    dispute.orders.iter().map(|order| order.id).collect()
}
