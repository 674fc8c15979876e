//! Reads the listings, tokens and sales that notices tell of.

use udam_domain::StoreError;
use udam_domain::id::{AccountId, ListingId, OrderId, TokenId};
use udam_domain::mail::{
    ExpiringToken, ListingSales, Mail, NoticePolicy, SaleDigest, SoldOut, TokensExpiring, UnitsLow,
};
use udam_domain::order::OrderState;
use udam_domain::time::{Date, SignedDuration, Timestamp, after, start_of};
use udam_domain::token::TokenState;
use udam_domain::units::Units;
use uuid::Uuid;

use crate::columns::{Columns, unreadable};
use crate::error::Unreadable;
use crate::gateway::balances::balance;
use crate::order_states::states_where;
use crate::transaction::{Parameters, Transaction, TxResult};

const SOLD_OUT: &str = "\
-- mails::notices::sold_out
SELECT l.id, l.service_name, s.held
FROM listings l JOIN listing_stock s ON s.listing_id = l.id WHERE l.id = $1";

/// That a listing has sold out.
pub(super) async fn sold_out(tx: &Transaction<'_>, listing: Uuid) -> TxResult<Option<Mail>> {
    let row = tx.row(SOLD_OUT, &[&listing]).await?;
    let row = row.ok_or_else(|| StoreError::Failed("there is no such listing".into()))?;
    Ok(Some(Mail::ListingSoldOut(SoldOut {
        listing_id: row.read::<ListingId>("id")?,
        service_name: row.read("service_name")?,
        held: row.read("held")?,
    })))
}

const UNITS_LOW: &str = "\
-- mails::notices::units_low
SELECT t.id, t.listing_id, l.service_name, b.units, b.left_units
FROM tokens t
JOIN token_balances b ON b.token_id = t.id
JOIN listings l ON l.id = t.listing_id
WHERE t.id = $1 AND t.state = $2";

/// That few units of a token are left; `None` if it no longer grants access.
pub(super) async fn units_low(tx: &Transaction<'_>, token: Uuid) -> TxResult<Option<Mail>> {
    let active: &str = TokenState::Active.into();
    let Some(row) = tx.row(UNITS_LOW, &[&token, &active]).await? else {
        return Ok(None);
    };
    let units: u32 = row.read("units")?;
    let bought = Units::new(units.into());
    Ok(Some(Mail::UnitsLow(UnitsLow {
        token_id: row.read("id")?,
        listing_id: row.read("listing_id")?,
        service_name: row.read("service_name")?,
        left: balance(&row, "units")?.left(),
        bought: bought.map_err(|error| unreadable("units", error.into()))?,
    })))
}

// A balance is inserted with the first use.
const EXPIRING: &str = "\
-- mails::notices::tokens_expiring
SELECT id, service_name, expires_at, left_units, count(*) OVER () AS tokens
FROM (
    SELECT
        t.id, l.service_name, t.expires_at,
        coalesce(b.left_units, CASE WHEN o.terms_version IS NOT NULL THEN t.units END)::bigint AS left_units
    FROM tokens t
    JOIN orders o ON o.id = t.order_id
    JOIN listings l ON l.id = t.listing_id
    LEFT JOIN token_balances b ON b.token_id = t.id
    WHERE t.buyer_id = $1 AND t.state = $2 AND t.expires_at >= $3 AND t.expires_at < $4
        AND t.expires_at > t.created_at + make_interval(secs => $5)
) AS expiring
WHERE left_units IS DISTINCT FROM 0
ORDER BY expires_at, id LIMIT $6";

/// The tokens of an account that expire on a day; `None` if there are none that are of use.
pub(super) async fn tokens_expiring(
    tx: &Transaction<'_>,
    buyer: AccountId,
    day: Date,
) -> TxResult<Option<Mail>> {
    let active: &str = TokenState::Active.into();
    let (from, until) = bounds(day);
    let most = limit(TokensExpiring::MOST_LINES);
    let shortest = NoticePolicy::default().before_expiry.as_secs_f64();
    let parameters: Parameters<'_> = &[&buyer.uuid(), &active, &from, &until, &shortest, &most];
    let rows = tx.rows(EXPIRING, parameters).await?;
    let Some(first) = rows.first() else {
        return Ok(None);
    };
    let tokens: u64 = first.read("tokens")?;
    let lines = rows.iter().map(|row| -> Result<_, Unreadable> {
        Ok(ExpiringToken {
            token_id: row.read::<TokenId>("id")?,
            service_name: row.read("service_name")?,
            expires_at: row.read("expires_at")?,
            left: row.read("left_units")?,
        })
    });
    let lines = lines.collect::<Result<Vec<_>, _>>()?;
    Ok(Some(Mail::TokensExpiring(TokensExpiring {
        day,
        further: tokens.saturating_sub(count(lines.len())),
        lines,
    })))
}

// The beginning bounds ids, and leads to the seller's first order of the day. The end is not asked for by id: with both, the
// server would read everyone's orders between them.
const DIGEST: &str = "\
-- mails::notices::sale_digest
SELECT
    l.service_name, s.units, s.revenue_minor, s.currency, count(*) OVER () AS listings,
    (sum(s.orders) OVER ())::bigint AS all_orders, (sum(s.units) OVER ())::bigint AS all_units,
    (sum(s.revenue_minor) OVER ())::bigint AS all_revenue_minor
FROM (
    SELECT
        o.listing_id, o.currency, count(*) AS orders, sum(o.units)::bigint AS units,
        sum(o.total_minor)::bigint AS revenue_minor
    FROM orders o
    WHERE o.seller_id = $1 AND o.id >= $2 AND o.created_at < $3 AND o.state = ANY ($4)
    GROUP BY o.listing_id, o.currency
) AS s
JOIN listings l ON l.id = s.listing_id
ORDER BY s.revenue_minor DESC, l.id LIMIT $5";

/// The sales of a seller on a day; `None` if there are none.
pub(super) async fn sale_digest(
    tx: &Transaction<'_>,
    seller: AccountId,
    day: Date,
) -> TxResult<Option<Mail>> {
    let (from, until) = bounds(day);
    let first = OrderId::first_at(from).uuid();
    let sold = states_where(OrderState::is_revenue);
    let most = limit(SaleDigest::MOST_LINES);
    let parameters: Parameters<'_> = &[&seller.uuid(), &first, &until, &sold, &most];
    let rows = tx.rows(DIGEST, parameters).await?;
    let Some(top) = rows.first() else {
        return Ok(None);
    };
    let (orders, units, listings): (u64, u64, u64) = (
        top.read("all_orders")?,
        top.read("all_units")?,
        top.read("listings")?,
    );
    let lines = rows.iter().map(|row| -> Result<_, Unreadable> {
        Ok(ListingSales {
            service_name: row.read("service_name")?,
            units: row.read("units")?,
            revenue: row.read_money("revenue_minor")?,
        })
    });
    let lines = lines.collect::<Result<Vec<_>, _>>()?;
    Ok(Some(Mail::SaleDigest(SaleDigest {
        day,
        orders,
        units,
        revenue: top.read_money("all_revenue_minor")?,
        further: listings.saturating_sub(count(lines.len())),
        lines,
    })))
}

/// First instants of a day and of the next.
fn bounds(day: Date) -> (Timestamp, Timestamp) {
    let from = start_of(day);
    (from, after(from, SignedDuration::from_hours(24)))
}

fn limit(most: usize) -> i64 {
    i64::try_from(most).unwrap_or(i64::MAX)
}

fn count(lines: usize) -> u64 {
    u64::try_from(lines).unwrap_or(u64::MAX)
}
