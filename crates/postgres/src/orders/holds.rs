//! Unpaid orders that hold units, by buyer and by network, and holds that were let go.

use std::collections::HashMap;
use std::net::IpAddr;

use futures::join;
use udam_domain::account::Network;
use udam_domain::id::{AccountId, OrderId};
use udam_domain::order::{Holds, LetGo, Move, Order, OrderBatch, StockEffect, TabCarrier};
use udam_domain::time::{SignedDuration, Timestamp, before};
use udam_domain::{StoreError, policy::HoldTerms};
use uuid::Uuid;

use crate::columns::Columns;
use crate::pool::PgPool;
use crate::predicates::{awaits_payment, open_tab_charge};
use crate::transaction::{Parameters, Transaction, TxResult};

const OPEN_ORDERS: &str = concat!(
    "\
-- orders::holds::open_orders
SELECT
    o.buyer_id, count(*) AS open,
    (array_agg(o.id ORDER BY o.id) FILTER (WHERE c.id IS NULL OR c.tab_minor > 0))[1] AS carrier
FROM orders o LEFT JOIN charges c ON c.order_id = o.id
WHERE o.buyer_id = ANY ($1) AND ",
    awaits_payment!("o"),
    " GROUP BY o.buyer_id"
);

const TABS_IN_CHECKOUT: &str = concat!(
    "\
-- orders::holds::tabs_in_checkout
SELECT DISTINCT c.buyer_id FROM charges c
WHERE c.buyer_id = ANY ($1) AND c.expires_at > $2 AND ",
    open_tab_charge!("c")
);

const LET_GO: &str = "\
-- orders::holds::let_go
SELECT buyer_id, listing_id, count, last_at FROM let_go_holds WHERE buyer_id = ANY ($1)";

const OF_NETWORKS: &str = concat!(
    "\
-- orders::holds::of_networks
SELECT o.network, count(*) AS open
FROM orders o JOIN tabs t ON t.account_id = o.buyer_id
WHERE o.network = ANY ($1) AND t.paid_at IS NULL AND ",
    awaits_payment!("o"),
    " GROUP BY o.network"
);

/// Reads the unpaid orders of these buyers, whose tabs the transaction has locked, and of these networks, and
/// passes them to the batch.
pub(super) async fn load(
    tx: &Transaction<'_>,
    batch: &mut OrderBatch,
    buyers: &[AccountId],
    networks: &[Network],
    now: Timestamp,
) -> TxResult<()> {
    let ids: Vec<Uuid> = buyers.iter().map(|id| id.uuid()).collect();
    let addresses: Vec<IpAddr> = networks.iter().map(|network| network.address()).collect();
    tx.prepare_all(&[OPEN_ORDERS, TABS_IN_CHECKOUT, LET_GO, OF_NETWORKS])
        .await?;
    let of_buyers: Parameters<'_> = &[&ids];
    let at_this_time: Parameters<'_> = &[&ids, &now];
    let at_these: Parameters<'_> = &[&addresses];
    let (open, in_checkout, let_go, of_networks) = join!(
        tx.rows(OPEN_ORDERS, of_buyers),
        tx.rows(TABS_IN_CHECKOUT, at_this_time),
        tx.rows(LET_GO, of_buyers),
        tx.rows(OF_NETWORKS, at_these),
    );
    let mut holds: HashMap<AccountId, Holds> =
        buyers.iter().map(|id| (*id, Holds::default())).collect();
    for row in in_checkout? {
        let buyer: AccountId = row.read("buyer_id")?;
        holds.entry(buyer).or_default().tab_carrier = Some(TabCarrier::Tab);
    }
    for row in open? {
        let buyer: AccountId = row.read("buyer_id")?;
        let of_buyer = holds.entry(buyer).or_default();
        of_buyer.open = saturated(row.read("open")?);
        let carrier: Option<OrderId> = row.read("carrier")?;
        of_buyer.tab_carrier = carrier.map(TabCarrier::Order).or(of_buyer.tab_carrier);
    }
    for row in let_go? {
        let buyer: AccountId = row.read("buyer_id")?;
        let let_go = LetGo {
            count: saturated(row.read("count")?),
            last_at: row.read("last_at")?,
        };
        let of_buyer = holds.entry(buyer).or_default();
        of_buyer.let_go.insert(row.read("listing_id")?, let_go);
    }
    let mut of_network = HashMap::new();
    for row in of_networks? {
        let network: IpAddr = row.read("network")?;
        of_network.insert(Network::of(network), saturated(row.read("open")?));
    }
    batch.know_holds(holds, of_network);
    Ok(())
}

fn saturated(count: i64) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

const RECORD_LET_GO: &str = "\
-- orders::holds::record_let_go
INSERT INTO let_go_holds AS known (buyer_id, listing_id, count, last_at)
SELECT buyer_id, listing_id, count(*), $3
FROM unnest($1::uuid[], $2::uuid[]) AS ended (buyer_id, listing_id)
GROUP BY buyer_id, listing_id
ON CONFLICT (buyer_id, listing_id) DO UPDATE
SET count = known.count + excluded.count, last_at = greatest(known.last_at, excluded.last_at)";

/// Records the holds that these moves let go. The transaction has locked the tabs of the buyers.
pub(super) async fn record_let_go(
    tx: &Transaction<'_>,
    moves: &[(&Order, Move)],
    at: Timestamp,
) -> Result<(), tokio_postgres::Error> {
    let ended = moves
        .iter()
        .filter(|(_, step)| step.stock == StockEffect::HeldToAvailable)
        .map(|(order, _)| (order.buyer_id.uuid(), order.listing_id.uuid()));
    let (buyers, listings): (Vec<Uuid>, Vec<Uuid>) = ended.unzip();
    if buyers.is_empty() {
        return Ok(());
    }
    tx.run(RECORD_LET_GO, &[&buyers, &listings, &at])
        .await
        .map(drop)
}

pub(super) const FORGIVE: &str = "\
-- orders::holds::forgive
DELETE FROM let_go_holds WHERE buyer_id = $1";

const FORGET: &str = "\
-- orders::holds::forget
DELETE FROM let_go_holds WHERE last_at < $1";

/// Deletes records of holds that were let go so long ago that they keep nobody from anything.
pub(super) async fn forget(pool: &PgPool, now: Timestamp) -> Result<(), StoreError> {
    // Until then, each further one doubles the pause.
    let kept = HoldTerms::LONGEST_PAUSE.saturating_add(SignedDuration::from_hours(24));
    let client = pool.client().await?;
    client.rows(FORGET, &[&before(now, kept)]).await?;
    Ok(())
}
