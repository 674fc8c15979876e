use udam_domain::account::Obligations;
use udam_domain::id::AccountId;
use udam_domain::order::OrderState;
use udam_domain::payment::DisputeState;
use udam_domain::time::Timestamp;
use udam_domain::token::TokenState;
use udam_domain::{EraseAccountError, StoreError};
use uuid::Uuid;

use crate::columns::Columns;
use crate::order_states::states_where;
use crate::orders::lock_tabs;
use crate::transaction::{Parameters, Transaction, TxResult};

// In the order in which orders take their locks: stock, by listing, and then tabs. Whoever orders meanwhile waits, and then finds
// neither the session nor anything on sale.
const LOCK_STOCK: &str = "\
-- personal_data::obligations::lock, stock
SELECT listing_id FROM listing_stock
WHERE listing_id = ANY (ARRAY(SELECT id FROM listings WHERE seller_id = $1))
ORDER BY listing_id FOR NO KEY UPDATE";

/// Locks what decides whether an account is still needed.
pub(super) async fn lock(
    tx: &Transaction<'_>,
    account: AccountId,
) -> TxResult<(), EraseAccountError> {
    let id: Uuid = account.uuid();
    tx.rows(LOCK_STOCK, &[&id]).await?;
    lock_tabs::<EraseAccountError>(tx, &[account]).await?;
    Ok(())
}

const FIND: &str = "\
-- personal_data::obligations::find
SELECT
    (SELECT count(*) FROM orders WHERE buyer_id = $1 AND state = ANY ($2)) AS unpaid_orders,
    EXISTS (SELECT FROM tabs WHERE account_id = $1 AND open_minor > 0) AS owes_tab,
    (SELECT coalesce(sum(s.held), 0)::bigint FROM listing_stock s JOIN listings l ON l.id = s.listing_id
        WHERE l.seller_id = $1) AS unpaid_sales,
    EXISTS (SELECT FROM account_roles WHERE account_id = $1) AS has_role";

// One is enough to know.
const SOLD_TOKENS: &str = "\
-- personal_data::obligations::find, tokens
SELECT count(*) AS sold_tokens FROM (
    SELECT FROM orders o JOIN tokens t ON t.order_id = o.id
    WHERE o.seller_id = $1 AND t.state = ANY ($2) AND t.expires_at > $3
    ORDER BY o.id DESC LIMIT 1
) AS newest";

const DISPUTES: &str = "\
-- personal_data::obligations::find, disputes
SELECT count(*) AS open_disputes
FROM disputes d
JOIN disputed_orders o ON o.dispute = d.reference
JOIN orders ON orders.id = o.order_id
WHERE d.state = ANY ($2) AND (orders.buyer_id = $1 OR orders.seller_id = $1)";

/// Obligations of the account to others.
pub(super) async fn find(
    tx: &Transaction<'_>,
    account: AccountId,
    now: Timestamp,
) -> TxResult<Obligations, EraseAccountError> {
    let id = account.uuid();
    let unpaid = states_where(OrderState::holds_units);
    let row = tx.one(FIND, &[&id, &unpaid]).await?;
    let granting: Vec<&str> = [TokenState::Active, TokenState::Suspended]
        .map(Into::into)
        .to_vec();
    let tokens: Parameters<'_> = &[&id, &granting, &now];
    let undecided: Vec<&str> = [DisputeState::Inquiry, DisputeState::Open]
        .map(Into::into)
        .to_vec();
    Ok(Obligations {
        unpaid_orders: row.read("unpaid_orders")?,
        owes_tab: row.read("owes_tab")?,
        unpaid_sales: row.read("unpaid_sales")?,
        sold_tokens: count(tx, SOLD_TOKENS, tokens, "sold_tokens").await?,
        open_disputes: count(tx, DISPUTES, &[&id, &undecided], "open_disputes").await?,
        has_role: row.read("has_role")?,
    })
}

async fn count(
    tx: &Transaction<'_>,
    statement: &str,
    parameters: Parameters<'_>,
    column: &str,
) -> TxResult<u64, EraseAccountError> {
    let row = tx.one(statement, parameters).await?;
    row.read(column)
        .map_err(|error| StoreError::from(error).into())
}
