//! Charges as rows.

use tokio_postgres::Row;
use udam_domain::StoreError;
use udam_domain::id::{ChargeId, OrderId};
use udam_domain::money::Money;
use udam_domain::payment::{
    Charge, ChargeState, ChargedOrder, CheckoutSession, PaymentRoute, ProviderReference,
};
use uuid::Uuid;

use crate::columns::Columns;
use crate::error::Unreadable;
use crate::transaction::{Transaction, TxResult};

const SELECT: &str = "\
SELECT
    c.id, c.buyer_id, c.order_id, c.order_minor, c.tab_minor, c.currency, c.state, c.session,
    c.session_url, c.payment, c.refunded_minor, c.expires_at, o.units,
    coalesce(c.service_name, l.service_name) AS service_name
FROM charges c
LEFT JOIN orders o ON o.id = c.order_id
LEFT JOIN listings l ON l.id = o.listing_id
";

/// A charge with what has become of it.
pub(super) struct ChargeRow {
    pub(super) charge: Charge,
    pub(super) state: ChargeState,
    /// The provider's id of its payment; `None` until it was paid.
    pub(super) payment: Option<ProviderReference>,
    /// Highest sum that the provider has reported as refunded.
    pub(super) reported: Money,
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
        charge,
        state: row.read("state")?,
        payment: row.read("payment")?,
        reported: row.read_money("refunded_minor")?,
    })
}

/// The charge, as it is now.
pub(super) async fn find<E: From<StoreError>>(
    tx: &Transaction<'_>,
    id: ChargeId,
) -> TxResult<Option<ChargeRow>, E> {
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
) -> TxResult<Option<ChargeId>, E> {
    let row = tx.row(OF_ORDER, &[&id.uuid()]).await?;
    Ok(row.map(|row| row.read("id")).transpose()?)
}

const OF_PAYMENT: &str = "\
-- payments::charge::of_payment
SELECT id FROM charges WHERE payment = $1
UNION ALL
SELECT charge_id FROM refunds WHERE other_payment = $1 AND attempts = 0";

/// The charge that has a payment of the provider's, or gives it back because it had been paid already.
pub(super) async fn of_payment<E: From<StoreError>>(
    tx: &Transaction<'_>,
    payment: &ProviderReference,
) -> TxResult<Option<ChargeId>, E> {
    let row = tx.row(OF_PAYMENT, &[&payment.as_str()]).await?;
    Ok(row.map(|row| row.read("id")).transpose()?)
}

const LOCK: &str = "\
-- payments::charge::lock
SELECT id FROM charges WHERE id = $1 FOR NO KEY UPDATE";

/// Locks a charge and returns it as of the lock.
pub(super) async fn lock<E: From<StoreError>>(
    tx: &Transaction<'_>,
    id: ChargeId,
) -> TxResult<Option<ChargeRow>, E> {
    tx.row(LOCK, &[&id.uuid()]).await?;
    find(tx, id).await
}

const LOCK_OF_ORDER: &str = "\
-- payments::charge::lock_of_order
SELECT c.id FROM charges c JOIN orders o ON o.charge_id = c.id
WHERE o.id = $1
FOR NO KEY UPDATE OF c";

/// Locks the charge that an order belongs to. Returns it as of the lock.
pub(super) async fn lock_of_order<E: From<StoreError>>(
    tx: &Transaction<'_>,
    order: OrderId,
) -> TxResult<Option<ChargeRow>, E> {
    match tx.row(LOCK_OF_ORDER, &[&order.uuid()]).await? {
        Some(row) => find(tx, row.read("id")?).await,
        None => Ok(None),
    }
}

const CLOSE: &str = "\
-- payments::charge::close_charges
UPDATE charges SET state = $2 WHERE order_id = ANY ($1) AND state = $3 RETURNING id";

/// Closes the open charges of orders that are no longer to be paid. Their sessions may still be paid until
/// the provider says otherwise.
pub(crate) async fn close_charges(
    tx: &Transaction<'_>,
    orders: &[Uuid],
) -> Result<(), tokio_postgres::Error> {
    let (open, closed): (&str, &str) = (ChargeState::Open.into(), ChargeState::Closed.into());
    let closed = tx.rows(CLOSE, &[&orders, &closed, &open]).await?;
    let closed: Vec<Uuid> = closed
        .iter()
        .map(|row| row.try_get("id"))
        .collect::<Result<_, _>>()?;
    let_go(tx, &closed).await
}

const LET_GO: &str = "\
-- payments::charge::let_go
UPDATE orders SET charge_id = NULL WHERE charge_id = ANY ($1) AND route = $2";

/// Puts the small orders that these charges carry back on the tab alone.
pub(super) async fn let_go(
    tx: &Transaction<'_>,
    charges: &[Uuid],
) -> Result<(), tokio_postgres::Error> {
    if charges.is_empty() {
        return Ok(());
    }
    let tab: &str = PaymentRoute::Tab.into();
    tx.run(LET_GO, &[&charges, &tab]).await.map(drop)
}
