//! Opening charges: loading what the rules ask for under lock, and writing the charge that they decide on.

use tokio_postgres::Row;
use udam_domain::OpenChargeError;
use udam_domain::StoreError;
use udam_domain::id::{AccountId, ChargeId, OrderId};
use udam_domain::listing::ServiceName;
use udam_domain::money::Money;
use udam_domain::order::Order;
use udam_domain::payment::{
    self, Charge, ChargeOrder, ChargeState, ChargeTab, NewCharge, OrderCharge, OrderToCharge,
    TabCharge, TabChargeSnapshot, UncarriedOrder,
};
use udam_domain::policy::{OrderPolicy, Unchargeable};
use uuid::Uuid;

use super::{charge, opened_sessions};
use crate::columns::Columns;
use crate::error::Unreadable;
use crate::orders::{lock_one, lock_tabs, write_moves};
use crate::predicates::{on_tab, open_tab_charge};
use crate::transaction::{Parameters, Transaction, TxError, TxResult};

type Opened<T> = TxResult<T, OpenChargeError>;

/// The charge of an order that awaits payment, or why there is none. An order that is given up is part of
/// the transaction, which must be committed then.
pub(super) async fn charge_order(
    tx: &Transaction<'_>,
    policy: &OrderPolicy,
    request: ChargeOrder,
) -> Opened<Result<Charge, Unchargeable>> {
    let refused = |error| Err(TxError::Abort(error));
    let Some(order) = lock_one(tx, request.order_id).await? else {
        return refused(OpenChargeError::NotFound);
    };
    let snapshot = OrderToCharge {
        id: order.id,
        buyer_id: order.buyer_id,
        state: order.state,
        total: order.total,
        charge: charge::of_order(tx, order.id).await?,
    };
    let uncarried = uncarried(tx, order.buyer_id).await?;
    let by = (order.buyer_id, request.network);
    let decided = payment::charge_order(&request, &snapshot, &uncarried, policy);
    match decided.map_err(StoreError::from)? {
        OrderCharge::Existing(id) => {
            let charge = found(tx, id).await?;
            // What a sweep finishes was counted when the charge was made.
            if charge.session.is_none() && request.buyer_id.is_some() {
                opened_sessions::admit(tx, policy.holds(), by, request.at).await?;
            }
            Ok(Ok(charge))
        }
        OrderCharge::Open(new) => {
            opened_sessions::admit(tx, policy.holds(), by, request.at).await?;
            insert(tx, &new, Some(&order.service_name)).await?;
            reserve(tx, &order, &new).await?;
            Ok(Ok(found(tx, new.id).await?))
        }
        OrderCharge::GiveUp(step, reason) => {
            write_moves(tx, &[(&order, step)], request.at, None).await?;
            Ok(Err(reason))
        }
        OrderCharge::NotFound => refused(OpenChargeError::NotFound),
        OrderCharge::NotAwaited(state) => refused(OpenChargeError::InvalidState(state)),
    }
}

/// A charge for the tab alone.
pub(super) async fn charge_tab(
    tx: &Transaction<'_>,
    policy: &OrderPolicy,
    request: ChargeTab,
) -> Opened<Charge> {
    let refused = |error| Err(TxError::Abort(error));
    lock_tabs(tx, &[request.buyer_id]).await?;
    let existing = open_tab_charges(tx, request.buyer_id).await?;
    let uncarried = uncarried(tx, request.buyer_id).await?;
    let by = (request.buyer_id, request.network);
    let decided = payment::charge_tab(&request, &existing, &uncarried, policy);
    match decided.map_err(StoreError::from)? {
        TabCharge::Existing(id) => {
            let charge = found(tx, id).await?;
            if charge.session.is_none() {
                opened_sessions::admit(tx, policy.holds(), by, request.at).await?;
            }
            Ok(charge)
        }
        TabCharge::Open(new) => {
            opened_sessions::admit(tx, policy.holds(), by, request.at).await?;
            insert(tx, &new, None).await?;
            found(tx, new.id).await
        }
        TabCharge::NothingOwed => refused(OpenChargeError::NothingOwed),
        TabCharge::Unchargeable(reason) => refused(OpenChargeError::Unchargeable(reason)),
    }
}

