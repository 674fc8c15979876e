//! What is left to do. A claim keeps two servers from taking up the same thing; it runs out by itself,
//! should the one that made it die.

use std::collections::HashSet;

use async_trait::async_trait;
use futures::FutureExt;
use tokio_postgres::Row;
use udam_domain::id::{ChargeId, OrderId, RefundId};
use udam_domain::payment::{EventId, ProviderReference, RefundDue};
use udam_domain::time::{SignedDuration, Timestamp, after, before};
use udam_domain::{OverdueCharge, PaymentBacklog, StoreError};

use super::apply;
use crate::PgPool;
use crate::columns::Columns;
use crate::error::Unreadable;
use crate::predicates::awaits_payment;

/// How long a server has for what it has claimed.
const CLAIM: SignedDuration = SignedDuration::from_secs(30);

/// How long the request that placed an order has to tell the provider itself.
const OWN_TIME: SignedDuration = SignedDuration::from_secs(10);

/// Finds unfinished payments in PostgreSQL.
#[derive(Clone)]
pub struct PgPaymentBacklog {
    pool: PgPool,
}

impl PgPaymentBacklog {
    /// A backlog over `pool`.
    #[must_use]
    pub const fn new(pool: PgPool) -> Self {
        Self { pool }
    }
}

#[async_trait]
impl PaymentBacklog for PgPaymentBacklog {
    async fn unsent(&self, now: Timestamp, limit: u16) -> Result<Vec<OrderId>, StoreError> {
        let client = self.pool.client().await?;
        let placed_by = before(now, OWN_TIME);
        let found = client
            .rows(UNSENT, &[&now, &placed_by, &i64::from(limit)])
            .await?;
        Ok(found
            .iter()
            .map(|row| row.read("id"))
            .collect::<Result<_, _>>()?)
    }

    async fn overdue(&self, now: Timestamp, limit: u16) -> Result<Vec<OverdueCharge>, StoreError> {
        let client = self.pool.client().await?;
        let found = client
            .rows(OVERDUE, &[&now, &after(now, CLAIM), &i64::from(limit)])
            .await?;
        Ok(found.iter().map(overdue).collect::<Result<_, _>>()?)
    }

    async fn close(&self, charge: ChargeId, at: Timestamp) -> Result<(), StoreError> {
        self.pool
            .transaction(|tx| apply::expire(tx, charge, at).boxed())
            .await
    }

    async fn refunds_owed(&self, now: Timestamp, limit: u16) -> Result<Vec<RefundDue>, StoreError> {
        let client = self.pool.client().await?;
        let found = client
            .rows(REFUNDS_OWED, &[&now, &after(now, CLAIM), &i64::from(limit)])
            .await?;
        Ok(found.iter().map(refund).collect::<Result<_, _>>()?)
    }

    async fn record_refund(
        &self,
        refund: RefundId,
        reference: ProviderReference,
    ) -> Result<(), StoreError> {
        let client = self.pool.client().await?;
        client
            .run(RECORD_REFUND, &[&refund.uuid(), &reference.as_str()])
            .await
            .map(drop)
    }

    async fn unknown(&self, events: &[EventId]) -> Result<HashSet<EventId>, StoreError> {
        let client = self.pool.client().await?;
        let ids: Vec<&str> = events.iter().map(EventId::as_str).collect();
        let found = client.rows(UNKNOWN, &[&ids]).await?;
        let ids = found.iter().map(|row| row.read("id").map(EventId::new));
        Ok(ids.collect::<Result<_, _>>()?)
    }

    async fn events_seen(&self, seen: Option<Timestamp>) -> Result<Timestamp, StoreError> {
        let client = self.pool.client().await?;
        let row = client.row(EVENTS_SEEN, &[&seen]).await?;
        Ok(row
            .map(|row| row.read("until"))
            .transpose()?
            .unwrap_or(Timestamp::UNIX_EPOCH))
    }
}

fn overdue(row: &Row) -> Result<OverdueCharge, Unreadable> {
    Ok(OverdueCharge {
        charge_id: row.read("id")?,
        session: row.read("session")?,
        since: row.read("expires_at")?,
    })
}

fn refund(row: &Row) -> Result<RefundDue, Unreadable> {
    Ok(RefundDue {
        id: row.read("id")?,
        charge_id: row.read("charge_id")?,
        payment: row.read("payment")?,
        amount: row.read_money("amount_minor")?,
    })
}

const UNSENT: &str = concat!(
    "\
-- PgPaymentBacklog::unsent
SELECT o.id FROM orders o LEFT JOIN charges c ON c.order_id = o.id
WHERE ",
    awaits_payment!("o"),
    " AND o.lapses_at > $1 AND o.created_at <= $2 AND c.session IS NULL
ORDER BY o.lapses_at LIMIT $3"
);

const OVERDUE: &str = "\
-- PgPaymentBacklog::overdue
UPDATE charges SET claimed_until = $2
WHERE id IN (
    SELECT id FROM charges
    WHERE payable AND (state = 'closed' OR expires_at <= $1)
        AND (claimed_until IS NULL OR claimed_until <= $1)
    ORDER BY expires_at LIMIT $3
    FOR NO KEY UPDATE SKIP LOCKED
)
RETURNING id, session, expires_at";

const REFUNDS_OWED: &str = "\
-- PgPaymentBacklog::refunds_owed
UPDATE refunds AS r SET claimed_until = $2
FROM charges c
WHERE c.id = r.charge_id AND r.id IN (
    SELECT id FROM refunds
    WHERE sent_at IS NULL AND (claimed_until IS NULL OR claimed_until <= $1)
    ORDER BY id LIMIT $3
    FOR NO KEY UPDATE SKIP LOCKED
)
RETURNING r.id, r.charge_id, r.amount_minor, r.currency, c.payment";

const RECORD_REFUND: &str = "\
-- PgPaymentBacklog::record_refund
UPDATE refunds SET reference = $2, sent_at = now() WHERE id = $1 AND sent_at IS NULL";

const UNKNOWN: &str = "\
-- PgPaymentBacklog::unknown
SELECT told.id FROM unnest($1::text[]) AS told (id)
WHERE NOT EXISTS (SELECT FROM payment_events e WHERE e.id = told.id)";

// A first look begins a day back: what happened before there was a database is not ours.
const EVENTS_SEEN: &str = "\
-- PgPaymentBacklog::events_seen
INSERT INTO payment_events_seen (until) VALUES (coalesce($1, now() - interval '1 day'))
ON CONFLICT (only_row) DO UPDATE
SET until = greatest(payment_events_seen.until, coalesce($1, payment_events_seen.until))
RETURNING until";
