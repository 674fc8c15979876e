use std::collections::BTreeMap;

use udam_domain::StoreError;
use udam_domain::id::AccountId;
use udam_domain::money::Money;
use uuid::Uuid;

use crate::transaction::{Transaction, TxResult};

/// The statement that adds changes to tabs. Its argument is the list of arrays that they are in.
macro_rules! update_tabs {
    ($arrays:literal) => {
        concat!(
            "\
UPDATE tabs SET open_minor = tabs.open_minor + change.minor
FROM unnest(",
            $arrays,
            ") AS change (account_id, minor)
WHERE tabs.account_id = change.account_id"
        )
    };
}
pub(super) use update_tabs;

const MOVE_TABS: &str = concat!(
    "-- orders::move_tabs::move_tabs\n",
    update_tabs!("$1::uuid[], $2::bigint[]")
);

/// Adds changes, in minor units, to the tabs of accounts, whose locks the transaction holds.
async fn move_tabs(
    tx: &Transaction<'_>,
    changes: &BTreeMap<AccountId, i64>,
) -> Result<(), tokio_postgres::Error> {
    if changes.is_empty() {
        return Ok(());
    }
    let accounts: Vec<Uuid> = changes.keys().map(|id| id.uuid()).collect();
    let minor: Vec<i64> = changes.values().copied().collect();
    tx.run(MOVE_TABS, &[&accounts, &minor]).await.map(drop)
}

/// Takes an amount off the tab of an account, whose lock the transaction holds.
pub(crate) async fn take_off_tab<E: From<StoreError>>(
    tx: &Transaction<'_>,
    account: AccountId,
    amount: Money,
) -> TxResult<(), E> {
    let change = Money::zero(amount.currency()).checked_sub(amount);
    let minor = change.map_err(StoreError::from)?.minor();
    move_tabs(tx, &BTreeMap::from([(account, minor)])).await?;
    Ok(())
}
