//! Charges as rows.

use tokio_postgres::Row;
use udam_domain::StoreError;
use udam_domain::id::{ChargeId, OrderId};
use udam_domain::money::Money;
use udam_domain::payment::{Charge, ChargeState, ChargedOrder, CheckoutSession, ProviderReference};
use uuid::Uuid;

use crate::columns::Columns;
use crate::error::Unreadable;
use crate::transaction::{Transaction, TxError};

const SELECT: &str = include_str!("sql/select_charges.sql");

/// A charge with where it stands.
pub(super) struct ChargeRow {
    pub(super) charge: Charge,
    pub(super) state: ChargeState,
    /// What it asks for in all.
    pub(super) total: Money,
}

fn charge(row: &Row) -> Result<ChargeRow, Unreadable> {
    let session: Option<ProviderReference> = row.read("session")?;
    let url: Option<String> = row.read("session_url")?;
    let order_total = row.read_money("order_minor")?;
    let tab = row.read_money("tab_minor")?;
    let order = match row.read::<Option<OrderId>>("order_id")? {
        None => None,
        Some(id) => Some(ChargedOrder {
            id,
            service_name: row.read("service_name")?,
            units: row.read("units")?,
            total: order_total,
        }),
    };
    let charge = Charge {
        id: row.read("id")?,
        buyer_id: row.read("buyer_id")?,
        order,
        tab,
        expires_at: row.read("expires_at")?,
        session: session
            .zip(url)
            .map(|(reference, url)| CheckoutSession { reference, url }),
    };
    Ok(ChargeRow {
        total: Money::new(order_total.minor() + tab.minor(), tab.currency()),
        charge,
        state: row.read("state")?,
    })
}

/// The charge, as it is now.
pub(super) async fn find<E: From<StoreError>>(
    tx: &Transaction<'_>,
    id: ChargeId,
) -> Result<Option<ChargeRow>, TxError<E>> {
    let statement = format!("-- payments::charge::find\n{SELECT}WHERE c.id = $1");
    let row = tx.row(&statement, &[&id.uuid()]).await?;
    Ok(row.as_ref().map(charge).transpose()?)
}

const OF_ORDER: &str = "\
-- payments::charge::of_order
SELECT id FROM charges WHERE order_id = $1";

/// The charge that was made for an order.
pub(super) async fn of_order<E: From<StoreError>>(
    tx: &Transaction<'_>,
    id: OrderId,
) -> Result<Option<ChargeId>, TxError<E>> {
    let row = tx.row(OF_ORDER, &[&id.uuid()]).await?;
    Ok(row.map(|row| row.read("id")).transpose()?)
}

/// Which charge a payment of the provider's has paid.
pub(super) async fn of_payment<E: From<StoreError>>(
    tx: &Transaction<'_>,
    payment: &ProviderReference,
) -> Result<Option<ChargeRow>, TxError<E>> {
    let statement = format!("-- payments::charge::of_payment\n{SELECT}WHERE c.payment = $1");
    let row = tx.row(&statement, &[&payment.as_str()]).await?;
    Ok(row.as_ref().map(charge).transpose()?)
}

const LOCK: &str = "\
-- payments::charge::lock
SELECT id FROM charges WHERE id = $1 FOR NO KEY UPDATE";

/// Locks a charge and answers with it as of the lock.
pub(super) async fn lock<E: From<StoreError>>(
    tx: &Transaction<'_>,
    id: ChargeId,
) -> Result<Option<ChargeRow>, TxError<E>> {
    tx.row(LOCK, &[&id.uuid()]).await?;
    find(tx, id).await
}

const CLOSE: &str = "\
-- payments::charge::close_charges
UPDATE charges SET state = 'closed' WHERE order_id = ANY ($1) AND state = 'open' RETURNING id";

const LET_GO: &str = "\
-- payments::charge::let_go
UPDATE orders SET charge_id = NULL WHERE charge_id = ANY ($1) AND route = 'tab'";

/// Closes the charges of orders that are no longer to be paid; the small orders that they carried are
/// back on the tab alone. Their sessions may still be paid until the provider says otherwise.
pub(crate) async fn close_charges(
    tx: &Transaction<'_>,
    orders: &[Uuid],
) -> Result<(), tokio_postgres::Error> {
    let closed = tx.rows(CLOSE, &[&orders]).await?;
    let closed: Vec<Uuid> = closed
        .iter()
        .map(|row| row.try_get("id"))
        .collect::<Result<_, _>>()?;
    if closed.is_empty() {
        return Ok(());
    }
    tx.run(LET_GO, &[&closed]).await.map(drop)
}

/// Closes a charge whose session can no longer be paid.
pub(super) async fn close_unpayable(
    tx: &Transaction<'_>,
    charge: ChargeId,
) -> Result<(), tokio_postgres::Error> {
    const CLOSE_UNPAYABLE: &str = "\
-- payments::charge::close_unpayable
UPDATE charges SET payable = false, state = CASE state WHEN 'open' THEN 'closed' ELSE state END
WHERE id = $1 AND state <> 'paid'";

    if tx.run(CLOSE_UNPAYABLE, &[&charge.uuid()]).await? == 0 {
        return Ok(());
    }
    tx.run(LET_GO, &[&vec![charge.uuid()]]).await.map(drop)
}
