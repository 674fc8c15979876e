//! What the database says of a round.

use std::time::{Duration, Instant};

use anyhow::Result;
use tokio::time::sleep;
use tokio_postgres::{IsolationLevel, Row};
use udam_domain::id::{ListingId, OrderId};

use super::{BOUND, Wrongs};
use crate::fair::Fair;
use crate::load::Errand;
use crate::town::Postgres;

/// All orders and all stock of a round, as they were at one moment.
#[derive(Debug, Clone)]
pub(super) struct Ledger {
    pub(super) orders: Vec<Entry>,
    /// By stall.
    pub(super) stock: Vec<Stock>,
}

/// An order.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) id: String,
    pub(super) stall: usize,
    pub(super) key: Option<String>,
    pub(super) units: i64,
    pub(super) state: String,
    pub(super) tokens: i64,
    /// For how many units its tokens are.
    pub(super) token_units: i64,
}

/// The units of a stall.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Stock {
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

impl Ledger {
    pub(super) async fn read(postgres: &Postgres, fair: &Fair) -> Result<Self> {
        let listings = fair.stalls.iter().map(|stall| stall.listing.parse());
        let listings: Vec<ListingId> = listings.collect::<Result<_, _>>()?;
        let ids: Vec<_> = listings.iter().map(|listing| listing.uuid()).collect();
        let mut client = postgres.connect().await?;
        let moment = client
            .build_transaction()
            .isolation_level(IsolationLevel::RepeatableRead)
            .read_only(true);
        let moment = moment.start().await?;
        let (orders, stock) = (
            moment.query(ORDERS, &[&ids]).await?,
            moment.query(STOCK, &[&ids]).await?,
        );
        let stall = |row: &Row| {
            let id = ListingId::from_uuid(row.get(0));
            let found = listings.iter().position(|listing| *listing == id);
            found.unwrap_or(usize::MAX)
        };
        let mut by_stall = vec![Stock::default(); listings.len()];
        for row in &stock {
            if let Some(stock) = by_stall.get_mut(stall(row)) {
                *stock = Stock {
                    listed: row.get(1),
                    available: row.get(2),
                    held: row.get(3),
                    sold: row.get(4),
                };
            }
        }
        let entry = |row: &Row| Entry {
            id: OrderId::from_uuid(row.get(1)).to_string(),
            stall: stall(row),
            key: row.get(2),
            units: row.get(3),
            state: row.get(4),
            tokens: row.get(5),
            token_units: row.get(6),
        };
        Ok(Self {
            orders: orders.iter().map(entry).collect(),
            stock: by_stall,
        })
    }

    /// The order that somebody's asking has made: known by its key or, without one, by its units.
    pub(super) fn made_by(&self, errand: &Errand) -> Option<&Entry> {
        let is_its = |order: &&Entry| {
            order.key == errand.key
                && (errand.key.is_some() || order.units == i64::from(errand.units))
        };
        self.orders.iter().find(is_its)
    }
}

/// Waits until the servers have nothing under way in the database: requests that nobody waits for
/// may have gone on.
pub(super) async fn wait_until_idle(postgres: &Postgres) -> Result<Wrongs> {
    const BUSY: &str = "SELECT state || ' since ' || state_change || ': ' || query
                        FROM pg_stat_activity
                        WHERE application_name = 'udam' AND state <> 'idle'";
    let (client, began) = (postgres.connect().await?, Instant::now());
    loop {
        let busy = client.query(BUSY, &[]).await?;
        if busy.is_empty() {
            return Ok(Wrongs::new());
        }
        if began.elapsed() > BOUND {
            let busy = busy.iter().map(|row| row.get::<_, String>(0));
            return Ok(busy.map(|what| format!("still {what}")).collect());
        }
        sleep(Duration::from_millis(20)).await;
    }
}
