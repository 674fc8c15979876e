//! The orders and the stock of a round, as the database has them.

use std::time::{Duration, Instant};

use anyhow::Result;
use tokio::time::sleep;
use tokio_postgres::{IsolationLevel, Row};
use udam_domain::id::{ListingId, OrderId};

use super::violations::{RECOVERY_TIMEOUT, Violations};
use crate::catalogue::Catalogue;
use crate::cluster::Postgres;
use crate::load::OrderAttempt;

/// All orders and all stock of a round, read in one transaction.
#[derive(Debug, Clone)]
pub(super) struct Snapshot {
    pub(super) orders: Vec<OrderRow>,
    /// In the order of [`Catalogue::listings`].
    pub(super) stock: Vec<StockRow>,
}

/// An order and its tokens.
#[derive(Debug, Clone)]
pub(super) struct OrderRow {
    pub(super) id: String,
    /// Index in [`Catalogue::listings`].
    pub(super) listing: usize,
    pub(super) key: Option<String>,
    pub(super) units: i64,
    pub(super) state: String,
    /// Number of tokens.
    pub(super) tokens: i64,
    /// Sum of the units of its tokens.
    pub(super) token_units: i64,
}

/// The units of a listing.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct StockRow {
    pub(super) listed: i64,
    pub(super) available: i64,
    pub(super) held: i64,
    pub(super) sold: i64,
}

const ORDERS: &str = "
    SELECT o.listing_id, o.id, o.idempotency_key, o.units, o.state,
        count(t.id), coalesce(sum(t.units), 0)::bigint
    FROM orders o LEFT JOIN tokens t ON t.order_id = o.id
    WHERE o.listing_id = ANY ($1) GROUP BY o.id";

const STOCK: &str = "
    SELECT listing_id, listed, available, held, sold
    FROM listing_stock WHERE listing_id = ANY ($1)";

impl Snapshot {
    pub(super) async fn read(postgres: &Postgres, catalogue: &Catalogue) -> Result<Self> {
        let listings = catalogue.listings.iter().map(|listing| listing.id.parse());
        let listings: Vec<ListingId> = listings.collect::<Result<_, _>>()?;
        let ids: Vec<_> = listings.iter().map(|listing| listing.uuid()).collect();
        let mut client = postgres.connect().await?;
        let transaction = client
            .build_transaction()
            .isolation_level(IsolationLevel::RepeatableRead)
            .read_only(true);
        let transaction = transaction.start().await?;
        let (orders, stock) = (
            transaction.query(ORDERS, &[&ids]).await?,
            transaction.query(STOCK, &[&ids]).await?,
        );
        let listing = |row: &Row| {
            let id = ListingId::from_uuid(row.get(0));
            let found = listings.iter().position(|listing| *listing == id);
            found.unwrap_or(usize::MAX)
        };
        let mut by_listing = vec![StockRow::default(); listings.len()];
        for row in &stock {
            if let Some(stock) = by_listing.get_mut(listing(row)) {
                *stock = StockRow {
                    listed: row.get(1),
                    available: row.get(2),
                    held: row.get(3),
                    sold: row.get(4),
                };
            }
        }
        let order = |row: &Row| OrderRow {
            id: OrderId::from_uuid(row.get(1)).to_string(),
            listing: listing(row),
            key: row.get(2),
            units: row.get(3),
            state: row.get(4),
            tokens: row.get(5),
            token_units: row.get(6),
        };
        Ok(Self {
            orders: orders.iter().map(order).collect(),
            stock: by_listing,
        })
    }

    /// The order that an attempt has placed, found by its key or, without one, by its units.
    pub(super) fn order_of(&self, attempt: &OrderAttempt) -> Option<&OrderRow> {
        let is_its = |order: &&OrderRow| {
            order.key == attempt.key
                && (attempt.key.is_some() || order.units == i64::from(attempt.units))
        };
        self.orders.iter().find(is_its)
    }
}

/// Waits until the servers have no statement in progress: requests whose client has gone may still run.
pub(super) async fn wait_until_idle(postgres: &Postgres) -> Result<Violations> {
    const BUSY: &str = "SELECT state || ' since ' || state_change || ': ' || query
                        FROM pg_stat_activity
                        WHERE application_name = 'udam' AND state <> 'idle'";
    let (client, started) = (postgres.connect().await?, Instant::now());
    loop {
        let busy = client.query(BUSY, &[]).await?;
        if busy.is_empty() {
            return Ok(Violations::new());
        }
        if started.elapsed() > RECOVERY_TIMEOUT {
            let busy = busy.iter().map(|row| row.get::<_, String>(0));
            return Ok(busy.map(|what| format!("still {what}")).collect());
        }
        sleep(Duration::from_millis(20)).await;
    }
}
