//! Applying the provider's events, once each.

use udam_domain::id::ChargeId;
use udam_domain::order::{NewToken, Order, StockOnHand};
use udam_domain::payment::{
    self, CarriedOrder, ChargeEnd, ChargeSnapshot, ChargeState, ClearedOrders, EventEffect,
    OutOfOrderEvent, OwnOrder, PaidCharge, PaidOrder, Payment, ProviderReference, Reversal,
    Settled, Settlement, in_order_of_happening,
};
use udam_domain::policy::OrderPolicy;
use udam_domain::time::Timestamp;
use udam_domain::{Applied, ApplyEvent, PaymentAlert, StoreError};

use super::data::{Data, missing};
use super::rows::{ChargeRow, KeptEvent};

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
            EventEffect::Settle(charge, payment) => self.settle(charge, payment, request, policy),
            EventEffect::End(charge, end) => self.end(charge, end, request.at),
            EventEffect::Reverse(payment, reversal) => match self.charge_with(payment) {
                Some(charge) => self.reverse(charge, reversal, request.at),
                None => Ok(self.keep(payment, reversal, event.at)),
            },
            EventEffect::Nothing => Ok(Applied::Ignored),
        }
    }

    fn settle(
        &mut self,
        id: ChargeId,
        paid: &Payment,
        request: &ApplyEvent,
        policy: &OrderPolicy,
    ) -> Result<Applied, StoreError> {
        let Some(row) = self.charges.get(&id).cloned() else {
            return Ok(Applied::Ignored);
        };
        let own = row.charge.order.as_ref().and_then(|own| self.order(own.id));
        let snapshot = self.snapshot(&row, own.as_ref());
        let settled = match payment::settle(&snapshot, paid)? {
            Settlement::Repeated => return Ok(Applied::Repeated),
            Settlement::Mismatch { expected } => {
                let alert = PaymentAlert::mismatch(id, paid.amount, expected);
                return Ok(Applied::Alert(alert));
            }
            Settlement::Settled(settled) => settled,
        };
        if let (Some(own), Some(step)) = (own, settled.order) {
            let token = NewToken {
                id: request.token_id,
                expires_at: policy.token_expires(request.at),
            };
            self.write_move(&own, step, request.at, Some(token))?;
        }
        self.write_settled(&row, &settled, request)?;
        let stored = self.charges.get_mut(&id).ok_or_else(missing)?;
        stored.state = ChargeState::Paid;
        stored.payable = false;
        stored.payment = Some(paid.reference.clone());
        self.apply_kept(id, &paid.reference, request.at)?;
        Ok(Applied::Done)
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
        ChargeSnapshot {
            state: row.state,
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
        settled: &Settled,
        request: &ApplyEvent,
    ) -> Result<(), StoreError> {
        let id = row.charge.id;
        self.take_off_tab(row.charge.buyer_id, settled.off_the_tab)?;
        for cleared in &settled.cleared {
            self.orders.get_mut(cleared).ok_or_else(missing)?.charge = Some(id);
        }
        if let Some(refund) = settled.refund(request.refund_id, id, request.at) {
            self.insert_refund(refund);
        }
        Ok(())
    }

    /// Ends a charge that can no longer be paid, with its order.
    pub(super) fn end(
        &mut self,
        id: ChargeId,
        end: ChargeEnd,
        at: Timestamp,
    ) -> Result<Applied, StoreError> {
        let Some(row) = self.charges.get(&id) else {
            return Ok(Applied::Ignored);
        };
        let own = row.charge.order.as_ref().and_then(|own| self.order(own.id));
        let state = own.as_ref().map(|own| own.state);
        let Some(ended) = payment::end_charge(row.state, state, end) else {
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

    fn charge_with(&self, payment: &ProviderReference) -> Option<ChargeId> {
        let mut charges = self.charges.values();
        let paid = charges.find(|row| row.payment.as_ref() == Some(payment));
        paid.map(|row| row.charge.id)
    }

    fn reverse(
        &mut self,
        id: ChargeId,
        reversal: Reversal,
        at: Timestamp,
    ) -> Result<Applied, StoreError> {
        let row = self.charges.get_mut(&id).ok_or_else(missing)?;
        let orders = self.orders.values();
        let of_charge = orders.filter(|order| order.charge == Some(id));
        let paid = PaidCharge {
            total: row.charge.total()?,
            refunded: row.refunded,
            dispute: row.dispute,
            orders: of_charge
                .map(|row| PaidOrder {
                    id: row.order.id,
                    state: row.order.state,
                })
                .collect(),
        };
        let reversed = payment::reverse(&paid, reversal)?;
        row.refunded = reversed.refunded;
        row.dispute = reversed.dispute;
        for (order, step) in reversed.moves {
            let order = self.order(order).ok_or_else(missing)?;
            self.write_move(&order, step, at, None)?;
        }
        if let Some(change) = reversed.tokens {
            let tokens = self.tokens.values_mut();
            let concerned = tokens.filter(|token| {
                change.orders.contains(&token.order_id) && token.state == change.from
            });
            concerned.for_each(|token| token.state = change.to);
        }
        Ok(Applied::Done)
    }

    fn keep(&mut self, payment: &ProviderReference, reversal: Reversal, at: Timestamp) -> Applied {
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

    /// Applies the events that were kept about a payment, now that a charge has it.
    fn apply_kept(
        &mut self,
        charge: ChargeId,
        payment: &ProviderReference,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let about = |kept: &&KeptEvent| kept.payment == *payment;
        let events = self.kept.iter().filter(about).map(|kept| kept.event);
        for event in in_order_of_happening(events.collect()) {
            self.reverse(charge, event.reversal, at)?;
        }
        self.kept.retain(|kept| kept.payment != *payment);
        Ok(())
    }
}
