use async_trait::async_trait;
use futures::FutureExt;
use tokio_postgres::Row;
use udam_domain::audit::AuditAction;
use udam_domain::complaint::{
    Complaint, ComplaintReason, EarlierComplaints, SendComplaint, complain,
};
use udam_domain::id::{AccountId, OrderId};
use udam_domain::time::{Timestamp, before};
use udam_domain::{ComplaintStore, SendComplaintError, StoreError};

use crate::alerts;
use crate::audit;
use crate::columns::{Columns, stored_as_text};
use crate::error::Unreadable;
use crate::orders::{lock_tabs, lock_these};
use crate::pool::PgPool;
use crate::transaction::{Parameters, Transaction, TxError, TxResult};

stored_as_text!(ComplaintReason);

/// Keeps buyers' complaints in PostgreSQL.
#[derive(Clone)]
pub struct PgComplaintStore {
    pool: PgPool,
}

impl PgComplaintStore {
    /// A store over `pool`.
    #[must_use]
    pub const fn new(pool: PgPool) -> Self {
        Self { pool }
    }
}

#[async_trait]
impl ComplaintStore for PgComplaintStore {
    async fn send(&self, request: SendComplaint) -> Result<Complaint, SendComplaintError> {
        self.pool.transaction(|tx| send(tx, &request).boxed()).await
    }

    async fn latest(
        &self,
        order: OrderId,
        buyer: AccountId,
    ) -> Result<Option<Complaint>, StoreError> {
        let client = self.pool.client().await?;
        let found = client.row(LATEST, &[&order.uuid(), &buyer.uuid()]).await?;
        Ok(found.as_ref().map(complaint).transpose()?)
    }
}

/// Takes a complaint under the locks of the buyer's tab, at which the complaints of one buyer queue, and of the order.
async fn send(
    tx: &Transaction<'_>,
    request: &SendComplaint,
) -> TxResult<Complaint, SendComplaintError> {
    let buyer = request.buyer.account_id;
    lock_tabs(tx, &[buyer]).await?;
    let order = lock_these(tx, &[request.order_id]).await?.pop();
    let order = order.ok_or(TxError::Abort(SendComplaintError::NotFound))?;
    let latest = tx.row(LATEST, &[&order.id.uuid(), &buyer.uuid()]).await?;
    let latest = latest.as_ref().map(complaint).transpose()?;
    let earlier = EarlierComplaints {
        is_open: latest.is_some_and(|latest| latest.is_open()),
        recent: recent(tx, buyer, request.at).await?,
    };
    let complaint =
        complain(&order, &earlier, request).map_err(|refused| TxError::Abort(refused.into()))?;
    let alert = alerts::raise(tx, &complaint.alert(), request.at).await?;
    let columns: Parameters<'_> = &[
        &order.id.uuid(),
        &buyer.uuid(),
        &complaint.reason.as_str(),
        &alert.number,
        &complaint.sent_at,
    ];
    tx.run(INSERT, columns).await?;
    let (action, subject) = (AuditAction::ComplaintSent, order.id.uuid());
    audit::record(tx, action, &request.buyer, request.at, subject).await?;
    Ok(complaint)
}

/// Times of the buyer's complaints that still count, the oldest first.
async fn recent(
    tx: &Transaction<'_>,
    buyer: AccountId,
    now: Timestamp,
) -> TxResult<Vec<Timestamp>, SendComplaintError> {
    let since = before(now, Complaint::PERIOD);
    let found = tx.rows(RECENT, &[&buyer.uuid(), &since]).await?;
    let times: Result<_, Unreadable> = found.iter().map(|row| row.read("created_at")).collect();
    Ok(times?)
}

pub(crate) fn complaint(row: &Row) -> Result<Complaint, Unreadable> {
    Ok(Complaint {
        order_id: row.read("order_id")?,
        reason: row.read("reason")?,
        sent_at: row.read("created_at")?,
        resolved_at: row.read("resolved_at")?,
    })
}

const LATEST: &str = "\
-- PgComplaintStore::latest
SELECT c.order_id, c.reason, c.created_at, a.resolved_at
FROM complaints c JOIN alerts a ON a.number = c.alert
WHERE c.order_id = $1 AND c.buyer_id = $2 ORDER BY c.id DESC LIMIT 1";

const RECENT: &str = "\
-- complaints::recent
SELECT created_at FROM complaints
WHERE buyer_id = $1 AND created_at > $2 ORDER BY created_at";

const INSERT: &str = "\
-- complaints::send
INSERT INTO complaints (order_id, buyer_id, reason, alert, created_at) VALUES ($1, $2, $3, $4, $5)";
