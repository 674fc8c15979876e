//! Moving orders: asks the state machine, under the locks of all that changes with the order.

use futures::FutureExt;
use udam_domain::audit::AuditAction;
use udam_domain::id::{ChargeId, OrderId};
use udam_domain::order::{
    CancelOrder, Move, Order, OrderEvent, RefundOrder, Transition, transition,
};
use udam_domain::policy::SweepPolicy;
use udam_domain::time::Timestamp;
use udam_domain::{ChangeOrderError, StoreError, error_chain};

use super::effects::{off_the_tabs, write_moves};
use super::locks::{lock_all, lock_one};
use super::move_tabs::move_tabs;
use crate::audit;
use crate::columns::Columns;
use crate::pool::PgPool;
use crate::predicates::awaits_payment;
use crate::transaction::{Parameters, Transaction, TxError};

type Change<T> = Result<T, TxError<ChangeOrderError>>;

pub(super) async fn cancel(pool: &PgPool, cancel: CancelOrder) -> Result<Order, ChangeOrderError> {
    pool.transaction(move |tx| {
        async move {
            let order = lock_one(tx, cancel.order_id).await?;
            let order = order.filter(|order| order.buyer_id == cancel.buyer.account_id);
            let order = order.ok_or(TxError::Abort(ChangeOrderError::NotFound))?;
            let Some(step) = asked(&order, OrderEvent::CanceledByBuyer)? else {
                return Ok(order);
            };
            write_moves(tx, &[(&order, step)], cancel.at, None).await?;
            Ok(ended(order, step, cancel.at))
        }
        .boxed()
    })
    .await
}

pub(super) async fn refund(pool: &PgPool, refund: RefundOrder) -> Result<Order, ChangeOrderError> {
    pool.transaction(move |tx| {
        async move {
            let order = lock_one(tx, refund.order_id).await?;
            let order = order.filter(|order| order.seller_id == refund.seller.account_id);
            let order = order.ok_or(TxError::Abort(ChangeOrderError::NotFound))?;
            let Some(step) = asked(&order, OrderEvent::Refunded(refund.units))? else {
                return Ok(order);
            };
            write_moves(tx, &[(&order, step)], refund.at, None).await?;
            // What a charge has paid for is refunded by the provider; what is unpaid is taken off the tab.
            if !owe_back(tx, &order, &refund).await? {
                move_tabs(tx, &off_the_tabs(&[(&order, step)])).await?;
            }
            let subject = order.id.uuid();
            audit::record(
                tx,
                AuditAction::OrderRefunded,
                &refund.seller,
                refund.at,
                subject,
            )
            .await?;
            Ok(ended(order, step, refund.at))
        }
        .boxed()
    })
    .await
}

/// The move that a buyer or a seller has requested; `None` if the order is in that state already.
fn asked(order: &Order, event: OrderEvent) -> Change<Option<Move>> {
    match transition(order.state, event) {
        Transition::Move(step) => Ok(Some(step)),
        Transition::Unchanged => Ok(None),
        Transition::Refused => Err(TxError::Abort(ChangeOrderError::InvalidState(order.state))),
    }
}

/// The order after a move that has closed it, as cancelling and refunding do.
fn ended(order: Order, step: Move, at: Timestamp) -> Order {
    Order {
        state: step.to,
        lapses_at: None,
        payment_url: None,
        closed_at: Some(at),
        ..order
    }
}

const LOCK_CHARGE: &str = "\
-- orders::moves::owe_back, lock
SELECT c.id FROM charges c JOIN orders o ON o.charge_id = c.id
WHERE o.id = $1 AND c.state = 'paid'
FOR NO KEY UPDATE OF c";

