//! Unfinished work, claimed so that two servers do not do it at once.

use async_trait::async_trait;
use futures::FutureExt;
use tokio_postgres::Row;
use udam_domain::id::{ChargeId, OrderId, RefundId};
use udam_domain::payment::{ChargeState, RefundDue, retry_at};
use udam_domain::policy::{Claim, FindPayable, FindUnsent};
use udam_domain::time::Timestamp;
use udam_domain::{OverdueCharge, PayableCharge, PaymentBacklog, StoreError};
use uuid::Uuid;

use super::end;
use crate::columns::Columns;
use crate::error::Unreadable;
use crate::pool::PgPool;
use crate::predicates::{awaits_payment, is_owed};
use crate::transaction::{Parameters, Transaction, TxResult};

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
    async fn unsent(&self, request: FindUnsent) -> Result<Vec<OrderId>, StoreError> {
        let FindUnsent {
            now,
            placed_by,
            limit,
        } = request;
        let client = self.pool.client().await?;
        let found = client
            .rows(UNSENT, &[&now, &placed_by, &i64::from(limit)])
            .await?;
        Ok(found
            .iter()
            .map(|row| row.read("id"))
            .collect::<Result<_, _>>()?)
    }

    async fn payable(&self, request: FindPayable) -> Result<Vec<PayableCharge>, StoreError> {
        let FindPayable { now, after, limit } = request;
        let after = after.map_or(Uuid::nil(), ChargeId::uuid);
        let open: &str = ChargeState::Open.into();
        let client = self.pool.client().await?;
        let found = client
            .rows(PAYABLE, &[&now, &after, &i64::from(limit), &open])
            .await?;
        Ok(found.iter().map(payable).collect::<Result<_, _>>()?)
    }

    async fn overdue(&self, claim: Claim) -> Result<Vec<OverdueCharge>, StoreError> {
        let closed: &str = ChargeState::Closed.into();
        let client = self.pool.client().await?;
        let found = client
            .rows(
                OVERDUE,
                &[&claim.now, &claim.until, &i64::from(claim.limit), &closed],
            )
            .await?;
        let mut overdue: Vec<OverdueCharge> =
            found.iter().map(overdue).collect::<Result<_, _>>()?;
        // An update returns its rows in no order.
        overdue.sort_by_key(|charge| charge.since);
        Ok(overdue)
    }

    async fn close(&self, charge: ChargeId, at: Timestamp) -> Result<(), StoreError> {
        self.pool
            .transaction(|tx| end::expire(tx, charge, at).boxed())
            .await
    }

    async fn refunds_owed(&self, claim: Claim) -> Result<Vec<RefundDue>, StoreError> {
        let client = self.pool.client().await?;
        let found = client
            .rows(
                REFUNDS_OWED,
                &[&claim.now, &claim.until, &i64::from(claim.limit)],
            )
            .await?;
        let mut owed: Vec<RefundDue> = found.iter().map(refund).collect::<Result<_, _>>()?;
        owed.sort_by_key(|refund| refund.id);
        Ok(owed)
    }

    async fn postpone_refund(&self, refund: RefundId, at: Timestamp) -> Result<bool, StoreError> {
        self.pool
            .transaction(|tx| postpone(tx, refund, at).boxed())
            .await
    }
}

async fn postpone(tx: &Transaction<'_>, refund: RefundId, at: Timestamp) -> TxResult<bool> {
    let Some(row) = tx.row(LOCK_OWED, &[&refund.uuid()]).await? else {
        return Ok(false);
    };
    let attempts: i32 = row.read("attempts")?;
    let attempts = u16::try_from(attempts)
        .unwrap_or(u16::MAX)
        .saturating_add(1);
    let not_before = retry_at(attempts, at);
    let columns: Parameters<'_> = &[&refund.uuid(), &i32::from(attempts), &not_before];
    tx.run(POSTPONE, columns).await?;
    Ok(true)
}

fn payable(row: &Row) -> Result<PayableCharge, Unreadable> {
    Ok(PayableCharge {
        charge_id: row.read("id")?,
        session: row.read("session")?,
    })
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

const PAYABLE: &str = "\
-- PgPaymentBacklog::payable
SELECT id, session FROM charges
WHERE payable AND state = $4 AND session IS NOT NULL AND expires_at > $1 AND id > $2
ORDER BY id LIMIT $3";

const OVERDUE: &str = "\
-- PgPaymentBacklog::overdue
UPDATE charges SET claimed_until = $2
WHERE id IN (
    SELECT id FROM charges
    WHERE payable AND (state = $4 OR expires_at <= $1)
        AND (claimed_until IS NULL OR claimed_until <= $1)
    ORDER BY expires_at LIMIT $3
    FOR NO KEY UPDATE SKIP LOCKED
)
RETURNING id, session, expires_at";

const REFUNDS_OWED: &str = concat!(
    "\
-- PgPaymentBacklog::refunds_owed
UPDATE refunds AS r SET claimed_until = $2
FROM charges c
WHERE c.id = r.charge_id AND r.id IN (
    SELECT o.id FROM refunds o
    WHERE ",
    is_owed!("o"),
    " AND (o.claimed_until IS NULL OR o.claimed_until <= $1)
        AND (o.not_before IS NULL OR o.not_before <= $1)
    ORDER BY o.id LIMIT $3
    FOR NO KEY UPDATE SKIP LOCKED
)
RETURNING
    r.id, r.charge_id, r.amount_minor, r.currency, coalesce(r.other_payment, c.payment) AS payment"
);

const LOCK_OWED: &str = concat!(
    "\
-- PgPaymentBacklog::postpone_refund, lock
SELECT r.attempts FROM refunds r WHERE r.id = $1 AND ",
    is_owed!("r"),
    " FOR NO KEY UPDATE"
);

const POSTPONE: &str = "\
-- PgPaymentBacklog::postpone_refund
UPDATE refunds SET attempts = $2, not_before = $3, claimed_until = NULL WHERE id = $1";
