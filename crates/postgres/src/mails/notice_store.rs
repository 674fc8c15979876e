use async_trait::async_trait;
use futures::FutureExt;
use tokio_postgres::Error;
use udam_domain::id::OrderId;
use udam_domain::mail::{MailKind, NoticePolicy, Stretch, SweptNotice};
use udam_domain::order::OrderState;
use udam_domain::time::{Timestamp, day_of};
use udam_domain::token::TokenState;
use udam_domain::{NoticeStore, StoreError};

use crate::columns::Columns;
use crate::order_states::states_where;
use crate::pool::PgPool;
use crate::transaction::{Parameters, Transaction, TxResult};

/// Writes notices by the passing of time, and keeps how far it has got, in PostgreSQL.
#[derive(Debug, Clone)]
pub struct PgNoticeStore {
    pool: PgPool,
}

impl PgNoticeStore {
    /// A store over `pool`.
    #[must_use]
    pub const fn new(pool: PgPool) -> Self {
        Self { pool }
    }
}

#[async_trait]
impl NoticeStore for PgNoticeStore {
    async fn write_next(
        &self,
        notice: SweptNotice,
        policy: NoticePolicy,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.pool
            .transaction(|tx| write_next(tx, notice, policy, now).boxed())
            .await
    }
}

// Of several servers, one makes the row, and the others wait for that.
const BEGIN: &str = "\
-- mails::notice_store::write_next, first
INSERT INTO notice_progress (notice, through) VALUES ($1, $2) ON CONFLICT DO NOTHING";

// Whoever has the row is at it.
const LOCK: &str = "\
-- mails::notice_store::write_next, lock
SELECT through FROM notice_progress WHERE notice = $1 FOR UPDATE SKIP LOCKED";

const FIND: &str = "\
-- mails::notice_store::write_next, find
SELECT through FROM notice_progress WHERE notice = $1";

const ADVANCE: &str = "\
-- mails::notice_store::write_next, advance
UPDATE notice_progress SET through = $2 WHERE notice = $1";

async fn write_next(
    tx: &Transaction<'_>,
    notice: SweptNotice,
    policy: NoticePolicy,
    now: Timestamp,
) -> TxResult<bool> {
    let name: &str = notice.into();
    if tx.row(FIND, &[&name]).await?.is_none() {
        let first = policy.first(notice, now);
        tx.run(BEGIN, &[&name, &first]).await?;
    }
    let Some(row) = tx.row(LOCK, &[&name]).await? else {
        return Ok(false);
    };
    let through: Timestamp = row.read("through")?;
    let Some(stretch) = policy.next(notice, through, now) else {
        return Ok(false);
    };
    match notice {
        SweptNotice::TokensExpiring => tell_of_tokens(tx, stretch, policy, now).await?,
        SweptNotice::SaleDigest => tell_of_sales(tx, stretch, now).await?,
    }
    tx.run(ADVANCE, &[&name, &stretch.until]).await?;
    Ok(true)
}

// Rows are found by the times that their blocks have.
const TELL_OF_TOKENS: &str = "\
-- mails::notice_store::tell_of_tokens
INSERT INTO mails (kind, subject, account_id, facts, written_at, due_at)
SELECT
    $1::text, expiring.buyer_id || ':' || expiring.day, expiring.buyer_id,
    jsonb_build_object('day', expiring.day::text), $6::timestamptz, $6
FROM (
    SELECT DISTINCT buyer_id, (expires_at AT TIME ZONE 'UTC')::date AS day FROM tokens
    WHERE expires_at >= $2 AND expires_at < $3 AND state = $4
        AND expires_at > created_at + make_interval(secs => $5)
) AS expiring
ON CONFLICT ON CONSTRAINT mails_subject_key DO NOTHING";

async fn tell_of_tokens(
    tx: &Transaction<'_>,
    stretch: Stretch,
    policy: NoticePolicy,
    now: Timestamp,
) -> Result<(), Error> {
    let kind: &str = MailKind::TokensExpiring.into();
    let active: &str = TokenState::Active.into();
    let shortest = policy.before_expiry.as_secs_f64();
    let parameters: Parameters<'_> = &[
        &kind,
        &stretch.from,
        &stretch.until,
        &active,
        &shortest,
        &now,
    ];
    tx.run(TELL_OF_TOKENS, parameters).await.map(drop)
}

const TELL_OF_SALES: &str = "\
-- mails::notice_store::tell_of_sales
INSERT INTO mails (kind, subject, account_id, facts, written_at, due_at)
SELECT
    $1::text, sold.seller_id || ':' || $5::text, sold.seller_id, jsonb_build_object('day', $5::text),
    $6::timestamptz, $6
FROM (
    SELECT DISTINCT seller_id FROM orders WHERE id >= $2 AND id < $3 AND state = ANY ($4)
) AS sold
ON CONFLICT ON CONSTRAINT mails_subject_key DO NOTHING";

async fn tell_of_sales(
    tx: &Transaction<'_>,
    stretch: Stretch,
    now: Timestamp,
) -> Result<(), Error> {
    let kind: &str = MailKind::SaleDigest.into();
    let [from, until] =
        [stretch.from, stretch.until].map(|instant| OrderId::first_at(instant).uuid());
    let sold = states_where(OrderState::is_revenue);
    let day = day_of(stretch.from).to_string();
    let parameters: Parameters<'_> = &[&kind, &from, &until, &sold, &day, &now];
    tx.run(TELL_OF_SALES, parameters).await.map(drop)
}
