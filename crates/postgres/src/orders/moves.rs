//! Moving orders: asks the state machine, under the locks of all that changes with the order.

use std::collections::HashSet;

use futures::FutureExt;
use udam_domain::audit::AuditAction;
use udam_domain::id::OrderId;
use udam_domain::order::{
    self, CancelOrder, CanceledBy, ChangeRefused, Move, Order, RefundOrder, RefundedBy, Reservation,
};
use udam_domain::payment::{self, ChargeToRefund, GiveBack, OrderToRefund};
use udam_domain::policy::ReleaseLapsed;
use udam_domain::time::Timestamp;
use udam_domain::token::RevokeToken;
use udam_domain::{ChangeOrderError, StoreError, error_chain};
use uuid::Uuid;

use super::effects::write_moves;
use super::locks::{lock_all, lock_one};
use super::move_tabs::{take_off_tab, update_debt};
use crate::audit;
use crate::columns::Columns;
use crate::payments::{lock_charge_of, write_refunds};
use crate::pool::PgPool;
use crate::predicates::awaits_payment;
use crate::transaction::{Transaction, TxError, TxResult};

type Change<T> = TxResult<T, ChangeOrderError>;

pub(super) async fn cancel(pool: &PgPool, cancel: CancelOrder) -> Result<Order, ChangeOrderError> {
    pool.transaction(move |tx| {
        async move {
            let order = lock(tx, cancel.order_id).await?;
            let at = cancel.at;
            match order::cancel(&order, &cancel).map_err(refused)? {
                Some(step) => {
                    write_moves(tx, &[(&order, step)], at, None).await?;
                    let (action, subject) = (AuditAction::OrderCanceled, order.id.uuid());
                    match cancel.by {
                        CanceledBy::Party(actor) => {
                            audit::record(tx, action, &actor, at, subject).await?;
                        }
                        CanceledBy::Operator => {
                            audit::record_without_actor(tx, action, at, subject).await?;
                        }
                    }
                    Ok(order.moved(step, at))
                }
                None => Ok(order),
            }
        }
        .boxed()
    })
    .await
}

pub(super) async fn refund(pool: &PgPool, refund: RefundOrder) -> Result<Order, ChangeOrderError> {
    let refund = &refund;
    pool.transaction(move |tx| {
        async move {
            let order = lock(tx, refund.order_id).await?;
            let Some(step) = order::refund(&order, refund).map_err(refused)? else {
                return Ok(order);
            };
            let at = refund.at;
            write_moves(tx, &[(&order, step)], at, None).await?;
            let rule = |to_refund: &OrderToRefund, charge| {
                payment::give_back(to_refund, charge, refund.refund_id)
            };
            if give_back(tx, &order, at, rule).await? == GivenBack::Disputed {
                return Err(TxError::Abort(ChangeOrderError::DisputeOpen));
            }
            audit_refund(tx, &order, step, refund).await?;
            Ok(order.moved(step, at))
        }
        .boxed()
    })
    .await
}

async fn audit_refund(
    tx: &Transaction<'_>,
    order: &Order,
    step: Move,
    refund: &RefundOrder,
) -> Change<()> {
    let (action, at, subject) = (AuditAction::OrderRefunded, refund.at, order.id.uuid());
    match &refund.by {
        RefundedBy::Seller(seller) => audit::record(tx, action, seller, at, subject).await?,
        RefundedBy::Operator(operator, reason) => {
            let changed = audit::Change {
                reason: Some(reason),
                before: Some(order.state.into()),
                after: Some(step.to.into()),
            };
            let by = operator.actor();
            audit::record_change(tx, action, Some(&by), at, subject, changed).await?;
        }
    }
    Ok(())
}

async fn lock(tx: &Transaction<'_>, id: OrderId) -> Change<Order> {
    let order = lock_one(tx, id).await?;
    order.ok_or(TxError::Abort(ChangeOrderError::NotFound))
}

fn refused(refused: ChangeRefused) -> TxError<ChangeOrderError> {
    TxError::Abort(refused.into())
}

/// Refunds an order, whose lock the transaction holds, because its seller has revoked its token.
pub(crate) async fn refund_revoked<E: From<StoreError>>(
    tx: &Transaction<'_>,
    (order, step): (&Order, Move),
    request: &RevokeToken,
) -> TxResult<(), E> {
    let at = request.at;
    write_moves(tx, &[(order, step)], at, None).await?;
    let rule = |to_refund: &OrderToRefund, charge| {
        payment::give_back_revoked(to_refund, charge, request.refund_id)
    };
    give_back(tx, order, at, rule).await?;
    let subject = order.id.uuid();
    audit::record(tx, AuditAction::OrderRefunded, &request.by, at, subject).await?;
    Ok(())
}

