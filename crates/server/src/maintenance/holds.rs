//! `udam holds`.

use thiserror::Error;
use udam_domain::id::{ListingId, OrderId};
use udam_domain::order::Order;
use udam_domain::time::Timestamp;
use udam_domain::{ChangeOrderError, HoldStore, StoreError};
use udam_postgres::{ConnectError, PgHoldStore, PgPool, PoolSettings};

use super::completion::Completion;
use crate::terminal::{Terminal, TerminalError};

/// Most orders that are listed.
const LISTED: u16 = 1_000;

/// Why `udam holds` failed.
#[derive(Debug, Error)]
pub enum HoldsError {
    /// The pool could not be made.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// The orders could not be read or canceled.
    #[error(
        "the orders could not be read or canceled; if this database is new, run `udam migrate`"
    )]
    Unavailable(#[from] StoreError),
    /// The result could not be printed.
    #[error(transparent)]
    Terminal(#[from] TerminalError),
}

/// Prints a line for each order that awaits payment, those of one listing if it is given.
///
/// # Errors
/// [`HoldsError`]
pub async fn list_holds(
    database: &PoolSettings,
    listing: Option<ListingId>,
    terminal: &mut Terminal<'_>,
) -> Result<(), HoldsError> {
    let holds = PgHoldStore::new(PgPool::connect(database)?);
    for order in holds.list(listing, LISTED).await? {
        terminal.print(line(&order))?;
    }
    Ok(())
}

/// Cancels orders that await payment, at `now`, so that their units are on sale again.
///
/// # Errors
/// [`HoldsError`]
pub async fn release_holds(
    database: &PoolSettings,
    orders: &[OrderId],
    now: Timestamp,
    terminal: &mut Terminal<'_>,
) -> Result<Completion, HoldsError> {
    let holds = PgHoldStore::new(PgPool::connect(database)?);
    let mut completion = Completion::Complete;
    for order in orders {
        match holds.release(*order, now).await {
            Ok(_) => continue,
            Err(ChangeOrderError::Unavailable(error)) => return Err(error.into()),
            Err(ChangeOrderError::InvalidState(state)) => terminal.eprint(format_args!(
                "Order {order} is {state}, and holds no units."
            )),
            Err(error) => terminal.eprint(format_args!("Order {order}: {error}.")),
        }
        completion = Completion::Incomplete;
    }
    Ok(completion)
}

/// Order, buyer, listing, units, total, currency and the end of the reservation, separated by tabs.
fn line(order: &Order) -> String {
    let Order {
        id,
        buyer_id,
        listing_id,
        units,
        total,
        lapses_at,
        ..
    } = order;
    let currency = total.currency();
    let lapses_at = lapses_at.map_or_else(|| "-".to_owned(), |at| at.to_string());
    format!("{id}\t{buyer_id}\t{listing_id}\t{units}\t{total}\t{currency}\t{lapses_at}")
}
