//! Writing what the rules decided, whatever the number of orders.

use std::collections::BTreeMap;

use udam_domain::account::SessionDigest;
use udam_domain::id::{AccountId, ListingId};
use udam_domain::order::{IdempotencyKey, NewOrder, NewToken, OrderState};
use udam_domain::payment::PaymentRoute;
use udam_domain::time::Timestamp;
use udam_domain::units::Units;
use uuid::Uuid;

use crate::transaction::{Parameters, Transaction};

const MOVE_STOCK: &str = include_str!("sql/move_stock.sql");
const INSERT_TOKENS: &str = include_str!("sql/insert_tokens.sql");

type Written = Result<(), tokio_postgres::Error>;

/// What becomes of a listing's stock, each a signed number of units, and of its revenue.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct StockDelta {
    pub(super) available: i64,
    pub(super) held: i64,
    pub(super) sold: i64,
    pub(super) revenue_minor: i64,
}

impl StockDelta {
    pub(super) fn merge(&mut self, other: Self) {
        self.available += other.available;
        self.held += other.held;
        self.sold += other.sold;
        self.revenue_minor += other.revenue_minor;
    }
}

/// A use of a session that is worth noting.
pub(super) struct SessionUse {
    pub(super) digest: SessionDigest,
    pub(super) at: Timestamp,
}

/// A token to be inserted, with the order it comes from.
pub(super) struct IssuedToken {
    pub(super) token: NewToken,
    pub(super) order_id: Uuid,
    pub(super) listing_id: ListingId,
    pub(super) buyer_id: AccountId,
    pub(super) seller_id: AccountId,
    pub(super) units: Units,
    pub(super) issued_at: Timestamp,
}

/// One column of what is to be written.
fn column<'r, R, T>(rows: &'r [R], of: impl Fn(&'r R) -> T) -> Vec<T> {
    rows.iter().map(of).collect()
}

pub(super) const WRITE_ORDERS: &str = include_str!("sql/write_orders.sql");

/// Writes newly placed orders with all that goes with them, in one statement. What it writes it holds
/// the locks of already, or takes without waiting.
pub(super) async fn place(
    tx: &Transaction<'_>,
    orders: &[&NewOrder],
    used: &[SessionUse],
) -> Written {
    if orders.is_empty() && used.is_empty() {
        return Ok(());
    }
    let mut stock: BTreeMap<ListingId, StockDelta> = BTreeMap::new();
    let mut owed: BTreeMap<AccountId, i64> = BTreeMap::new();
    for order in orders {
        stock
            .entry(order.listing_id)
            .or_default()
            .merge(delta_of(order));
        if order.route == PaymentRoute::Tab {
            *owed.entry(order.buyer_id).or_default() += order.total.minor();
        }
    }
    let change = |of: fn(&StockDelta) -> i64| stock.values().map(of).collect::<Vec<i64>>();
    let columns: Parameters<'_> = &[
        &column(orders, |order| order.id.uuid()),
        &column(orders, |order| order.buyer_id.uuid()),
        &column(orders, |order| order.seller_id.uuid()),
        &column(orders, |order| order.listing_id.uuid()),
        &column(orders, |order| i64::from(order.units.get())),
        &column(orders, |order| order.price_per_unit.minor()),
        &column(orders, |order| order.total.minor()),
        &column(orders, |order| order.total.currency().code()),
        &column(orders, |order| order.route.as_str()),
        &column(orders, |order| order.state.as_str()),
        &column(orders, |order| order.lapses_at),
        &column(orders, |order| {
            order.idempotency_key.as_ref().map(IdempotencyKey::as_str)
        }),
        &column(orders, |order| order.placed_at),
        &column(orders, |order| order.token.map(|token| token.id.uuid())),
        &column(orders, |order| order.token.map(|token| token.expires_at)),
        &stock.keys().map(|id| id.uuid()).collect::<Vec<Uuid>>(),
        &change(|change| change.available),
        &change(|change| change.held),
        &change(|change| change.sold),
        &change(|change| change.revenue_minor),
        &owed.keys().map(|id| id.uuid()).collect::<Vec<Uuid>>(),
        &owed.values().copied().collect::<Vec<i64>>(),
        &column(used, |used| used.digest.as_bytes().as_slice()),
        &column(used, |used| used.at),
    ];
    tx.run(WRITE_ORDERS, columns).await.map(drop)
}

fn delta_of(order: &NewOrder) -> StockDelta {
    let units = i64::from(order.units.get());
    let delta = StockDelta {
        available: -units,
        ..StockDelta::default()
    };
    if order.state == OrderState::AwaitingPayment {
        StockDelta {
            held: units,
            ..delta
        }
    } else {
        StockDelta {
            sold: units,
            revenue_minor: order.total.minor(),
            ..delta
        }
    }
}

pub(super) async fn move_stock(
    tx: &Transaction<'_>,
    changes: &BTreeMap<ListingId, StockDelta>,
) -> Written {
    if changes.is_empty() {
        return Ok(());
    }
    let listings: Vec<Uuid> = changes.keys().map(|id| id.uuid()).collect();
    let column = |of: fn(&StockDelta) -> i64| changes.values().map(of).collect::<Vec<i64>>();
    tx.run(
        MOVE_STOCK,
        &[
            &listings,
            &column(|change| change.available),
            &column(|change| change.held),
            &column(|change| change.sold),
            &column(|change| change.revenue_minor),
        ],
    )
    .await
    .map(drop)
}

const MOVE_TABS: &str = "\
-- orders::write::move_tabs
UPDATE tabs SET open_minor = tabs.open_minor + change.minor
FROM unnest($1::uuid[], $2::bigint[]) AS change (account_id, minor)
WHERE tabs.account_id = change.account_id";

pub(crate) async fn move_tabs(tx: &Transaction<'_>, owed: &BTreeMap<AccountId, i64>) -> Written {
    if owed.is_empty() {
        return Ok(());
    }
    let accounts: Vec<Uuid> = owed.keys().map(|id| id.uuid()).collect();
    let minor: Vec<i64> = owed.values().copied().collect();
    tx.run(MOVE_TABS, &[&accounts, &minor]).await.map(drop)
}

pub(super) async fn insert_tokens(tx: &Transaction<'_>, tokens: &[IssuedToken]) -> Written {
    if tokens.is_empty() {
        return Ok(());
    }
    tx.run(
        INSERT_TOKENS,
        &[
            &column(tokens, |issued| issued.token.id.uuid()),
            &column(tokens, |issued| issued.order_id),
            &column(tokens, |issued| issued.listing_id.uuid()),
            &column(tokens, |issued| issued.buyer_id.uuid()),
            &column(tokens, |issued| issued.seller_id.uuid()),
            &column(tokens, |issued| i64::from(issued.units.get())),
            &column(tokens, |issued| issued.issued_at),
            &column(tokens, |issued| issued.token.expires_at),
        ],
    )
    .await
    .map(drop)
}
