use async_trait::async_trait;
use udam_domain::account::Network;
use udam_domain::id::{AccountId, ChargeId};
use udam_domain::money::Money;
use udam_domain::order::Order;
use udam_domain::payment::{
    self, Charge, ChargeOrder, ChargeState, ChargeTab, ChargedOrder, CheckoutSession, NewCharge,
    OrderCharge, OrderToCharge, TabCharge, TabChargeSnapshot, UncarriedOrder,
};
use udam_domain::policy::{HoldTerms, OrderPolicy};
use udam_domain::time::Timestamp;
use udam_domain::{Applied, ApplyEvent, OpenChargeError, PaymentStore, StoreError};

use super::MemoryStore;
use super::data::{Data, SessionsOf, missing};
use super::rows::ChargeRow;

#[async_trait]
impl PaymentStore for MemoryStore {
    async fn charge_order(&self, request: ChargeOrder) -> Result<Charge, OpenChargeError> {
        // An order that is given up is part of the step, which must not be undone then.
        let charged = self.change(|data| {
            let order = data.order(request.order_id);
            let order = order.ok_or(OpenChargeError::NotFound)?;
            match data.decide_charge(&request, &order, &self.policy)? {
                OrderCharge::Existing(id) => {
                    let charge = data.charge(id)?;
                    if charge.session.is_none() && request.buyer_id.is_some() {
                        let by = (order.buyer_id, request.network);
                        data.admit_session(by, self.policy.holds(), request.at)?;
                    }
                    Ok(Ok(charge))
                }
                OrderCharge::Open(new) => {
                    let by = (order.buyer_id, request.network);
                    data.admit_session(by, self.policy.holds(), request.at)?;
                    Ok(data.insert_charge(&new, Some(&order)).map(Ok)?)
                }
                OrderCharge::GiveUp(step, reason) => {
                    data.write_move(&order, step, request.at, None)?;
                    Ok(Err(reason))
                }
                OrderCharge::NotFound => Err(OpenChargeError::NotFound),
                OrderCharge::NotAwaited(state) => Err(OpenChargeError::InvalidState(state)),
            }
        });
        charged?.map_err(OpenChargeError::Unchargeable)
    }

    async fn charge_tab(&self, request: ChargeTab) -> Result<Charge, OpenChargeError> {
        self.change(|data| {
            let existing = data.tab_charges(request.buyer_id);
            let uncarried = data.to_carry(request.buyer_id);
            let decided = payment::charge_tab(&request, &existing, &uncarried, &self.policy);
            match decided.map_err(StoreError::from)? {
                TabCharge::Existing(id) => {
                    let charge = data.charge(id)?;
                    if charge.session.is_none() {
                        let by = (request.buyer_id, request.network);
                        data.admit_session(by, self.policy.holds(), request.at)?;
                    }
                    Ok(charge)
                }
                TabCharge::Open(new) => {
                    let by = (request.buyer_id, request.network);
                    data.admit_session(by, self.policy.holds(), request.at)?;
                    Ok(data.insert_charge(&new, None)?)
                }
                TabCharge::NothingOwed => Err(OpenChargeError::NothingOwed),
                TabCharge::Unchargeable(reason) => Err(reason.into()),
            }
        })
    }

    async fn record_session(
        &self,
        charge: ChargeId,
        session: CheckoutSession,
    ) -> Result<(), StoreError> {
        self.change(|data| {
            if let Some(row) = data.charges.get_mut(&charge) {
                row.charge.session.get_or_insert(session);
            }
            Ok(())
        })
    }

    async fn apply(&self, event: ApplyEvent) -> Result<Applied, StoreError> {
        self.change(|data| data.apply(&event, &self.policy))
    }
}

impl Data {
    /// Counts a session that is opened for a buyer at a network.
    fn admit_session(
        &mut self,
        (buyer, network): (AccountId, Option<Network>),
        terms: &HoldTerms,
        now: Timestamp,
    ) -> Result<(), OpenChargeError> {
        let is_new = !self.tab(buyer).is_some_and(|tab| tab.has_paid);
        let of_account = terms
            .sessions_per_hour
            .map(|most| (SessionsOf::Account(buyer), most));
        let of_network = terms.new_sessions_per_hour_per_network.filter(|_| is_new);
        let of_network = of_network
            .zip(network)
            .map(|(most, network)| (SessionsOf::Network(network), most));
        for (whose, most) in of_account.into_iter().chain(of_network) {
            let opened = self.opened_sessions.entry(whose).or_default();
            let kept = payment::admit_session(opened, most, now);
            *opened = kept.map_err(OpenChargeError::TooManySessions)?;
        }
        Ok(())
    }

    fn decide_charge(
        &self,
        request: &ChargeOrder,
        order: &Order,
        policy: &OrderPolicy,
    ) -> Result<OrderCharge, StoreError> {
        let snapshot = OrderToCharge {
            id: order.id,
            buyer_id: order.buyer_id,
            state: order.state,
            total: order.total,
            charge: self.charge_of_order(order.id),
        };
        let uncarried = self.to_carry(order.buyer_id);
        Ok(payment::charge_order(
            request, &snapshot, &uncarried, policy,
        )?)
    }

    fn to_carry(&self, buyer: AccountId) -> Vec<UncarriedOrder> {
        let uncarried = self.uncarried(buyer).map(|order| UncarriedOrder {
            id: order.id,
            total: order.total,
        });
        uncarried.collect()
    }

    fn tab_charges(&self, buyer: AccountId) -> Vec<TabChargeSnapshot> {
        let charges = self.charges.values();
        let of_tab =
            charges.filter(|row| row.charge.buyer_id == buyer && row.charge.order.is_none());
        let snapshots = of_tab.map(|row| TabChargeSnapshot {
            id: row.charge.id,
            state: row.state,
            expires_at: row.charge.expires_at,
        });
        snapshots.collect()
    }

    fn charge(&self, id: ChargeId) -> Result<Charge, StoreError> {
        let row = self.charges.get(&id).ok_or_else(missing)?;
        Ok(row.charge.clone())
    }

    /// Writes a charge. What it is for belongs to it, and its order lapses with it.
    fn insert_charge(
        &mut self,
        new: &NewCharge,
        own: Option<&Order>,
    ) -> Result<Charge, StoreError> {
        for carried in &new.carried {
            self.orders.get_mut(carried).ok_or_else(missing)?.charge = Some(new.id);
        }
        if let Some(own) = own {
            let row = self.orders.get_mut(&own.id).ok_or_else(missing)?;
            row.charge = Some(new.id);
            row.order.lapses_at = Some(new.expires_at);
        }
        let charge = Charge {
            id: new.id,
            buyer_id: new.buyer_id,
            order: own.map(|own| ChargedOrder {
                id: own.id,
                service_name: own.service_name.clone(),
                units: own.units,
                total: own.total,
            }),
            tab: new.tab,
            expires_at: new.expires_at,
            session: None,
        };
        let row = ChargeRow {
            charge: charge.clone(),
            state: ChargeState::Open,
            payable: true,
            payment: None,
            paid_at: None,
            reported: Money::zero(new.tab.currency()),
            disputes: Vec::new(),
            claimed_until: None,
        };
        self.charges.insert(new.id, row);
        Ok(charge)
    }
}
