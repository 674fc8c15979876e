//! Balances of tokens. The row of a balance is the lock at which the calls of its token queue.

use std::collections::HashMap;

use tokio_postgres::Row;
use udam_domain::StoreError;
use udam_domain::gateway::{Balance, TokenUnits};
use udam_domain::id::TokenId;
use udam_domain::time::Timestamp;
use udam_domain::token::Token;
use udam_domain::units::Units;
use uuid::Uuid;

use super::count::stored;
use crate::columns::{Columns, unreadable};
use crate::error::Unreadable;
use crate::transaction::{Transaction, TxResult};

/// Reads a balance, of whose token the column `bought` has the units.
pub(crate) fn balance(row: &Row, bought: &str) -> Result<Balance, Unreadable> {
    let units: u32 = row.read(bought)?;
    let invalid = |error| unreadable(bought, error);
    let units = Units::new(units.into()).map_err(|error| invalid(error.into()))?;
    let balance = Balance::new(units, row.read("left_units")?);
    balance.map_err(|error| invalid(error.into()))
}

/// Reads the units of a token that has a balance.
pub(crate) fn units(row: &Row) -> Result<TokenUnits, Unreadable> {
    let units = TokenUnits::new(balance(row, "balance_units")?, row.read("open_units")?);
    units.map_err(|error| unreadable("open_units", error.into()))
}

/// Inserts the balance of a token that has not been used, unless there is one.
pub(super) async fn begin(
    tx: &Transaction<'_>,
    token: &Token,
) -> Result<(), tokio_postgres::Error> {
    const BEGIN: &str = "\
-- gateway::balances::begin
INSERT INTO token_balances (token_id, units, left_units) VALUES ($1, $2, $2)
ON CONFLICT (token_id) DO NOTHING";

    let units = stored(token.units.get());
    tx.run(BEGIN, &[&token.id.uuid(), &units]).await.map(drop)
}

pub(super) const LOCK_BALANCES: &str = "\
-- gateway::balances::lock
SELECT token_id, units, left_units, free_at FROM token_balances
WHERE token_id = ANY ($1) ORDER BY token_id FOR NO KEY UPDATE";

/// Balances, each with the time from which calls of its token are admitted at the full rate again.
pub(super) type Balances = HashMap<TokenId, (Balance, Option<Timestamp>)>;

/// Locks the balances of these tokens. Returns them as of the lock.
pub(super) async fn lock<E: From<StoreError>>(
    tx: &Transaction<'_>,
    tokens: &[TokenId],
) -> TxResult<Balances, E> {
    let ids: Vec<Uuid> = tokens.iter().map(|id| id.uuid()).collect();
    let locked = tx.rows(LOCK_BALANCES, &[&ids]).await?;
    locked
        .iter()
        .map(|row| {
            let balance = (balance(row, "units")?, row.read("free_at")?);
            Ok((row.read("token_id")?, balance))
        })
        .collect()
}
