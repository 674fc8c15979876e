//! The one statement that writes newly placed orders, however many.

use std::collections::BTreeMap;

use udam_domain::account::SessionDigest;
use udam_domain::id::AccountId;
use udam_domain::order::{IdempotencyKey, NewOrder, NewToken, StockDelta};
use udam_domain::time::Timestamp;
use uuid::Uuid;

use super::insert_tokens::insert_tokens_sql;
use super::move_stock::{StockArrays, update_stock};
use super::move_tabs::put_on_tabs;
use crate::arrays::column;
use crate::gateway::terms::stored_version;
use crate::transaction::{Parameters, Transaction};

pub(super) const WRITE_ORDERS: &str = concat!(
    "\
-- orders::write::write_orders
WITH placed AS (
    SELECT *
    FROM unnest(
        $1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::bigint[], $6::bigint[], $7::bigint[],
        $8::text[], $9::text[], $10::text[], $11::timestamptz[], $12::text[], $13::timestamptz[],
        $14::uuid[], $15::timestamptz[], $16::inet[], $28::int[]
    ) AS placed (
        id, buyer_id, seller_id, listing_id, units, price_minor, total_minor, currency, route, state,
        lapses_at, idempotency_key, created_at, token_id, token_expires_at, network,
        terms_version
    )
),
ordered AS (
    INSERT INTO orders (
        id, buyer_id, seller_id, listing_id, units, price_minor, total_minor, currency, route, state,
        lapses_at, idempotency_key, created_at, network, terms_version
    )
    SELECT
        id, buyer_id, seller_id, listing_id, units, price_minor, total_minor, currency, route, state,
        lapses_at, idempotency_key, created_at, network, terms_version
    FROM placed
),
moved AS (
",
    update_stock!("$17::uuid[], $18::bigint[], $19::bigint[], $20::bigint[], $21::bigint[]"),
    "
),
owed AS (
",
    put_on_tabs!("$22::uuid[], $23::bigint[], $24::timestamptz[]"),
    "
),
used AS (
    -- A use is not recorded rather than wait for a transaction that is ending the session.
    UPDATE sessions SET last_seen_at = greatest(sessions.last_seen_at, free.at)
    FROM (
        SELECT s.id, used.at
        FROM unnest($25::bytea[], $26::timestamptz[]) AS used (token_digest, at)
        JOIN sessions s ON s.token_digest = used.token_digest
        FOR NO KEY UPDATE OF s SKIP LOCKED
    ) AS free
    WHERE sessions.id = free.id
)
",
    insert_tokens_sql!("$27", "placed WHERE token_id IS NOT NULL")
);

/// A use of a session that is to be recorded.
pub(super) struct SessionUse {
    pub(super) digest: SessionDigest,
    /// Time of the use, UTC.
    pub(super) at: Timestamp,
}

/// Writes newly placed orders, with their stock, tabs and tokens, and uses of sessions. The transaction
/// holds the locks of what it writes, except those of the sessions, for which it does not wait.
pub(super) async fn write_orders(
    tx: &Transaction<'_>,
    orders: &[&NewOrder],
    used: &[SessionUse],
) -> Result<(), tokio_postgres::Error> {
    if orders.is_empty() && used.is_empty() {
        return Ok(());
    }
    let changes = orders
        .iter()
        .map(|order| (order.listing_id, StockDelta::of_new(order)));
    let stock = StockArrays::sum(changes);
    let mut owed: BTreeMap<AccountId, (i64, Timestamp)> = BTreeMap::new();
    for order in orders {
        if let Some(total) = order.put_on_tab() {
            let (sum, _) = owed.entry(order.buyer_id).or_insert((0, order.placed_at));
            *sum += total.minor();
        }
    }
    let parameters: Parameters<'_> = &[
        &column(orders, |order| order.id.uuid()),
        &column(orders, |order| order.buyer_id.uuid()),
        &column(orders, |order| order.seller_id.uuid()),
        &column(orders, |order| order.listing_id.uuid()),
        &column(orders, |order| i64::from(order.units.get())),
        &column(orders, |order| order.price_per_unit.minor()),
        &column(orders, |order| order.total.minor()),
        &column(orders, |order| order.total.currency().code()),
        &column(orders, |order| <&str>::from(order.route)),
        &column(orders, |order| <&str>::from(order.state)),
        &column(orders, |order| order.lapses_at),
        &column(orders, |order| {
            order.idempotency_key.as_ref().map(IdempotencyKey::as_str)
        }),
        &column(orders, |order| order.placed_at),
        &column(orders, |order| order.token.map(|token| token.id.uuid())),
        &column(orders, |order| order.token.map(|token| token.expires_at)),
        &column(orders, |order| {
            let held = order.network.filter(|_| order.lapses_at.is_some());
            held.map(|day| day.network.address())
        }),
        &stock.listings,
        &stock.available,
        &stock.held,
        &stock.sold,
        &stock.revenue_minor,
        &owed.keys().map(|id| id.uuid()).collect::<Vec<Uuid>>(),
        &owed.values().map(|(sum, _)| *sum).collect::<Vec<i64>>(),
        &owed
            .values()
            .map(|(_, since)| *since)
            .collect::<Vec<Timestamp>>(),
        &column(used, |used| used.digest.as_bytes().as_slice()),
        &column(used, |used| used.at),
        &<&str>::from(NewToken::STATE),
        &column(orders, |order| order.terms.map(stored_version)),
    ];
    tx.run(WRITE_ORDERS, parameters).await.map(drop)
}
