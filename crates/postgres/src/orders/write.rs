//! Writing what the rules decided: one statement a table, whatever the number of orders.

use std::collections::BTreeMap;

use futures::join;
use udam_domain::account::SessionDigest;
use udam_domain::id::{AccountId, ListingId};
use udam_domain::order::{IdempotencyKey, NewOrder, NewToken, OrderState};
use udam_domain::payment::PaymentRoute;
use udam_domain::time::Timestamp;
use udam_domain::units::Units;
use uuid::Uuid;

use crate::transaction::Transaction;

const MOVE_STOCK: &str = include_str!("sql/move_stock.sql");
const INSERT_ORDERS: &str = include_str!("sql/insert_orders.sql");
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

/// Every statement of [`place`].
const STATEMENTS: [&str; 5] = [
    MOVE_STOCK,
    MOVE_TABS,
    INSERT_ORDERS,
    INSERT_TOKENS,
    NOTE_USES,
];

/// Writes newly placed orders with all that goes with them, in one pipelined round trip. The statements
/// are prepared beforehand, so that they run in this order: a token after its order.
pub(super) async fn place(
    tx: &Transaction<'_>,
    orders: &[&NewOrder],
    used: &[SessionUse],
) -> Written {
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
    let tokens: Vec<IssuedToken> = orders.iter().filter_map(|order| token_of(order)).collect();
    tx.prepare_all(&STATEMENTS).await?;
    let (stock, tabs, inserted, issued, noted) = join!(
        move_stock(tx, &stock),
        move_tabs(tx, &owed),
        insert_orders(tx, orders),
        insert_tokens(tx, &tokens),
        note_uses(tx, used),
    );
    // The first that failed is the cause.
    stock.and(tabs).and(inserted).and(issued).and(noted)
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

fn token_of(order: &NewOrder) -> Option<IssuedToken> {
    Some(IssuedToken {
        token: order.token?,
        order_id: order.id.uuid(),
        listing_id: order.listing_id,
        buyer_id: order.buyer_id,
        seller_id: order.seller_id,
        units: order.units,
        issued_at: order.placed_at,
    })
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

async fn insert_orders(tx: &Transaction<'_>, orders: &[&NewOrder]) -> Written {
    if orders.is_empty() {
        return Ok(());
    }
    tx.run(
        INSERT_ORDERS,
        &[
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
        ],
    )
    .await
    .map(drop)
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

const NOTE_USES: &str = "\
-- orders::write::note_uses
UPDATE sessions SET last_seen_at = greatest(sessions.last_seen_at, used.at)
FROM unnest($1::bytea[], $2::timestamptz[]) AS used (token_digest, at)
WHERE sessions.token_digest = used.token_digest";

async fn note_uses(tx: &Transaction<'_>, used: &[SessionUse]) -> Written {
    if used.is_empty() {
        return Ok(());
    }
    let digests = column(used, |used| used.digest.as_bytes().as_slice());
    let instants = column(used, |used| used.at);
    tx.run(NOTE_USES, &[&digests, &instants]).await.map(drop)
}
