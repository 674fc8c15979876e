//! `udam admin`.

use thiserror::Error;
use udam_domain::administration::{ChangeRole, RoleHolder};
use udam_domain::{AdministrationStore, StoreError};
use udam_postgres::{ConnectError, PgAdministrationStore, PgPool, PoolSettings};

use super::completion::Completion;
use crate::terminal::{Terminal, TerminalError};

/// Why `udam admin` failed.
#[derive(Debug, Error)]
pub enum RolesError {
    /// The pool could not be made.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// The roles could not be read or changed.
    #[error("the roles could not be read or changed; if this database is new, run `udam migrate`")]
    Unavailable(#[from] StoreError),
    /// The result could not be printed.
    #[error(transparent)]
    Terminal(#[from] TerminalError),
}

/// Prints a line for each account that has a role: its address, role, id and the time at which the role was given, separated by
/// tabs.
///
/// # Errors
/// [`RolesError`]
pub async fn list_roles(
    database: &PoolSettings,
    terminal: &mut Terminal<'_>,
) -> Result<(), RolesError> {
    let store = PgAdministrationStore::new(PgPool::connect(database)?);
    for holder in store.role_holders().await? {
        let RoleHolder {
            account_id,
            email,
            role,
            granted_at,
        } = holder;
        terminal.print(format_args!("{email}\t{role}\t{account_id}\t{granted_at}"))?;
    }
    Ok(())
}

/// Changes the role of an account.
///
/// # Errors
/// [`RolesError`]
pub async fn change_role(
    database: &PoolSettings,
    change: ChangeRole,
    terminal: &mut Terminal<'_>,
) -> Result<Completion, RolesError> {
    let store = PgAdministrationStore::new(PgPool::connect(database)?);
    let email = change.email.clone();
    if store.change_role(change).await? {
        return Ok(Completion::Complete);
    }
    terminal.eprint(format_args!(
        "There is no account with the address {email}."
    ));
    Ok(Completion::Incomplete)
}
