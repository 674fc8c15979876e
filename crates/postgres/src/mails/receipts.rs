//! Reads the payments and orders that mails tell of.

use udam_domain::id::{ChargeId, OrderId};
use udam_domain::mail::{Mail, Receipt, ReceiptLine};
use udam_domain::{StoreError, time::Timestamp};
use uuid::Uuid;

use crate::columns::Columns;
use crate::error::Unreadable;
use crate::transaction::{Transaction, TxResult};

const PAYMENT: &str = "\
-- mails::receipts::receipt
SELECT order_minor + tab_minor AS total_minor, currency, settled_at FROM charges
WHERE id = $1 AND settled_at IS NOT NULL";

// The order that it was made for, and the small ones that it clears.
const LINES: &str = "\
-- mails::receipts::receipt, orders
SELECT
    o.id, o.units, o.total_minor, o.currency, l.service_name, count(*) OVER () AS orders
FROM orders o JOIN listings l ON l.id = o.listing_id
WHERE o.id IN (
    SELECT id FROM orders WHERE charge_id = $1
    UNION SELECT order_id FROM charges WHERE id = $1 AND order_id IS NOT NULL
)
ORDER BY o.id LIMIT $2";

/// The receipt of a charge; `None` if it was not paid.
pub(super) async fn receipt(tx: &Transaction<'_>, charge: Uuid) -> TxResult<Option<Mail>> {
    let Some(row) = tx.row(PAYMENT, &[&charge]).await? else {
        return Ok(None);
    };
    let total = row.read_money("total_minor")?;
    let paid_at: Timestamp = row.read("settled_at")?;
    let most = i64::try_from(Receipt::MOST_LINES).unwrap_or(i64::MAX);
    let rows = tx.rows(LINES, &[&charge, &most]).await?;
    let orders: u64 = match rows.first() {
        Some(first) => first.read("orders")?,
        None => 0,
    };
    let lines = rows.iter().map(|row| -> Result<_, Unreadable> {
        Ok(ReceiptLine {
            order_id: row.read("id")?,
            service_name: row.read("service_name")?,
            units: row.read("units")?,
            total: row.read_money("total_minor")?,
        })
    });
    let lines = lines.collect::<Result<Vec<_>, _>>()?;
    let listed = u64::try_from(lines.len()).unwrap_or(u64::MAX);
    Ok(Some(Mail::PaymentReceipt(Receipt {
        charge_id: ChargeId::from_uuid(charge),
        total,
        paid_at,
        lines,
        further: orders.saturating_sub(listed),
    })))
}

const UNPAID: &str = "\
-- mails::receipts::unpaid
SELECT o.total_minor, o.currency, l.service_name
FROM orders o JOIN listings l ON l.id = o.listing_id WHERE o.id = $1";

/// That an order was not paid.
pub(super) async fn unpaid(tx: &Transaction<'_>, order: Uuid) -> TxResult<Option<Mail>> {
    let row = tx.row(UNPAID, &[&order]).await?;
    let row = row.ok_or_else(|| StoreError::Failed("there is no such order".into()))?;
    Ok(Some(Mail::PaymentFailed {
        order_id: OrderId::from_uuid(order),
        service_name: row.read("service_name")?,
        total: row.read_money("total_minor")?,
    }))
}
