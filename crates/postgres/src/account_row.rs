use tokio_postgres::Row;
use udam_domain::account::Account;

use crate::columns::Columns;
use crate::error::Unreadable;

/// Reads the columns `account_id`, `email` and `name`.
pub(crate) fn account(row: &Row) -> Result<Account, Unreadable> {
    Ok(Account {
        id: row.read("account_id")?,
        email: row.read("email")?,
        name: row.read("name")?,
    })
}
