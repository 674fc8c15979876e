use async_trait::async_trait;
use futures::FutureExt;
use tokio_postgres::Row;
use udam_domain::audit::{AuditAction, Reason};
use udam_domain::id::{ChargeId, OrderId};
use udam_domain::page::{Page, PageRequest};
use udam_domain::payment::{AlertKind, PaymentAlert};
use udam_domain::time::Timestamp;
use udam_domain::{
    AlertNumber, AlertStore, Applied, RaisedAlert, ResolveAlert, StoreError, WhichAlerts,
};

use crate::audit::{self, Change};
use crate::columns::{Cause, Columns, Stored, stored_as_text};
use crate::error::Unreadable;
use crate::paging;
use crate::pool::PgPool;
use crate::transaction::{Parameters, Transaction, TxResult};

stored_as_text!(AlertKind);

impl Stored for AlertNumber {
    type Column = i64;

    fn load(column: i64) -> Result<Self, Cause> {
        Ok(Self(column))
    }
}

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

    async fn page(
        &self,
        which: WhichAlerts,
        page: PageRequest<AlertNumber>,
    ) -> Result<Page<RaisedAlert, AlertNumber>, StoreError> {
        let statement = match which {
            WhichAlerts::Open => PAGE_OF_OPEN,
            WhichAlerts::All => PAGE_OF_ALL,
        };
        let before = page.after.map_or(i64::MAX, |after| after.0);
        let limit = paging::limit_plus_one(page.limit);
        let client = self.pool.client().await?;
        let found = client.rows(statement, &[&before, &limit]).await?;
        let alerts = found.iter().map(alert).collect::<Result<_, _>>()?;
        Ok(Page::from_surplus(
            alerts,
            page.limit,
            |raised: &RaisedAlert| raised.number,
        ))
    }

    async fn resolve(&self, resolve: ResolveAlert) -> Result<Option<RaisedAlert>, StoreError> {
        self.pool
            .transaction(|tx| self::resolve(tx, &resolve).boxed())
            .await
    }
}

/// Resolves an alert under its lock, which raising it takes as well.
async fn resolve(tx: &Transaction<'_>, request: &ResolveAlert) -> TxResult<Option<RaisedAlert>> {
    let number = request.number.0;
    let Some(row) = tx.row(LOCK, &[&number]).await? else {
        return Ok(None);
    };
    let known = alert(&row)?;
    if known.resolved_at.is_some() {
        return Ok(Some(known));
    }
    let note = request.note.as_ref().map(Reason::as_str);
    let by = request.by.map(|by| by.account_id.uuid());
    tx.run(RESOLVE, &[&number, &request.at, &note, &by]).await?;
    let (action, subject) = if known.alert.kind == AlertKind::Complaint {
        let order = known.alert.subject.parse().ok();
        (AuditAction::ComplaintResolved, order.map(OrderId::uuid))
    } else {
        let charge = known.alert.charge_id.map(ChargeId::uuid);
        (AuditAction::AlertResolved, charge)
    };
    let (before, after) = (
        format!("alert {number} open"),
        format!("alert {number} resolved"),
    );
    let changed = Change {
        reason: request.note.as_ref(),
        before: Some(&before),
        after: Some(&after),
    };
    audit::record_change(
        tx,
        action,
        request.by.as_ref(),
        request.at,
        subject,
        changed,
    )
    .await?;
    Ok(Some(RaisedAlert {
        resolved_at: Some(request.at),
        resolution: request.note.as_ref().map(Reason::to_string),
        ..known
    }))
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
        resolution: row.read("resolution")?,
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
    last_at = excluded.last_at, resolved_at = NULL, resolution = NULL, resolved_by = NULL
RETURNING a.number, NOT EXISTS (SELECT FROM known WHERE resolved_at IS NULL) AS is_new";

/// A statement that reads whole alerts. Its arguments are the path of its function and its conditions.
macro_rules! select_alerts {
    ($function:literal, $conditions:literal) => {
        concat!(
            "-- ",
            $function,
            "
SELECT number, kind, subject, charge_id, finding, count, first_at, last_at, resolved_at,
    CASE WHEN resolved_at IS NOT NULL THEN resolution END AS resolution
FROM alerts WHERE ",
            $conditions
        )
    };
}

const LIST: &str = select_alerts!(
    "PgAlertStore::list",
    "$1 OR resolved_at IS NULL ORDER BY number"
);

const PAGE_OF_OPEN: &str = select_alerts!(
    "PgAlertStore::page, open",
    "resolved_at IS NULL AND number < $1 ORDER BY number DESC LIMIT $2"
);

const PAGE_OF_ALL: &str = select_alerts!(
    "PgAlertStore::page, all",
    "number < $1 ORDER BY number DESC LIMIT $2"
);

const LOCK: &str = select_alerts!("alerts::resolve, lock", "number = $1 FOR NO KEY UPDATE");

const RESOLVE: &str = "\
-- alerts::resolve
UPDATE alerts SET resolved_at = $2, resolution = $3, resolved_by = $4 WHERE number = $1";
