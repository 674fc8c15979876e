//! The books: recomputed from the rows that record what happened, and held against the rows that say
//! how things stand.
//!
//! Per listing: what was listed is available, held or sold, as its orders say. Per buyer: the tab is
//! what the unpaid small orders come to. Per order: exactly the token and the payment that its state
//! calls for, and a buyer and a listing that exist. Per charge: what was paid is kept for an order or goes
//! back.

use std::fmt;

use futures::FutureExt;
use udam_domain::StoreError;
use udam_domain::id::{AccountId, ChargeId, ListingId, OrderId};
use uuid::Uuid;

use crate::PgPool;
use crate::transaction::{Transaction, TxError};

/// A row that does not fit the others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Discrepancy {
    /// Which row.
    pub subject: Subject,
    /// What does not fit.
    pub finding: String,
}

/// What a [`Discrepancy`] is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// A listing's stock.
    Listing(ListingId),
    /// A buyer's tab.
    Account(AccountId),
    /// An order with its token.
    Order(OrderId),
    /// A charge with what it paid for.
    Charge(ChargeId),
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Listing(id) => write!(f, "listing {id}"),
            Self::Account(id) => write!(f, "account {id}"),
            Self::Order(id) => write!(f, "order {id}"),
            Self::Charge(id) => write!(f, "charge {id}"),
        }
    }
}

impl fmt::Display for Discrepancy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.subject, self.finding)
    }
}

/// Recomputes the books and answers every row that does not fit, as of one instant: the marketplace
/// may be open meanwhile.
///
/// # Errors
/// [`StoreError`]
pub async fn verify(pool: &PgPool) -> Result<Vec<Discrepancy>, StoreError> {
    pool.transaction(|tx| {
        async move {
            // One snapshot for all checks, for as long as they take.
            tx.batch_execute(
                "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY;
                SET LOCAL statement_timeout = 0",
            )
            .await?;
            tx.plan_freely().await?;
            let mut found = stock(tx).await?;
            found.extend(tabs(tx).await?);
            found.extend(orders(tx).await?);
            found.extend(references(tx).await?);
            found.extend(charges(tx).await?);
            Ok::<_, TxError<StoreError>>(found)
        }
        .boxed()
    })
    .await
}

type Found = Result<Vec<Discrepancy>, tokio_postgres::Error>;

async fn stock(tx: &Transaction<'_>) -> Found {
    let subject = |id| Subject::Listing(ListingId::from_uuid(id));
    check(tx, include_str!("sql/stock.sql"), subject).await
}

async fn tabs(tx: &Transaction<'_>) -> Found {
    let subject = |id| Subject::Account(AccountId::from_uuid(id));
    check(tx, include_str!("sql/tabs.sql"), subject).await
}

async fn orders(tx: &Transaction<'_>) -> Found {
    let subject = |id| Subject::Order(OrderId::from_uuid(id));
    check(tx, include_str!("sql/orders.sql"), subject).await
}

async fn references(tx: &Transaction<'_>) -> Found {
    let subject = |id| Subject::Order(OrderId::from_uuid(id));
    check(tx, include_str!("sql/references.sql"), subject).await
}

async fn charges(tx: &Transaction<'_>) -> Found {
    let subject = |id| Subject::Charge(ChargeId::from_uuid(id));
    check(tx, include_str!("sql/charges.sql"), subject).await
}

async fn check(tx: &Transaction<'_>, statement: &str, subject: impl Fn(Uuid) -> Subject) -> Found {
    let rows = tx.query(statement, &[]).await?;
    rows.iter()
        .map(|row| {
            Ok(Discrepancy {
                subject: subject(row.try_get("id")?),
                finding: row.try_get("finding")?,
            })
        })
        .collect()
}
