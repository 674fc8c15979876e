use std::collections::BTreeMap;

use async_trait::async_trait;
use udam_domain::id::{AccountId, OrderId};
use udam_domain::order::{DailySales, Order, Sale, SalesPeriod};
use udam_domain::page::{Page, PageRequest};
use udam_domain::time::{Date, Timestamp, day_of};
use udam_domain::{OrderReader, StoreError};

use super::MemoryStore;
use super::data::{Data, missing, page};

#[async_trait]
impl OrderReader for MemoryStore {
    async fn find(&self, id: OrderId, viewer: AccountId) -> Result<Option<Order>, StoreError> {
        let found = self.read(|data| data.order(id));
        Ok(found.filter(|order| [order.buyer_id, order.seller_id].contains(&viewer)))
    }

    async fn of_buyer(
        &self,
        buyer: AccountId,
        request: PageRequest<OrderId>,
    ) -> Result<Page<Order, OrderId>, StoreError> {
        let wanted = |order: &Order| order.buyer_id == buyer;
        Ok(self.read(|data| data.order_page(request, wanted)))
    }

    async fn of_seller(
        &self,
        seller: AccountId,
        period: SalesPeriod,
        request: PageRequest<OrderId>,
    ) -> Result<Page<Sale, OrderId>, StoreError> {
        let wanted = |order: &Order| order.seller_id == seller && period.contains(order.created_at);
        self.read(|data| {
            let orders = data.order_page(request, wanted);
            let sale = |order: Order| {
                let buyer = data.accounts.get(&order.buyer_id).ok_or_else(missing)?;
                let buyer = buyer.account.name.clone();
                Ok(Sale { order, buyer })
            };
            Ok(Page {
                items: orders
                    .items
                    .into_iter()
                    .map(sale)
                    .collect::<Result<_, StoreError>>()?,
                next: orders.next,
            })
        })
    }

    async fn daily_sales(
        &self,
        seller: AccountId,
        since: Timestamp,
    ) -> Result<Vec<DailySales>, StoreError> {
        self.read(|data| {
            let mut days: BTreeMap<Date, DailySales> = BTreeMap::new();
            for row in data.orders.values() {
                let Some(order) = data.order(row.order.id) else {
                    continue;
                };
                let own = order.seller_id == seller && order.created_at >= since;
                if !own || !order.state.is_sold(order.token_id.is_some(), row.returned) {
                    continue;
                }
                let day = day_of(order.created_at);
                let none = DailySales::none(day, order.total.currency());
                let sales = days.entry(day).or_insert(none);
                sales.units = sales.units.saturating_add(order.units.get().into());
                if order.state.is_revenue() {
                    sales.revenue = sales.revenue.checked_add(order.total)?;
                }
            }
            Ok(days.into_values().collect())
        })
    }
}

impl Data {
    fn order_page(
        &self,
        request: PageRequest<OrderId>,
        wanted: impl Fn(&Order) -> bool,
    ) -> Page<Order, OrderId> {
        let ids = self.orders.keys().rev();
        let orders = ids.filter_map(|id| self.order(*id));
        page(orders.filter(wanted), request, |order| order.id)
    }
}
