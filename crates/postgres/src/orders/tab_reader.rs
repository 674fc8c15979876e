use async_trait::async_trait;
use tokio_postgres::Row;
use udam_domain::id::{AccountId, ChargeId, OrderId};
use udam_domain::money::Money;
use udam_domain::order::{Order, PaymentRoute, Tab, TabCarrier};
use udam_domain::page::{Page, PageRequest};
use udam_domain::payment::{CarryingCharge, ChargeState, TabOrder};
use udam_domain::{StoreError, TabReader};

use super::row::{self, select_orders};
use crate::columns::Columns;
use crate::error::Unreadable;
use crate::paging;
use crate::pool::PgPool;
use crate::predicates::{on_tab, open_carrying_charge, paid_carrying_charge, put_on_tab};
use crate::transaction::Parameters;

/// Reads tabs from PostgreSQL.
#[derive(Clone)]
pub struct PgTabReader {
    pool: PgPool,
}

impl PgTabReader {
    /// A reader over `pool`.
    #[must_use]
    pub const fn new(pool: PgPool) -> Self {
        Self { pool }
    }
}

const TAB: &str = "\
-- PgTabReader::tab
SELECT open_minor, currency, owed_since, paid_at IS NOT NULL AS has_paid FROM tabs WHERE account_id = $1";

// What no charge carries is read along one index as far as the page goes. What open charges carry is read whole: it
// is as much as a tab may hold.
const ORDERS: &str = select_orders!(
    "PgTabReader::orders",
    concat!(
        "\
WHERE o.id = ANY (ARRAY(
    WITH carried AS MATERIALIZED (
        SELECT o.id FROM charges k JOIN orders o ON o.charge_id = k.id
        WHERE k.buyer_id = ANY ($1) AND ",
        open_carrying_charge!("k"),
        " AND ",
        put_on_tab!("o"),
        " AND o.id < $2
    ),
    uncarried AS MATERIALIZED (
        SELECT o.id FROM orders o
        WHERE o.buyer_id = ANY ($1) AND ",
        on_tab!("o"),
        " AND o.id < $2
        ORDER BY o.buyer_id DESC, o.id DESC LIMIT $3
    )
    SELECT id FROM carried UNION ALL SELECT id FROM uncarried ORDER BY id DESC LIMIT $3
))
ORDER BY o.id DESC"
    )
);

/// A statement that reads charges that carry a tab. Its arguments are the path of its function and its conditions.
macro_rules! select_charges {
    ($function:literal, $($conditions:tt)+) => {
        concat!(
            "-- ",
            $function,
            "
SELECT
    c.id, c.order_id, c.order_minor, c.tab_minor, c.currency, c.state, c.session_url, c.expires_at,
    c.settled_at
FROM charges c
",
            $($conditions)+
        )
    };
}

const OPEN_CHARGES: &str = select_charges!(
    "PgTabReader::open_charges",
    concat!(
        "WHERE c.buyer_id = $1 AND ",
        open_carrying_charge!("c"),
        " ORDER BY c.id"
    )
);

const PAID_CHARGES: &str = select_charges!(
    "PgTabReader::paid_charges",
    concat!(
        "WHERE c.buyer_id = ANY ($1) AND ",
        paid_carrying_charge!("c"),
        " AND c.id < $2 ORDER BY c.buyer_id, c.id DESC LIMIT $3"
    )
);

const CHARGE: &str = select_charges!(
    "PgTabReader::charge",
    "WHERE c.id = $1 AND c.buyer_id = $2 AND c.tab_minor > 0"
);

// Sorted by the charge first, so that the orders of the charge are read, of which there are as many as a tab may
// hold, and not those of everyone from the newest on.
const CLEARED_ORDERS: &str = select_orders!(
    "PgTabReader::cleared_orders",
    concat!(
        "\
WHERE o.charge_id = ANY ($1) AND o.route = $4 AND o.id < $3 AND c.buyer_id = $2 AND ",
        paid_carrying_charge!("c"),
        " ORDER BY o.charge_id, o.id DESC LIMIT $5"
    )
);

