use async_trait::async_trait;
use udam_domain::id::{AccountId, ChargeId, OrderId};
use udam_domain::order::{Order, PaymentRoute, Tab, TabCarrier};
use udam_domain::page::{Page, PageRequest};
use udam_domain::payment::{CarryingCharge, ChargeState, TabOrder};
use udam_domain::{StoreError, TabReader};

use super::MemoryStore;
use super::data::{Data, page};
use super::rows::{ChargeRow, OrderRow};

#[async_trait]
impl TabReader for MemoryStore {
    async fn tab(&self, buyer_id: AccountId) -> Result<Option<Tab>, StoreError> {
        Ok(self.read(|data| data.tab(buyer_id)))
    }

    async fn orders(
        &self,
        buyer: AccountId,
        request: PageRequest<OrderId>,
    ) -> Result<Page<TabOrder, OrderId>, StoreError> {
        Ok(self.read(|data| {
            let on_tab = data.on_tab(buyer).rev();
            let orders = on_tab.filter_map(|row| data.tab_order(row));
            page(orders, request, |found| found.order.id)
        }))
    }

    async fn open_charges(&self, buyer: AccountId) -> Result<Vec<CarryingCharge>, StoreError> {
        self.read(|data| data.carrying(buyer, ChargeState::Open).collect())
    }

    async fn paid_charges(
        &self,
        buyer: AccountId,
        request: PageRequest<ChargeId>,
    ) -> Result<Page<CarryingCharge, ChargeId>, StoreError> {
        self.read(|data| {
            let paid = data.carrying(buyer, ChargeState::Paid);
            let paid: Vec<CarryingCharge> = paid.collect::<Result<_, _>>()?;
            Ok(page(paid.into_iter().rev(), request, |charge| charge.id))
        })
    }

    async fn charge(
        &self,
        id: ChargeId,
        buyer: AccountId,
    ) -> Result<Option<CarryingCharge>, StoreError> {
        self.read(|data| {
            let found = data.charges.get(&id).filter(|row| carries(row, buyer));
            found.map(carrying_charge).transpose()
        })
    }

    async fn cleared_orders(
        &self,
        charge: ChargeId,
        buyer: AccountId,
        request: PageRequest<OrderId>,
    ) -> Result<Page<Order, OrderId>, StoreError> {
        Ok(self.read(|data| {
            let row = data.charges.get(&charge);
            let is_paid =
                row.is_some_and(|row| carries(row, buyer) && row.state == ChargeState::Paid);
            let cleared = |row: &&OrderRow| {
                is_paid && row.charge == Some(charge) && row.order.route == PaymentRoute::Tab
            };
            let rows = data.orders.values().rev().filter(cleared);
            let orders = rows.filter_map(|row| data.order(row.order.id));
            page(orders, request, |order| order.id)
        }))
    }
}

impl Data {
    fn tab_order(&self, row: &OrderRow) -> Option<TabOrder> {
        let charge = row.charge.and_then(|charge| self.charges.get(&charge));
        Some(TabOrder {
            order: self.order(row.order.id)?,
            carried_by: charge.map(|row| TabCarrier::of(order_of(row))),
        })
    }

    /// The buyer's charges in this state that carry a part of the tab, the oldest first.
    fn carrying(
        &self,
        buyer: AccountId,
        state: ChargeState,
    ) -> impl Iterator<Item = Result<CarryingCharge, StoreError>> {
        let charges = self.charges.values();
        let wanted = charges.filter(move |row| carries(row, buyer) && row.state == state);
        wanted.map(carrying_charge)
    }
}

fn carries(row: &ChargeRow, buyer: AccountId) -> bool {
    row.charge.buyer_id == buyer && row.charge.tab.minor() > 0
}

fn order_of(row: &ChargeRow) -> Option<OrderId> {
    row.charge.order.as_ref().map(|order| order.id)
}

fn carrying_charge(row: &ChargeRow) -> Result<CarryingCharge, StoreError> {
    let session = row.charge.session.as_ref();
    Ok(CarryingCharge {
        id: row.charge.id,
        order_id: order_of(row),
        tab: row.charge.tab,
        total: row.charge.total()?,
        state: row.state,
        payment_url: session
            .filter(|_| row.state == ChargeState::Open)
            .map(|session| session.url.clone()),
        expires_at: row.charge.expires_at,
        paid_at: row.paid_at,
    })
}
