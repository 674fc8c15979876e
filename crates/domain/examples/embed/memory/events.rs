//! Applying the provider's events, once each.

use udam_domain::id::ChargeId;
use udam_domain::order::{NewToken, Order, StockOnHand};
use udam_domain::payment::{
    self, CarriedOrder, ChargeEnd, ChargeSnapshot, ChargeState, ClearedOrders, EndingCharge,
    EventEffect, OwnOrder, Payment, ProviderReference, RefundIds, ReversalReport, Settled,
    Settlement,
};
use udam_domain::policy::OrderPolicy;
use udam_domain::time::Timestamp;
use udam_domain::{Applied, ApplyEvent, PaymentAlert, StoreError};

use super::data::{Data, missing};
use super::rows::ChargeRow;

impl Data {
    pub(super) fn apply(
        &mut self,
        request: &ApplyEvent,
        policy: &OrderPolicy,
    ) -> Result<Applied, StoreError> {
        let event = &request.event;
        if !self.events.insert(event.id.clone()) {
            return Ok(Applied::Repeated);
        }
        match event.kind.effect() {
            EventEffect::Settle(charge, session, payment) => {
                self.settle(charge, session, payment, request, policy)
            }
            EventEffect::End(charge, session, end) => {
                self.end(charge, Some(session), end, request.at)
            }
            EventEffect::Reverse(payment, reversal) => match self.charge_with(payment) {
                None => Ok(self.keep(payment, reversal, event.at)),
                Some(charge) => {
                    let mut ids = RefundIds::starting_with(request.refund_id);
                    let report = ReversalReport {
                        payment,
                        reversal: &reversal,
                        happened_at: event.at,
                        now: request.at,
                        inquiries: policy.inquiries(),
                    };
                    let alerts = self.reverse(charge, report, &mut ids)?;
                    Ok(self.applied(alerts, request.at))
                }
            },
            EventEffect::Nothing => Ok(Applied::Ignored),
        }
    }

    /// The result of an event that was applied with these alerts.
    fn applied(&mut self, alerts: Vec<PaymentAlert>, at: Timestamp) -> Applied {
        let new = self.raise_all(alerts, at);
        if new.is_empty() {
            Applied::Done
        } else {
            Applied::Alert(new)
        }
    }

    fn settle(
        &mut self,
        id: ChargeId,
        session: &ProviderReference,
        paid: &Payment,
        request: &ApplyEvent,
        policy: &OrderPolicy,
    ) -> Result<Applied, StoreError> {
        let Some(row) = self.charges.get(&id).cloned() else {
            return Ok(Applied::Ignored);
        };
        let mut ids = RefundIds::starting_with(request.refund_id);
        let own = row.charge.order.as_ref().and_then(|own| self.order(own.id));
        let snapshot = self.snapshot(&row, own.as_ref());
        let alert = match payment::settle(&snapshot, session, paid, &mut ids)? {
            Settlement::Repeated => return Ok(Applied::Repeated),
            Settlement::PaidAgain(refund) => {
                let mut refunds = self.refunds.values().map(|row| &row.refund);
                if refunds.any(|known| known.other_payment == refund.other_payment) {
                    return Ok(Applied::Repeated);
                }
                self.write_refund(id, refund);
                PaymentAlert::second_payment(id, &paid.reference, paid.amount)
            }
            Settlement::ForeignSession => {
                PaymentAlert::foreign_session(id, session, &paid.reference)
            }
            Settlement::Mismatch { expected } => PaymentAlert::mismatch(id, paid.amount, expected),
            Settlement::Settled(settled) => {
                self.write_settled(&row, own, &settled, (request, policy), &mut ids)?;
                self.record_payment(id, paid, request.at)?;
                let buyer = row.charge.buyer_id;
                self.let_go_holds
                    .retain(|(account, _), _| *account != buyer);
                let alerts =
                    self.apply_kept(id, &paid.reference, (request.at, policy), &mut ids)?;
                return Ok(self.applied(alerts, request.at));
            }
        };
        Ok(self.applied(vec![alert], request.at))
    }

    fn record_payment(
        &mut self,
        id: ChargeId,
        paid: &Payment,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let stored = self.charges.get_mut(&id).ok_or_else(missing)?;
        stored.state = ChargeState::Paid;
        stored.payable = false;
        stored.payment = Some(paid.reference.clone());
        stored.paid_at = Some(at);
        Ok(())
    }

    fn snapshot(&self, row: &ChargeRow, own: Option<&Order>) -> ChargeSnapshot {
        let own_id = own.map(|own| own.id);
        let carried: Vec<&Order> = match row.state.clears() {
            ClearedOrders::Uncarried => self.uncarried(row.charge.buyer_id).collect(),
            ClearedOrders::Carried => {
                let of_charge = self.orders.values().filter(|order| {
                    order.charge == Some(row.charge.id) && Some(order.order.id) != own_id
                });
                of_charge.map(|row| &row.order).collect()
            }
        };
        let session = row.charge.session.as_ref();
        ChargeSnapshot {
            state: row.state,
            session: session.map(|session| session.reference.clone()),
            payment: row.payment.clone(),
            order: own.map(|own| {
                let listing = self.listings.get(&own.listing_id);
                let available = listing.map(|listing| listing.available).unwrap_or_default();
                OwnOrder {
                    state: own.state,
                    total: own.total,
                    stock: StockOnHand::of(available, own.units),
                }
            }),
            tab: row.charge.tab,
            carried: carried
                .into_iter()
                .map(|order| CarriedOrder {
                    id: order.id,
                    state: order.state,
                    total: order.total,
                })
                .collect(),
        }
    }

    fn write_settled(
        &mut self,
        row: &ChargeRow,
        own: Option<Order>,
        settled: &Settled,
        (request, policy): (&ApplyEvent, &OrderPolicy),
        ids: &mut RefundIds,
    ) -> Result<(), StoreError> {
        let id = row.charge.id;
        if let (Some(own), Some(step)) = (own, settled.order) {
            let token = NewToken {
                id: request.token_id,
                expires_at: policy.token_expires(request.at),
            };
            self.write_move(&own, step, request.at, Some(token))?;
        }
        self.take_off_tab(row.charge.buyer_id, settled.off_the_tab)?;
        self.let_go(id);
        for cleared in &settled.cleared {
            self.orders.get_mut(cleared).ok_or_else(missing)?.charge = Some(id);
        }
        if let Some(refund) = settled.refund(ids) {
            self.write_refund(id, refund);
        }
        Ok(())
    }

    /// Ends a charge that can no longer be paid, with its order.
    pub(super) fn end(
        &mut self,
        id: ChargeId,
        session: Option<&ProviderReference>,
        end: ChargeEnd,
        at: Timestamp,
    ) -> Result<Applied, StoreError> {
        let Some(row) = self.charges.get(&id) else {
            return Ok(Applied::Ignored);
        };
        let own = row.charge.order.as_ref().and_then(|own| self.order(own.id));
        let known = row.charge.session.as_ref();
        let ending = EndingCharge {
            state: row.state,
            session: known.map(|session| session.reference.clone()),
            order: own.as_ref().map(|own| own.state),
        };
        let Some(ended) = payment::end_charge(&ending, session, end) else {
            return Ok(Applied::Ignored);
        };
        if let (Some(own), Some(step)) = (own, ended.order) {
            self.write_move(&own, step, at, None)?;
        }
        let row = self.charges.get_mut(&id).ok_or_else(missing)?;
        row.state = ended.state;
        row.payable = false;
        self.let_go(id);
        Ok(Applied::Done)
    }
}
