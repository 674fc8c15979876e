//! `udam accounts remove-factor`.

use thiserror::Error;
use udam_domain::account::{Email, FactorRemover, RemoveFactor};
use udam_domain::money::Currency;
use udam_domain::time::Timestamp;
use udam_domain::{AccountStore, SecondFactorStore, StoreError};
use udam_postgres::{ConnectError, PgAccountStore, PgPool, PgSecondFactorStore, PoolSettings};

use super::completion::Completion;
use crate::terminal::{Terminal, TerminalError};

/// Why `udam accounts remove-factor` failed.
#[derive(Debug, Error)]
pub enum RemoveFactorFailure {
    /// The pool could not be made.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// The factor could not be removed.
    #[error("the second factor could not be removed; if this database is new, run `udam migrate`")]
    Unavailable(#[from] StoreError),
    /// The result could not be printed.
    #[error(transparent)]
    Terminal(#[from] TerminalError),
}

/// Removes the second factor of the account with this address at `now`, and ends its sessions.
///
/// # Errors
/// [`RemoveFactorFailure`]
pub async fn remove_factor(
    database: &PoolSettings,
    email: &Email,
    now: Timestamp,
    terminal: &mut Terminal<'_>,
) -> Result<Completion, RemoveFactorFailure> {
    let pool = PgPool::connect(database)?;
    // Of accounts that it makes, which is none here.
    let currency = Currency::USD;
    let accounts = PgAccountStore::new(pool.clone(), currency);
    let Some(found) = accounts.find_credentials(email).await? else {
        terminal.eprint(format_args!(
            "There is no account with the address {email}."
        ));
        return Ok(Completion::Incomplete);
    };
    let remove = RemoveFactor {
        account: found.account.id,
        by: FactorRemover::Operator,
        at: now,
    };
    if PgSecondFactorStore::new(pool).remove(remove).await? {
        terminal.print(format_args!(
            "{email} logs in with the password alone now. All sessions of the account have ended."
        ))?;
        return Ok(Completion::Complete);
    }
    terminal.eprint(format_args!("The account {email} has no second factor."));
    Ok(Completion::Incomplete)
}
