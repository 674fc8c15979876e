//! Writing moves of locked orders, with all that goes with them.

use udam_domain::id::TokenId;
use udam_domain::order::{Move, NewToken, Order, StockDelta, StockEffect, TokenEffect};
use udam_domain::time::Timestamp;
use udam_domain::token::TokenState;
use uuid::Uuid;

use super::holds;
use super::insert_tokens::{IssuedToken, insert_tokens};
use super::move_stock::move_stock;
use crate::payments::close_charges;
use crate::transaction::{Parameters, Transaction};

type Written = Result<(), tokio_postgres::Error>;

/// Fields of the token to issue for an order that is fulfilled now.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Issue {
    /// The token's identifier.
    pub(crate) token_id: TokenId,
    /// The end of its validity.
    pub(crate) expires_at: Timestamp,
}

/// Writes the moves of locked orders: stock, orders, tokens, and the charges that are no longer asked
/// for. What a move gives back is the caller's to see to: it knows who has paid.
pub(crate) async fn write_moves(
    tx: &Transaction<'_>,
    moves: &[(&Order, Move)],
    at: Timestamp,
    issue: Option<Issue>,
) -> Written {
    if moves.is_empty() {
        return Ok(());
    }
    let changes = moves
        .iter()
        .map(|(order, step)| (order.listing_id, StockDelta::of_move(order, *step)));
    move_stock(tx, changes).await?;
    move_orders(tx, moves, at).await?;
    holds::record_let_go(tx, moves, at).await?;
    set_tokens(tx, moves, TokenEffect::Revoke, TokenState::Revoked).await?;
    set_tokens(tx, moves, TokenEffect::Restore, TokenState::Active).await?;
    if let Some(issue) = issue {
        issue_tokens(tx, moves, at, issue).await?;
    }
    let ended = moves.iter().filter(|(_, step)| step.to.closes_charge());
    close_charges(
        tx,
        &ended.map(|(order, _)| order.id.uuid()).collect::<Vec<_>>(),
    )
    .await
}

const MOVE_ORDERS: &str = "\
-- orders::effects::move_orders
UPDATE orders AS o
SET
    state = moved.state,
    units_returned = moved.units_returned,
    lapses_at = NULL,
    network = NULL,
    closed_at = moved.closed_at
FROM unnest($1::uuid[], $2::text[], $3::boolean[], $4::timestamptz[])
    AS moved (id, state, units_returned, closed_at)
WHERE o.id = moved.id";

async fn move_orders(tx: &Transaction<'_>, moves: &[(&Order, Move)], at: Timestamp) -> Written {
    let ids: Vec<Uuid> = moves.iter().map(|(order, _)| order.id.uuid()).collect();
    let states: Vec<&str> = moves.iter().map(|(_, step)| step.to.into()).collect();
    let returned: Vec<bool> = moves
        .iter()
        .map(|(_, step)| step.stock == StockEffect::SoldToAvailable)
        .collect();
    let closed: Vec<Option<Timestamp>> = moves
        .iter()
        .map(|(_, step)| step.to.is_closed().then_some(at))
        .collect();
    let columns: Parameters<'_> = &[&ids, &states, &returned, &closed];
    tx.run(MOVE_ORDERS, columns).await.map(drop)
}

const SET_TOKENS: &str = "\
-- orders::effects::set_tokens
UPDATE tokens SET state = $2 WHERE order_id = ANY ($1)";

/// Puts the tokens of those orders into `state` whose moves have this effect.
async fn set_tokens(
    tx: &Transaction<'_>,
    moves: &[(&Order, Move)],
    effect: TokenEffect,
    state: TokenState,
) -> Written {
    let changed = moves.iter().filter(|(_, step)| step.token == effect);
    let orders: Vec<Uuid> = changed.map(|(order, _)| order.id.uuid()).collect();
    if orders.is_empty() {
        return Ok(());
    }
    let state: &str = state.into();
    tx.run(SET_TOKENS, &[&orders, &state]).await.map(drop)
}

async fn issue_tokens(
    tx: &Transaction<'_>,
    moves: &[(&Order, Move)],
    at: Timestamp,
    issue: Issue,
) -> Written {
    let token = NewToken {
        id: issue.token_id,
        expires_at: issue.expires_at,
    };
    let issued: Vec<IssuedToken> = moves
        .iter()
        .filter(|(_, step)| step.token == TokenEffect::Issue)
        .map(|(order, _)| IssuedToken {
            token,
            order_id: order.id,
            listing_id: order.listing_id,
            buyer_id: order.buyer_id,
            seller_id: order.seller_id,
            units: order.units,
            issued_at: at,
        })
        .collect();
    insert_tokens(tx, &issued).await
}