// An operator may have refunded a part of the payment at the provider: that is what the provider has reported
// beyond the refunds sent to it. It would reject a refund of more than is left.
const OWE_BACK: &str = "\
-- orders::moves::owe_back, insert
WITH given AS (
    SELECT
        coalesce(sum(r.amount_minor), 0) AS ours,
        -- A refund that is claimed may have been sent without being recorded as sent.
        coalesce(
            sum(r.amount_minor) FILTER (WHERE coalesce(r.sent_at, r.claimed_until) IS NOT NULL), 0
        ) AS sent
    FROM refunds r WHERE r.charge_id = $1
),
owed AS (
    SELECT least(
        o.total_minor,
        c.order_minor + c.tab_minor - given.ours - greatest(0, c.refunded_minor - given.sent)
    )::bigint AS minor
    FROM orders o, charges c, given
    WHERE o.id = $2 AND c.id = $1
)
INSERT INTO refunds (
    id, charge_id, order_id, amount_minor, given_elsewhere_minor, currency, created_at
)
SELECT $3, $1, o.id, owed.minor, o.total_minor - owed.minor, o.currency, $4
FROM orders o, owed
WHERE o.id = $2 AND owed.minor > 0";

/// Inserts the refund of what a charge has paid for this order; `false` if no charge has.
async fn owe_back(tx: &Transaction<'_>, order: &Order, refund: &RefundOrder) -> Change<bool> {
    let order = order.id.uuid();
    let Some(charge) = tx.row(LOCK_CHARGE, &[&order]).await? else {
        return Ok(false);
    };
    let (charge, id): (ChargeId, _) = (charge.read("id")?, refund.refund_id.uuid());
    let columns: Parameters<'_> = &[&charge.uuid(), &order, &id, &refund.at];
    tx.run(OWE_BACK, columns).await?;
    Ok(true)
}

pub(super) async fn release_lapsed(
    pool: &PgPool,
    now: Timestamp,
    limit: u16,
) -> Result<Vec<OrderId>, StoreError> {
    let candidates = lapsed(pool, now, limit).await?;
    match release(pool, &candidates, now).await {
        // One order that cannot be released must not hold up the others.
        Err(StoreError::Failed(_)) if candidates.len() > 1 => {
            let mut released = Vec::new();
            for candidate in candidates {
                match release(pool, &[candidate], now).await {
                    Ok(one) => released.extend(one),
                    Err(error) => tracing::error!(
                        order = %candidate,
                        cause = error_chain(&error),
                        "a lapsed order could not be released"
                    ),
                }
            }
            Ok(released)
        }
        answer => answer,
    }
}

async fn release(
    pool: &PgPool,
    candidates: &[OrderId],
    now: Timestamp,
) -> Result<Vec<OrderId>, StoreError> {
    pool.transaction(|tx| {
        async move {
            let orders = lock_all(tx, candidates).await?;
            let moves: Vec<(&Order, Move)> = orders
                .iter()
                // Another server may have moved the order before it was locked.
                .filter(|order| order.lapses_at.is_some_and(|lapse| lapse <= now))
                .filter_map(|order| match transition(order.state, OrderEvent::Lapsed) {
                    Transition::Move(step) => Some((order, step)),
                    Transition::Unchanged | Transition::Refused => None,
                })
                .collect();
            write_moves(tx, &moves, now, None).await?;
            Ok(moves.iter().map(|(order, _)| order.id).collect())
        }
        .boxed()
    })
    .await
}

const LAPSED: &str = concat!(
    "\
-- orders::moves::lapsed
SELECT o.id FROM orders o
WHERE ",
    awaits_payment!("o"),
    " AND o.lapses_at <= $1
    AND (
        o.lapses_at <= $2
        OR NOT EXISTS (
            SELECT FROM charges c WHERE c.order_id = o.id AND c.payable AND c.session IS NOT NULL
        )
    )
ORDER BY o.lapses_at LIMIT $3"
);

async fn lapsed(pool: &PgPool, now: Timestamp, limit: u16) -> Result<Vec<OrderId>, StoreError> {
    let out_of_grace = SweepPolicy::default().lapsed_at(now).out_of_grace;
    let client = pool.client().await?;
    let found = client
        .rows(LAPSED, &[&now, &out_of_grace, &i64::from(limit)])
        .await?;
    Ok(found
        .iter()
        .map(|row| row.read("id"))
        .collect::<Result<_, _>>()?)
}