const UNCARRIED: &str = concat!(
    "\
-- payments::open::uncarried
SELECT o.id, o.total_minor, o.currency FROM orders o
WHERE o.buyer_id = $1 AND ",
    on_tab!("o")
);

/// Returns the orders on the tab that no charge carries. The tab's lock keeps them from changing.
async fn uncarried(tx: &Transaction<'_>, buyer: AccountId) -> Opened<Vec<UncarriedOrder>> {
    let found = tx.rows(UNCARRIED, &[&buyer.uuid()]).await?;
    let order = |row: &Row| -> Result<UncarriedOrder, Unreadable> {
        Ok(UncarriedOrder {
            id: row.read("id")?,
            total: row.read_money("total_minor")?,
        })
    };
    Ok(found.iter().map(order).collect::<Result<_, _>>()?)
}

const OPEN_TAB_CHARGES: &str = concat!(
    "\
-- payments::open::open_tab_charges
SELECT c.id, c.state, c.expires_at FROM charges c
WHERE c.buyer_id = $1 AND ",
    open_tab_charge!("c")
);

async fn open_tab_charges(
    tx: &Transaction<'_>,
    buyer: AccountId,
) -> Opened<Vec<TabChargeSnapshot>> {
    let found = tx.rows(OPEN_TAB_CHARGES, &[&buyer.uuid()]).await?;
    let charge = |row: &Row| -> Result<TabChargeSnapshot, Unreadable> {
        Ok(TabChargeSnapshot {
            id: row.read("id")?,
            state: row.read("state")?,
            expires_at: row.read("expires_at")?,
        })
    };
    Ok(found.iter().map(charge).collect::<Result<_, _>>()?)
}

const INSERT: &str = "\
-- payments::open::insert
INSERT INTO charges
    (id, buyer_id, order_id, order_minor, tab_minor, currency, state, expires_at, created_at, service_name)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";

const CARRY: &str = "\
-- payments::open::insert, what it carries
UPDATE orders SET charge_id = $1 WHERE id = ANY ($2)";

/// Writes a charge. `service` is the name of what its order is for as of now, which it keeps.
async fn insert(
    tx: &Transaction<'_>,
    new: &NewCharge,
    service: Option<&ServiceName>,
) -> Opened<()> {
    let currency = new.tab.currency();
    let (order_id, order_total) = new.order.unzip();
    let columns: Parameters<'_> = &[
        &new.id.uuid(),
        &new.buyer_id.uuid(),
        &order_id.map(OrderId::uuid),
        &order_total.unwrap_or(Money::zero(currency)).minor(),
        &new.tab.minor(),
        &currency.code(),
        &<&str>::from(ChargeState::Open),
        &new.expires_at,
        &new.created_at,
        &service.map(ServiceName::as_str),
    ];
    tx.run(INSERT, columns).await?;
    let carried: Vec<Uuid> = new.carried.iter().map(|id| id.uuid()).collect();
    tx.run(CARRY, &[&new.id.uuid(), &carried]).await?;
    Ok(())
}

const RESERVE: &str = "\
-- payments::open::reserve
UPDATE orders SET charge_id = $2, lapses_at = $3 WHERE id = $1";

/// Makes the charge the order's, and has both end together.
async fn reserve(tx: &Transaction<'_>, order: &Order, new: &NewCharge) -> Opened<()> {
    let columns: Parameters<'_> = &[&order.id.uuid(), &new.id.uuid(), &new.expires_at];
    tx.run(RESERVE, columns).await?;
    Ok(())
}

async fn found(tx: &Transaction<'_>, id: ChargeId) -> Opened<Charge> {
    let found = charge::find(tx, id).await?;
    found
        .map(|found| found.charge)
        .ok_or(TxError::Abort(OpenChargeError::NotFound))
}
