//! Opening charges: which existing one is used, what a new one carries, and what cannot be charged.

use super::charge::ChargeState;
use crate::account::Network;
use crate::id::{AccountId, ChargeId, OrderId};
use crate::money::{Money, MoneyError};
use crate::order::{Move, OrderEvent, OrderState, Transition, transition};
use crate::policy::{ChargeLimits, OrderPolicy, Unchargeable};
use crate::time::Timestamp;

/// Request for the charge of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChargeOrder {
    /// Identifier of the charge, should a new one be made.
    pub charge_id: ChargeId,
    /// The order to be paid.
    pub order_id: OrderId,
    /// The buyer; `None` when a sweep opens the charge.
    pub buyer_id: Option<AccountId>,
    /// Network that the request came from; `None` if it is unknown, or a sweep's.
    pub network: Option<Network>,
    /// Time of the request, UTC.
    pub at: Timestamp,
}

/// Request for a charge of the tab alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChargeTab {
    /// Identifier of the charge, should a new one be made.
    pub charge_id: ChargeId,
    /// The buyer, whose tab it is.
    pub buyer_id: AccountId,
    /// Network that the request came from; `None` if it is unknown.
    pub network: Option<Network>,
    /// Time of the request, UTC.
    pub at: Timestamp,
}

/// An order that is to be charged for, read under the locks of the order and of its buyer's tab.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OrderToCharge {
    /// Its identifier.
    pub id: OrderId,
    /// Its buyer.
    pub buyer_id: AccountId,
    /// Its state.
    pub state: OrderState,
    /// Its price.
    pub total: Money,
    /// The charge that was made for it, if one was.
    pub charge: Option<ChargeId>,
}

/// A fulfilled order on the tab that no charge carries, read under the lock of the tab.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UncarriedOrder {
    /// Its identifier, which grows with the time of placing.
    pub id: OrderId,
    /// Its price.
    pub total: Money,
}

/// A charge for the tab alone that was made before, read under the lock of the tab.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TabChargeSnapshot {
    /// Its identifier, which grows with the time of making.
    pub id: ChargeId,
    /// Its state.
    pub state: ChargeState,
    /// The end of its session at the provider.
    pub expires_at: Timestamp,
}

/// A charge to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCharge {
    /// Its identifier.
    pub id: ChargeId,
    /// The buyer who is to pay.
    pub buyer_id: AccountId,
    /// The order it is for, with its price. The order belongs to the charge from now on, and its
    /// reservation lapses at [`expires_at`](Self::expires_at). `None` if the charge is for the tab alone.
    pub order: Option<(OrderId, Money)>,
    /// The sum of the orders it carries.
    pub tab: Money,
    /// The orders on the tab that it carries. They belong to it from now on.
    pub carried: Vec<OrderId>,
    /// The end of its session at the provider.
    pub expires_at: Timestamp,
    /// Time of making, UTC.
    pub created_at: Timestamp,
}

/// Decision on a request for the charge of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OrderCharge {
    /// The order has this charge already.
    Existing(ChargeId),
    /// This charge is to be written.
    Open(NewCharge),
    /// Nothing could ever pay for the order: it moves so, and no charge is written.
    GiveUp(Move, Unchargeable),
    /// The order is another buyer's.
    NotFound,
    /// The order does not await payment.
    NotAwaited(OrderState),
}

/// Decision on a request for a charge of the tab alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TabCharge {
    /// This charge can be paid still.
    Existing(ChargeId),
    /// This charge is to be written.
    Open(NewCharge),
    /// There is nothing on the tab that no charge carries.
    NothingOwed,
    /// The tab cannot be charged, and stays as it is.
    Unchargeable(Unchargeable),
}

