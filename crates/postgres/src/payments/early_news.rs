//! News of payments that are not known yet: it is kept, and applied when the payment comes.
//!
//! Whoever writes a payment down and whoever looks for it to hand it news take turns, by [`take_turn`]:
//! news that was kept while the payment was being written down would never be taken up.

use tokio_postgres::Row;
use udam_domain::id::ChargeId;
use udam_domain::money::Money;
use udam_domain::payment::{Payment, PaymentEventKind, ProviderReference};
use udam_domain::time::Timestamp;
use udam_domain::{Applied, StoreError};

use super::apply::Applying;
use super::{charge, consequences};
use crate::columns::Columns;
use crate::error::Unreadable;
use crate::transaction::{Parameters, Transaction};

const TAKE_TURN: &str = "\
-- payments::early_news::take_turn
SELECT pg_advisory_xact_lock(hashtextextended($1, 0))";

/// Waits until nobody else has to do with this payment; lasts until the transaction ends. What is read
/// of the payment afterwards is as of then.
pub(super) async fn take_turn(tx: &Transaction<'_>, payment: &ProviderReference) -> Applying<()> {
    tx.run(TAKE_TURN, &[&payment.as_str()]).await?;
    Ok(())
}

const KEEP: &str = "\
-- payments::early_news::keep
INSERT INTO payment_news (payment, news, refunded_minor, currency, at) VALUES ($1, $2, $3, $4, $5)";

pub(super) async fn keep(
    tx: &Transaction<'_>,
    payment: &ProviderReference,
    news: &PaymentEventKind,
    at: Timestamp,
) -> Applying<Applied> {
    let (name, refunded) = match news {
        PaymentEventKind::Refunded { refunded, .. } => ("refunded", Some(*refunded)),
        PaymentEventKind::Disputed { .. } => ("disputed", None),
        PaymentEventKind::DisputeClosed { won: true, .. } => ("dispute_won", None),
        PaymentEventKind::DisputeClosed { won: false, .. } => ("dispute_lost", None),
        PaymentEventKind::Paid { .. }
        | PaymentEventKind::Failed { .. }
        | PaymentEventKind::Expired { .. }
        | PaymentEventKind::Other => return Ok(Applied::Ignored),
    };
    let minor = refunded.map(Money::minor);
    let currency = refunded.map(|refunded| refunded.currency().code());
    let columns: Parameters<'_> = &[&payment.as_str(), &name, &minor, &currency, &at];
    tx.run(KEEP, columns).await?;
    Ok(Applied::Ignored)
}

const TAKE: &str = "\
-- payments::early_news::apply
DELETE FROM payment_news WHERE payment = $1 RETURNING id, news, refunded_minor, currency, at";

/// Applies what was told of `payment` before it came, in the order of its happening.
pub(super) async fn apply(
    tx: &Transaction<'_>,
    charge_id: ChargeId,
    payment: &Payment,
    at: Timestamp,
) -> Applying<()> {
    take_turn(tx, &payment.reference).await?;
    let mut told = Vec::new();
    for row in tx.rows(TAKE, &[&payment.reference.as_str()]).await? {
        let when: Timestamp = row.read("at")?;
        let number: i64 = row.read("id")?;
        told.push((when, number, news(&row, &payment.reference)?));
    }
    told.sort_by_key(|(when, number, _)| (*when, *number));
    for (_, _, news) in told {
        if let Some(row) = charge::find::<StoreError>(tx, charge_id).await? {
            consequences::of_news(tx, &row, &news, at).await?;
        }
    }
    Ok(())
}

fn news(row: &Row, payment: &ProviderReference) -> Result<PaymentEventKind, Unreadable> {
    let payment = payment.clone();
    let name: String = row.read("news")?;
    Ok(match name.as_str() {
        "refunded" => PaymentEventKind::Refunded {
            payment,
            refunded: row.read_money("refunded_minor")?,
        },
        "disputed" => PaymentEventKind::Disputed { payment },
        other => PaymentEventKind::DisputeClosed {
            payment,
            won: other == "dispute_won",
        },
    })
}