#[async_trait]
impl TabReader for PgTabReader {
    async fn tab(&self, buyer: AccountId) -> Result<Option<Tab>, StoreError> {
        let client = self.pool.client().await?;
        let Some(row) = client.row(TAB, &[&buyer.uuid()]).await? else {
            return Ok(None);
        };
        Ok(Some(Tab {
            buyer_id: buyer,
            open: row.read_money("open_minor")?,
            owed_since: row.read("owed_since")?,
            has_paid: row.read("has_paid")?,
        }))
    }

    async fn orders(
        &self,
        buyer: AccountId,
        page: PageRequest<OrderId>,
    ) -> Result<Page<TabOrder, OrderId>, StoreError> {
        let before = paging::before(page.after.map(OrderId::uuid));
        let limit = paging::limit_plus_one(page.limit);
        let client = self.pool.client().await?;
        let found = client
            .rows(ORDERS, &[&[buyer.uuid()].as_slice(), &before, &limit])
            .await?;
        let orders = found.iter().map(tab_order).collect::<Result<_, _>>()?;
        Ok(Page::from_surplus(
            orders,
            page.limit,
            |found: &TabOrder| found.order.id,
        ))
    }

    async fn open_charges(&self, buyer: AccountId) -> Result<Vec<CarryingCharge>, StoreError> {
        let client = self.pool.client().await?;
        let found = client.rows(OPEN_CHARGES, &[&buyer.uuid()]).await?;
        Ok(found.iter().map(charge).collect::<Result<_, _>>()?)
    }

    async fn paid_charges(
        &self,
        buyer: AccountId,
        page: PageRequest<ChargeId>,
    ) -> Result<Page<CarryingCharge, ChargeId>, StoreError> {
        let before = paging::before(page.after.map(ChargeId::uuid));
        let limit = paging::limit_plus_one(page.limit);
        let client = self.pool.client().await?;
        let found = client
            .rows(PAID_CHARGES, &[&[buyer.uuid()].as_slice(), &before, &limit])
            .await?;
        let charges = found.iter().map(charge).collect::<Result<_, _>>()?;
        Ok(Page::from_surplus(
            charges,
            page.limit,
            |charge: &CarryingCharge| charge.id,
        ))
    }

    async fn charge(
        &self,
        id: ChargeId,
        buyer: AccountId,
    ) -> Result<Option<CarryingCharge>, StoreError> {
        let client = self.pool.client().await?;
        let found = client.row(CHARGE, &[&id.uuid(), &buyer.uuid()]).await?;
        Ok(found.as_ref().map(charge).transpose()?)
    }

    async fn cleared_orders(
        &self,
        charge: ChargeId,
        buyer: AccountId,
        page: PageRequest<OrderId>,
    ) -> Result<Page<Order, OrderId>, StoreError> {
        let before = paging::before(page.after.map(OrderId::uuid));
        let limit = paging::limit_plus_one(page.limit);
        let client = self.pool.client().await?;
        let charge = [charge.uuid()];
        let tab: &str = PaymentRoute::Tab.into();
        let parameters: Parameters<'_> =
            &[&charge.as_slice(), &buyer.uuid(), &before, &tab, &limit];
        let found = client.rows(CLEARED_ORDERS, parameters).await?;
        let orders = found.iter().map(row::order).collect::<Result<_, _>>()?;
        Ok(Page::from_surplus(orders, page.limit, |order: &Order| {
            order.id
        }))
    }
}

fn tab_order(row: &Row) -> Result<TabOrder, Unreadable> {
    let state: Option<ChargeState> = row.read("charge_state")?;
    let carrier = TabCarrier::of(row.read("charge_order_id")?);
    Ok(TabOrder {
        order: row::order(row)?,
        carried_by: state.map(|_open| carrier),
    })
}

fn charge(row: &Row) -> Result<CarryingCharge, Unreadable> {
    let tab = row.read_money("tab_minor")?;
    let order = row.read_money("order_minor")?;
    let state = row.read("state")?;
    let url: Option<String> = row.read("session_url")?;
    Ok(CarryingCharge {
        id: row.read("id")?,
        order_id: row.read("order_id")?,
        tab,
        total: Money::new(tab.minor().saturating_add(order.minor()), tab.currency()),
        state,
        payment_url: url.filter(|_| state == ChargeState::Open),
        expires_at: row.read("expires_at")?,
        paid_at: row.read("settled_at")?,
    })
}