/// Whether the money for an order can go back.
#[derive(Debug, PartialEq, Eq)]
enum GivenBack {
    Done,
    /// A dispute is open, and nothing was written.
    Disputed,
}

/// Writes what `rule` says has to go back for an order that is refunded.
async fn give_back<E: From<StoreError>>(
    tx: &Transaction<'_>,
    order: &Order,
    at: Timestamp,
    rule: impl FnOnce(&OrderToRefund, Option<ChargeToRefund>) -> GiveBack,
) -> TxResult<GivenBack, E> {
    let (charge_id, charge) = lock_charge_of(tx, order.id).await?.unzip();
    let to_refund = OrderToRefund {
        id: order.id,
        route: order.route,
        total: order.total,
    };
    match (rule(&to_refund, charge), charge_id) {
        (GiveBack::OffTheTab(amount), _) => {
            take_off_tab(tx, order.buyer_id, amount).await?;
            update_debt(tx, order.buyer_id).await?;
        }
        (GiveBack::ThroughProvider(refunds), Some(charge_id)) => {
            write_refunds(tx, charge_id, &refunds, at).await?;
        }
        (GiveBack::Disputed, _) => return Ok(GivenBack::Disputed),
        (GiveBack::Nothing | GiveBack::ThroughProvider(_), _) => {}
    }
    Ok(GivenBack::Done)
}

pub(super) async fn release_lapsed(
    pool: &PgPool,
    request: ReleaseLapsed,
) -> Result<Vec<OrderId>, StoreError> {
    let candidates = lapsed(pool, request).await?;
    match release(pool, &candidates, request).await {
        // One order that cannot be released must not hold up the others.
        Err(StoreError::Failed(_)) if candidates.len() > 1 => {
            let mut released = Vec::new();
            for candidate in candidates {
                match release(pool, &[candidate], request).await {
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

/// Another server may have moved an order between the look and the lock, or the provider may have said
/// something of its session.
async fn release(
    pool: &PgPool,
    candidates: &[OrderId],
    request: ReleaseLapsed,
) -> Result<Vec<OrderId>, StoreError> {
    pool.transaction(|tx| {
        async move {
            let orders = lock_all::<StoreError>(tx, candidates).await?;
            let payable = payable(tx, candidates).await?;
            let moves: Vec<(&Order, Move)> = orders
                .iter()
                .filter_map(|order| {
                    let reservation = Reservation {
                        state: order.state,
                        lapses_at: order.lapses_at,
                        may_be_paid: payable.contains(&order.id),
                    };
                    Some((order, order::release(&reservation, &request)?))
                })
                .collect();
            write_moves(tx, &moves, request.now, None).await?;
            Ok(moves.iter().map(|(order, _)| order.id).collect())
        }
        .boxed()
    })
    .await
}

const PAYABLE: &str = "\
-- orders::moves::payable
SELECT c.order_id, c.payable AND c.session IS NOT NULL AS may_be_paid
FROM charges c WHERE c.order_id = ANY ($1)";

/// Returns those of these orders that have a session that may still be paid at the provider.
async fn payable(tx: &Transaction<'_>, orders: &[OrderId]) -> TxResult<HashSet<OrderId>> {
    let ids: Vec<Uuid> = orders.iter().map(|id| id.uuid()).collect();
    let mut payable = HashSet::new();
    for row in tx.rows(PAYABLE, &[&ids]).await? {
        if row.read("may_be_paid")? {
            payable.insert(row.read("order_id")?);
        }
    }
    Ok(payable)
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

/// Orders that [`order::release`] would release, without locks: the first to lapse come first.
async fn lapsed(pool: &PgPool, request: ReleaseLapsed) -> Result<Vec<OrderId>, StoreError> {
    let ReleaseLapsed {
        now,
        out_of_grace,
        limit,
    } = request;
    let client = pool.client().await?;
    let found = client
        .rows(LAPSED, &[&now, &out_of_grace, &i64::from(limit)])
        .await?;
    Ok(found
        .iter()
        .map(|row| row.read("id"))
        .collect::<Result<_, _>>()?)
}
