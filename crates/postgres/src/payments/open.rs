//! Making charges.

use udam_domain::id::{AccountId, ChargeId};
use udam_domain::money::Money;
use udam_domain::order::{OrderEvent, OrderState, Transition, transition};
use udam_domain::payment::{Charge, SMALLEST_CHARGE_MINOR};
use udam_domain::policy::OrderPolicy;
use udam_domain::time::{Timestamp, after};
use udam_domain::{ChargeOrder, ChargeTab, OpenChargeError};
use uuid::Uuid;

use super::charge::{self, ChargeRow};
use crate::columns::Columns;
use crate::orders::{lock_one, lock_tabs, write_moves};
use crate::transaction::{Parameters, Transaction, TxError};

type Opened<T> = Result<T, TxError<OpenChargeError>>;

/// The charge of an order that awaits payment: the one there is, or a new one that carries the tab; none
/// if that is less than can be charged. The order is given up then: nothing could ever pay for it, and it
/// would hold its units until it lapsed.
///
/// The reservation runs anew from here, together with the provider's session: the provider refuses to
/// open one that ends sooner than its own minimum, and a charge may be made long after its order.
pub(super) async fn charge_order(
    tx: &Transaction<'_>,
    policy: &OrderPolicy,
    request: ChargeOrder,
) -> Opened<Option<Charge>> {
    let order = lock_one(tx, request.order_id).await?;
    let order = order
        .filter(|order| request.buyer_id.is_none_or(|buyer| buyer == order.buyer_id))
        .ok_or(TxError::Abort(OpenChargeError::NotFound))?;
    if order.state != OrderState::AwaitingPayment {
        return Err(TxError::Abort(OpenChargeError::InvalidState(order.state)));
    }
    if let Some(found) = charge::of_order(tx, order.id).await? {
        return Ok(Some(found.charge));
    }
    let lapses_at = after(request.at, policy.reservation_ttl);
    let new = NewCharge {
        id: request.charge_id,
        buyer_id: order.buyer_id,
        order_id: Some(order.id.uuid()),
        order: order.total,
        tab: on_tab(tx, order.buyer_id, order.total).await?,
        expires_at: lapses_at,
        at: request.at,
    };
    if new.is_too_small() {
        if let Transition::Move(step) = transition(order.state, OrderEvent::PaymentFailed) {
            write_moves(tx, &[(&order, step)], request.at, None).await?;
        }
        return Ok(None);
    }
    insert(tx, &new).await?;
    tx.run(RESERVE, &[&order.id.uuid(), &new.id.uuid(), &lapses_at])
        .await?;
    made(tx, new.id).await.map(Some)
}

/// A charge for the tab alone.
pub(super) async fn charge_tab(
    tx: &Transaction<'_>,
    policy: &OrderPolicy,
    request: ChargeTab,
) -> Opened<Charge> {
    lock_tabs(tx, &[request.buyer_id]).await?;
    let buyer = request.buyer_id.uuid();
    if let Some(found) = charge::of_tab(tx, buyer, request.at).await? {
        return Ok(found.charge);
    }
    let nothing = Money::zero(policy.currency());
    let tab = on_tab(tx, request.buyer_id, nothing).await?;
    if tab.minor() == 0 {
        return Err(TxError::Abort(OpenChargeError::NothingOwed));
    }
    let new = NewCharge {
        id: request.charge_id,
        buyer_id: request.buyer_id,
        order_id: None,
        order: nothing,
        tab,
        expires_at: after(request.at, policy.reservation_ttl),
        at: request.at,
    };
    if new.is_too_small() {
        return Err(TxError::Abort(OpenChargeError::TooSmall));
    }
    insert(tx, &new).await?;
    made(tx, new.id).await
}

struct NewCharge {
    id: ChargeId,
    buyer_id: AccountId,
    order_id: Option<Uuid>,
    order: Money,
    tab: Money,
    expires_at: Timestamp,
    at: Timestamp,
}

impl NewCharge {
    const fn is_too_small(&self) -> bool {
        self.order.minor() + self.tab.minor() < SMALLEST_CHARGE_MINOR
    }
}

const ON_TAB: &str = "\
-- payments::open::on_tab
SELECT coalesce(sum(total_minor), 0)::bigint AS minor FROM orders
WHERE buyer_id = $1 AND route = 'tab' AND state = 'fulfilled' AND charge_id IS NULL";

/// What no charge carries yet. The tab's lock keeps it from changing.
async fn on_tab(tx: &Transaction<'_>, buyer: AccountId, like: Money) -> Opened<Money> {
    let row = tx.row(ON_TAB, &[&buyer.uuid()]).await?;
    let minor = row
        .map(|row| row.read("minor"))
        .transpose()?
        .unwrap_or_default();
    Ok(Money::new(minor, like.currency()))
}

const CARRY: &str = "\
-- payments::open::insert, what it carries
UPDATE orders SET charge_id = $2
WHERE buyer_id = $1 AND route = 'tab' AND state = 'fulfilled' AND charge_id IS NULL";

const RESERVE: &str = "\
-- payments::open::charge_order, its order
UPDATE orders SET charge_id = $2, lapses_at = $3 WHERE id = $1";

const INSERT: &str = "\
-- payments::open::insert
INSERT INTO charges
    (id, buyer_id, order_id, order_minor, tab_minor, currency, state, expires_at, created_at)
VALUES ($1, $2, $3, $4, $5, $6, 'open', $7, $8)";

async fn insert(tx: &Transaction<'_>, new: &NewCharge) -> Opened<()> {
    let (id, buyer, currency) = (
        new.id.uuid(),
        new.buyer_id.uuid(),
        new.tab.currency().code(),
    );
    let (order, tab) = (new.order.minor(), new.tab.minor());
    let columns: Parameters<'_> = &[
        &id,
        &buyer,
        &new.order_id,
        &order,
        &tab,
        &currency,
        &new.expires_at,
        &new.at,
    ];
    tx.run(INSERT, columns).await?;
    tx.run(CARRY, &[&buyer, &id]).await?;
    Ok(())
}

async fn made(tx: &Transaction<'_>, id: ChargeId) -> Opened<Charge> {
    let made: Option<ChargeRow> = charge::find(tx, id).await?;
    made.map(|made| made.charge)
        .ok_or(TxError::Abort(OpenChargeError::NotFound))
}
