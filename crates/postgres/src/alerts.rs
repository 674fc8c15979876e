use async_trait::async_trait;
use futures::FutureExt;
use tokio_postgres::Row;
use udam_domain::id::ChargeId;
use udam_domain::payment::{AlertKind, PaymentAlert};
use udam_domain::time::Timestamp;
use udam_domain::{AlertStore, Applied, RaisedAlert, StoreError, WhichAlerts};

use crate::columns::{Columns, stored_as_text};
use crate::error::Unreadable;
use crate::pool::PgPool;
use crate::transaction::{Parameters, Transaction, TxResult};

stored_as_text!(AlertKind);

/// Keeps alerts in PostgreSQL.
#[derive(Clone)]
pub struct PgAlertStore {
    pool: PgPool,
}

impl PgAlertStore {
    /// A store over `pool`.
    #[must_use]
    pub const fn new(pool: PgPool) -> Self {
        Self { pool }
    }
}

#[async_trait]
impl AlertStore for PgAlertStore {
    async fn raise(&self, alert: &PaymentAlert, at: Timestamp) -> Result<bool, StoreError> {
        self.pool
            .transaction(|tx| raise(tx, alert, at).boxed())
            .await
            .map(|raised| raised.is_new)
    }

    async fn list(&self, which: WhichAlerts) -> Result<Vec<RaisedAlert>, StoreError> {
        let client = self.pool.client().await?;
        let all = which == WhichAlerts::All;
        let found = client.rows(LIST, &[&all]).await?;
        Ok(found.iter().map(alert).collect::<Result<_, _>>()?)
    }

    async fn resolve(&self, number: i64, at: Timestamp) -> Result<bool, StoreError> {
        let client = self.pool.client().await?;
        Ok(client.run(RESOLVE, &[&number, &at]).await? > 0)
    }
}

/// Raises the alerts of an event that was applied. Returns its result, with those alerts that an operator does
/// not know yet.
pub(crate) async fn applied(
    tx: &Transaction<'_>,
    alerts: Vec<PaymentAlert>,
    at: Timestamp,
) -> TxResult<Applied> {
    let mut new = Vec::new();
    for alert in alerts {
        if raise(tx, &alert, at).await?.is_new {
            new.push(alert);
        }
    }
    Ok(if new.is_empty() {
        Applied::Done
    } else {
        Applied::Alert(new)
    })
}

/// An alert that was raised.
pub(crate) struct Raised {
    pub(crate) number: i64,
    /// Whether an operator does not know it yet.
    pub(crate) is_new: bool,
}

/// Raises an alert.
pub(crate) async fn raise<E: From<StoreError>>(
    tx: &Transaction<'_>,
    alert: &PaymentAlert,
    at: Timestamp,
) -> TxResult<Raised, E> {
    let kind: &str = alert.kind.into();
    let charge = alert.charge_id.map(ChargeId::uuid);
    let columns: Parameters<'_> = &[&kind, &alert.subject, &charge, &alert.finding, &at];
    let row = tx.one(RAISE, columns).await?;
    Ok(Raised {
        number: row.read("number")?,
        is_new: row.read("is_new")?,
    })
}

fn alert(row: &Row) -> Result<RaisedAlert, Unreadable> {
    Ok(RaisedAlert {
        number: row.read("number")?,
        alert: PaymentAlert {
            kind: row.read("kind")?,
            subject: row.read("subject")?,
            charge_id: row.read("charge_id")?,
            finding: row.read("finding")?,
        },
        count: row.read("count")?,
        first_at: row.read("first_at")?,
        last_at: row.read("last_at")?,
        resolved_at: row.read("resolved_at")?,
    })
}

const RAISE: &str = "\
-- alerts::raise
WITH known AS (SELECT resolved_at FROM alerts WHERE kind = $1 AND subject = $2)
INSERT INTO alerts AS a (kind, subject, charge_id, finding, first_at, last_at)
VALUES ($1, $2, $3, $4, $5, $5)
ON CONFLICT (kind, subject) DO UPDATE
SET
    charge_id = excluded.charge_id, finding = excluded.finding, count = a.count + 1,
    last_at = excluded.last_at, resolved_at = NULL
RETURNING a.number, NOT EXISTS (SELECT FROM known WHERE resolved_at IS NULL) AS is_new";

const LIST: &str = "\
-- PgAlertStore::list
SELECT number, kind, subject, charge_id, finding, count, first_at, last_at, resolved_at
FROM alerts WHERE $1 OR resolved_at IS NULL ORDER BY number";

const RESOLVE: &str = "\
-- PgAlertStore::resolve
UPDATE alerts SET resolved_at = coalesce(resolved_at, $2) WHERE number = $1";
