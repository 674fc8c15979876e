//! Amounts that buyers who have never paid put on their tabs, by network and day.

use std::collections::BTreeMap;
use std::net::IpAddr;

use udam_domain::StoreError;
use udam_domain::account::{Network, NetworkDay};
use udam_domain::id::AccountId;
use udam_domain::money::{Currency, Money};
use udam_domain::order::{NewOrder, PlaceOrder};
use udam_domain::time::{Date, Timestamp, day_of};
use uuid::Uuid;

use crate::columns::Columns;
use crate::pool::PgPool;
use crate::transaction::{Transaction, TxResult};

pub(super) const LOCK_NETWORKS: &str = "\
-- orders::networks::lock_networks
INSERT INTO new_tabs_by_network AS counted (network, day, minor)
SELECT DISTINCT placed.network, placed.day, 0
FROM unnest($1::uuid[], $2::inet[], $3::date[]) AS placed (buyer_id, network, day)
JOIN tabs t ON t.account_id = placed.buyer_id
WHERE t.paid_at IS NULL
ORDER BY 1, 2
ON CONFLICT (network, day) DO UPDATE SET minor = counted.minor
RETURNING network, day, minor";

/// Locks the networks and days of those of these orders whose buyers have never paid, and returns what they have
/// put on their tabs as of the lock. The transaction has locked the tabs.
pub(super) async fn lock_networks(
    tx: &Transaction<'_>,
    orders: &[(&PlaceOrder, AccountId)],
    currency: Currency,
) -> TxResult<Vec<(NetworkDay, Money)>> {
    let (mut buyers, mut networks, mut days): (Vec<Uuid>, Vec<IpAddr>, Vec<Date>) =
        (Vec::new(), Vec::new(), Vec::new());
    for (order, buyer) in orders {
        if let Some(network) = order.network {
            buyers.push(buyer.uuid());
            networks.push(network.address());
            days.push(day_of(order.placed_at));
        }
    }
    if buyers.is_empty() {
        return Ok(Vec::new());
    }
    let locked = tx.rows(LOCK_NETWORKS, &[&buyers, &networks, &days]).await?;
    let counted = locked.iter().map(|row| {
        let network: IpAddr = row.read("network")?;
        let day = NetworkDay {
            network: Network::of(network),
            day: row.read("day")?,
        };
        Ok((day, Money::new(row.read("minor")?, currency)))
    });
    counted.collect()
}

pub(super) const COUNT_TABS: &str = "\
-- orders::networks::count_tabs
UPDATE new_tabs_by_network AS counted SET minor = counted.minor + placed.minor
FROM unnest($1::inet[], $2::date[], $3::bigint[]) AS placed (network, day, minor)
WHERE counted.network = placed.network AND counted.day = placed.day";

/// Adds what these orders put on tabs of new buyers, whose networks the transaction has locked.
pub(super) async fn count_tabs(
    tx: &Transaction<'_>,
    orders: &[&NewOrder],
) -> Result<(), tokio_postgres::Error> {
    let mut sums: BTreeMap<NetworkDay, i64> = BTreeMap::new();
    for order in orders {
        if let Some(day) = order.network.filter(|_| order.put_on_tab().is_some()) {
            *sums.entry(day).or_default() += order.total.minor();
        }
    }
    if sums.is_empty() {
        return Ok(());
    }
    let networks: Vec<IpAddr> = sums.keys().map(|day| day.network.address()).collect();
    let days: Vec<Date> = sums.keys().map(|day| day.day).collect();
    let minor: Vec<i64> = sums.into_values().collect();
    tx.run(COUNT_TABS, &[&networks, &days, &minor])
        .await
        .map(drop)
}

const FORGET: &str = "\
-- orders::networks::forget
DELETE FROM new_tabs_by_network WHERE day < $1";

/// Deletes the counts of days that are over, for every server whose clock is less than a day off.
pub(super) async fn forget(pool: &PgPool, now: Timestamp) -> Result<(), StoreError> {
    let today = day_of(now);
    let yesterday = today.yesterday().unwrap_or(today);
    let client = pool.client().await?;
    client.rows(FORGET, &[&yesterday]).await?;
    Ok(())
}