/// Decides which charge an order that awaits payment is paid by.
///
/// An order has one charge, however often it is requested. A new charge carries what is on the buyer's
/// tab besides, see [`NewCharge::carried`]: the oldest orders first, and as many as the provider can charge
/// for at once; nothing, if it could not charge for the order with any of them. The order's reservation runs anew from now, together with the session: the provider opens
/// none that ends sooner than its shortest hold, and a charge may be made long after its order.
///
/// An order that cannot be charged even together with the tab is canceled: it would only hold its units.
///
/// # Errors
/// Amounts overflow or differ in currency.
pub fn charge_order(
    request: &ChargeOrder,
    order: &OrderToCharge,
    uncarried: &[UncarriedOrder],
    policy: &OrderPolicy,
) -> Result<OrderCharge, MoneyError> {
    if request
        .buyer_id
        .is_some_and(|buyer| buyer != order.buyer_id)
    {
        return Ok(OrderCharge::NotFound);
    }
    if order.state != OrderState::AwaitingPayment {
        return Ok(OrderCharge::NotAwaited(order.state));
    }
    if let Some(charge) = order.charge {
        return Ok(OrderCharge::Existing(charge));
    }
    match carry(policy.charges(), order.total, uncarried)? {
        Ok((tab, carried)) => Ok(OrderCharge::Open(NewCharge {
            id: request.charge_id,
            buyer_id: order.buyer_id,
            order: Some((order.id, order.total)),
            tab,
            carried,
            expires_at: policy.reserved_until(request.at),
            created_at: request.at,
        })),
        Err(reason) => match transition(order.state, OrderEvent::PaymentFailed) {
            Transition::Move(step) => Ok(OrderCharge::GiveUp(step, reason)),
            Transition::Unchanged | Transition::Refused => Ok(OrderCharge::NotAwaited(order.state)),
        },
    }
}

/// Decides which charge a tab is paid by: the newest of `existing` that is open and has not expired, or
/// else a new one that carries what is on the tab, the oldest orders first, as far as the provider can
/// charge for it at once.
///
/// # Errors
/// Amounts overflow or differ in currency.
pub fn charge_tab(
    request: &ChargeTab,
    existing: &[TabChargeSnapshot],
    uncarried: &[UncarriedOrder],
    policy: &OrderPolicy,
) -> Result<TabCharge, MoneyError> {
    let payable = existing
        .iter()
        .filter(|charge| charge.state == ChargeState::Open && charge.expires_at > request.at);
    if let Some(newest) = payable.map(|charge| charge.id).max() {
        return Ok(TabCharge::Existing(newest));
    }
    if uncarried.is_empty() {
        return Ok(TabCharge::NothingOwed);
    }
    match carry(policy.charges(), Money::zero(policy.currency()), uncarried)? {
        Ok((tab, carried)) => Ok(TabCharge::Open(NewCharge {
            id: request.charge_id,
            buyer_id: request.buyer_id,
            order: None,
            tab,
            carried,
            expires_at: policy.reserved_until(request.at),
            created_at: request.at,
        })),
        Err(reason) => Ok(TabCharge::Unchargeable(reason)),
    }
}

type Carried = (Money, Vec<OrderId>);

/// Takes orders off the front of the tab, the oldest first, and as many as can be charged for together
/// with `own`. Those that are too fine to be charged alone come last: they must not keep the others, which
/// can always be added, from being paid.
fn carry(
    limits: &ChargeLimits,
    own: Money,
    uncarried: &[UncarriedOrder],
) -> Result<Result<Carried, Unchargeable>, MoneyError> {
    let mut oldest_first = uncarried.to_vec();
    oldest_first.sort_by_key(|order| (limits.is_too_fine(order.total), order.id));
    let mut tab = Money::zero(own.currency());
    let mut carried = Vec::new();
    let mut refused = limits.refuses(own)?;
    let mut best = refused.is_none().then_some((tab, 0));
    for order in &oldest_first {
        if refused == Some(Unchargeable::TooLarge) {
            break;
        }
        tab = tab.checked_add(order.total)?;
        carried.push(order.id);
        refused = limits.refuses(own.checked_add(tab)?)?;
        if refused.is_none() {
            best = Some((tab, carried.len()));
        }
    }
    Ok(match (best, refused) {
        (Some((tab, count)), _) => {
            carried.truncate(count);
            Ok((tab, carried))
        }
        (None, reason) => Err(reason.unwrap_or(Unchargeable::TooSmall)),
    })
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
