use async_trait::async_trait;
use udam_domain::id::{ChargeId, OrderId, RefundId};
use udam_domain::order::{Order, OrderState};
use udam_domain::payment::{ChargeEnd, ChargeState, RefundDue, RefundState, retry_at};
use udam_domain::policy::{Claim, FindPayable, FindUnsent};
use udam_domain::time::Timestamp;
use udam_domain::{OverdueCharge, PayableCharge, PaymentBacklog, StoreError};

use super::MemoryStore;
use super::data::{Data, missing};
use super::rows::{ChargeRow, RefundRow};

#[async_trait]
impl PaymentBacklog for MemoryStore {
    async fn unsent(&self, request: FindUnsent) -> Result<Vec<OrderId>, StoreError> {
        let unsent = |data: &Data| {
            let orders = data.orders.values().map(|row| &row.order);
            let waiting = orders.filter(|order| {
                order.state == OrderState::AwaitingPayment
                    && order.lapses_at.is_some_and(|lapse| lapse > request.now)
                    && order.created_at <= request.placed_by
                    && !data.has_session(order)
            });
            let mut first_lapsing: Vec<_> =
                waiting.map(|order| (order.lapses_at, order.id)).collect();
            first_lapsing.sort();
            first_lapsing
        };
        let ids = self.read(unsent).into_iter().map(|(_, id)| id);
        Ok(ids.take(request.limit.into()).collect())
    }

    async fn payable(&self, request: FindPayable) -> Result<Vec<PayableCharge>, StoreError> {
        let payable = |row: &ChargeRow| {
            let session = row.charge.session.as_ref()?;
            let can_be_paid = row.state == ChargeState::Open
                && row.payable
                && row.charge.expires_at > request.now
                && request.after.is_none_or(|after| row.charge.id > after);
            can_be_paid.then(|| PayableCharge {
                charge_id: row.charge.id,
                session: session.reference.clone(),
            })
        };
        Ok(self.read(|data| {
            let found = data.charges.values().filter_map(payable);
            found.take(request.limit.into()).collect()
        }))
    }

    async fn overdue(&self, claim: Claim) -> Result<Vec<OverdueCharge>, StoreError> {
        self.change(|data| {
            let overdue = data.charges.values_mut().filter(|row| {
                let should_end =
                    row.state == ChargeState::Closed || row.charge.expires_at <= claim.now;
                row.payable && should_end && is_free(row.claimed_until, &claim)
            });
            let mut first_expired: Vec<&mut ChargeRow> = overdue.collect();
            first_expired.sort_by_key(|row| (row.charge.expires_at, row.charge.id));
            let claimed = first_expired.into_iter().take(claim.limit.into());
            let claimed = claimed.map(|row| {
                row.claimed_until = Some(claim.until);
                let session = row.charge.session.clone();
                OverdueCharge {
                    charge_id: row.charge.id,
                    session: session.map(|session| session.reference),
                    since: row.charge.expires_at,
                }
            });
            Ok(claimed.collect())
        })
    }

    async fn close(&self, charge: ChargeId, at: Timestamp) -> Result<(), StoreError> {
        let closed = self.change(|data| data.end(charge, None, ChargeEnd::Expired, at));
        closed.map(drop)
    }

    async fn refunds_owed(&self, claim: Claim) -> Result<Vec<RefundDue>, StoreError> {
        self.change(|data| {
            let is_due = |row: &&mut RefundRow| {
                let begins = row.refund.not_before;
                row.refund.state == RefundState::Owed
                    && is_free(row.claimed_until, &claim)
                    && is_free(begins, &claim)
            };
            let mut claimed = Vec::new();
            let owed = data.refunds.values_mut().filter(is_due);
            for row in owed.take(claim.limit.into()) {
                row.claimed_until = Some(claim.until);
                let charge = data.charges.get(&row.charge);
                let payment = charge.and_then(|charge| charge.payment.clone());
                let payment = row.refund.other_payment.clone().or(payment);
                claimed.push(RefundDue {
                    id: row.refund.id,
                    charge_id: row.charge,
                    payment: payment.ok_or_else(missing)?,
                    amount: row.refund.amount,
                });
            }
            Ok(claimed)
        })
    }

    async fn postpone_refund(&self, id: RefundId, at: Timestamp) -> Result<bool, StoreError> {
        self.change(|data| {
            let row = data.refunds.get_mut(&id);
            let Some(row) = row.filter(|row| row.refund.state == RefundState::Owed) else {
                return Ok(false);
            };
            row.refund.attempts = row.refund.attempts.saturating_add(1);
            row.refund.not_before = retry_at(row.refund.attempts, at);
            row.claimed_until = None;
            Ok(true)
        })
    }
}

fn is_free(claimed_until: Option<Timestamp>, claim: &Claim) -> bool {
    claimed_until.is_none_or(|until| until <= claim.now)
}

impl Data {
    fn has_session(&self, order: &Order) -> bool {
        let charge = self.charge_of_order(order.id);
        let row = charge.and_then(|charge| self.charges.get(&charge));
        row.is_some_and(|row| row.charge.session.is_some())
    }
}
