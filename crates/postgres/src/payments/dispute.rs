//! Disputes as rows.

use std::collections::HashMap;

use udam_domain::StoreError;
use udam_domain::id::{ChargeId, OrderId};
use udam_domain::payment::{Dispute, DisputedOrder, ProviderReference, Taken};
use uuid::Uuid;

use crate::columns::{Columns, stored_as_text};
use crate::transaction::{Parameters, Transaction, TxResult};

stored_as_text!(Taken);

const OF_CHARGE: &str = "\
-- payments::dispute::of_charge
SELECT reference, amount_minor, currency, state, reported_at
FROM disputes WHERE charge_id = $1 ORDER BY reference";

const ORDERS_OF: &str = "\
-- payments::dispute::orders_of
SELECT dispute, order_id, taken FROM disputed_orders WHERE dispute = ANY ($1) ORDER BY order_id";

/// All disputes about a charge.
pub(super) async fn of_charge<E: From<StoreError>>(
    tx: &Transaction<'_>,
    charge: ChargeId,
) -> TxResult<Vec<Dispute>, E> {
    let found = tx.rows(OF_CHARGE, &[&charge.uuid()]).await?;
    if found.is_empty() {
        return Ok(Vec::new());
    }
    let mut disputes = Vec::new();
    for row in &found {
        disputes.push(Dispute {
            reference: row.read("reference")?,
            amount: row.read_money("amount_minor")?,
            state: row.read("state")?,
            reported_at: row.read("reported_at")?,
            orders: Vec::new(),
        });
    }
    let references: Vec<&str> = disputes
        .iter()
        .map(|dispute| dispute.reference.as_str())
        .collect();
    let mut orders: HashMap<ProviderReference, Vec<DisputedOrder>> = HashMap::new();
    for row in tx.rows(ORDERS_OF, &[&references]).await? {
        orders
            .entry(row.read("dispute")?)
            .or_default()
            .push(DisputedOrder {
                id: row.read("order_id")?,
                taken: row.read("taken")?,
            });
    }
    for dispute in &mut disputes {
        dispute.orders = orders.remove(&dispute.reference).unwrap_or_default();
    }
    Ok(disputes)
}

const WRITE: &str = "\
-- payments::dispute::write
INSERT INTO disputes (reference, charge_id, amount_minor, currency, state, reported_at)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (reference) DO UPDATE
SET amount_minor = excluded.amount_minor, state = excluded.state, reported_at = excluded.reported_at";

const WRITE_ORDERS: &str = "\
-- payments::dispute::write, the orders that it concerns
INSERT INTO disputed_orders (dispute, order_id, taken)
SELECT $1, order_id, taken FROM unnest($2::uuid[], $3::text[]) AS concerned (order_id, taken)
ON CONFLICT (dispute, order_id) DO UPDATE SET taken = excluded.taken";

/// Inserts disputes, or changes what is known of them.
pub(super) async fn write(
    tx: &Transaction<'_>,
    charge: ChargeId,
    disputes: &[Dispute],
) -> TxResult<()> {
    for dispute in disputes {
        let state: &str = dispute.state.into();
        let columns: Parameters<'_> = &[
            &dispute.reference.as_str(),
            &charge.uuid(),
            &dispute.amount.minor(),
            &dispute.amount.currency().code(),
            &state,
            &dispute.reported_at,
        ];
        tx.run(WRITE, columns).await?;
        let ids: Vec<Uuid> = dispute
            .orders
            .iter()
            .map(|order| OrderId::uuid(order.id))
            .collect();
        let taken: Vec<&str> = dispute
            .orders
            .iter()
            .map(|order| order.taken.into())
            .collect();
        let columns: Parameters<'_> = &[&dispute.reference.as_str(), &ids, &taken];
        tx.run(WRITE_ORDERS, columns).await?;
    }
    Ok(())
}

const ADOPT: &str = "\
-- payments::dispute::adopt
UPDATE disputes SET reference = $2
WHERE charge_id = $1 AND reference LIKE 'unknown:%'
    AND NOT EXISTS (SELECT FROM disputes WHERE reference = $2)";

/// Gives a dispute its id that was recorded before ids were: a charge had one at most.
pub(super) async fn adopt(
    tx: &Transaction<'_>,
    charge: ChargeId,
    reference: &ProviderReference,
) -> TxResult<()> {
    tx.run(ADOPT, &[&charge.uuid(), &reference.as_str()])
        .await?;
    Ok(())
}
