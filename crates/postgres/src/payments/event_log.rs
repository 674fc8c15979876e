use std::collections::HashSet;

use async_trait::async_trait;
use udam_domain::payment::EventId;
use udam_domain::time::Timestamp;
use udam_domain::{PaymentEventLog, StoreError};

use crate::columns::Columns;
use crate::pool::PgPool;

/// Keeps in PostgreSQL how far the provider's list of events has been read.
#[derive(Clone)]
pub struct PgPaymentEventLog {
    pool: PgPool,
}

impl PgPaymentEventLog {
    /// A log over `pool`.
    #[must_use]
    pub const fn new(pool: PgPool) -> Self {
        Self { pool }
    }
}

#[async_trait]
impl PaymentEventLog for PgPaymentEventLog {
    async fn unknown(&self, events: &[EventId]) -> Result<HashSet<EventId>, StoreError> {
        let client = self.pool.client().await?;
        let ids: Vec<&str> = events.iter().map(EventId::as_str).collect();
        let found = client.rows(UNKNOWN, &[&ids]).await?;
        let ids = found.iter().map(|row| row.read("id").map(EventId::new));
        Ok(ids.collect::<Result<_, _>>()?)
    }

    async fn read_until(&self) -> Result<Option<Timestamp>, StoreError> {
        let client = self.pool.client().await?;
        let row = client.row(READ_UNTIL, &[]).await?;
        Ok(row.map(|row| row.read("until")).transpose()?)
    }

    async fn record_read(&self, until: Timestamp) -> Result<(), StoreError> {
        let client = self.pool.client().await?;
        client.run(RECORD_READ, &[&until]).await.map(drop)
    }
}

const UNKNOWN: &str = "\
-- PgPaymentEventLog::unknown
SELECT asked.id FROM unnest($1::text[]) AS asked (id)
WHERE NOT EXISTS (SELECT FROM payment_events e WHERE e.id = asked.id)";

const READ_UNTIL: &str = "\
-- PgPaymentEventLog::read_until
SELECT until FROM payment_events_seen";

const RECORD_READ: &str = "\
-- PgPaymentEventLog::record_read
INSERT INTO payment_events_seen (until) VALUES ($1)
ON CONFLICT (only_row) DO UPDATE SET until = greatest(payment_events_seen.until, $1)";
