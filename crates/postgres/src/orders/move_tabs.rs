use udam_domain::StoreError;
use udam_domain::id::AccountId;
use udam_domain::money::Money;
use udam_domain::time::Timestamp;

use super::holds::FORGIVE;
use crate::predicates::{on_tab, open_carrying_charge, put_on_tab};
use crate::transaction::{Transaction, TxResult};

/// The statement that puts orders on tabs, which are owed from a time on. Its argument is the list of arrays that
/// they are in.
macro_rules! put_on_tabs {
    ($arrays:literal) => {
        concat!(
            "\
UPDATE tabs
SET
    open_minor = tabs.open_minor + change.minor,
    owed_since = CASE
        WHEN tabs.open_minor = 0 THEN change.since ELSE coalesce(tabs.owed_since, change.since)
    END
FROM unnest(",
            $arrays,
            ") AS change (account_id, minor, since)
WHERE tabs.account_id = change.account_id"
        )
    };
}
pub(super) use put_on_tabs;

const TAKE_OFF_TAB: &str = "\
-- orders::move_tabs::take_off_tab
UPDATE tabs SET open_minor = open_minor - $2 WHERE account_id = $1";

/// Takes an amount off the tab of an account, whose lock the transaction holds. [`update_debt`] or
/// [`record_paid`] follows, once the orders that it was owed for are off the tab as well.
pub(crate) async fn take_off_tab<E: From<StoreError>>(
    tx: &Transaction<'_>,
    account: AccountId,
    amount: Money,
) -> TxResult<(), E> {
    tx.run(TAKE_OFF_TAB, &[&account.uuid(), &amount.minor()])
        .await?;
    Ok(())
}

/// Time of the oldest order on the tab `t`: of those that no charge carries, and those that an open one does.
macro_rules! oldest_on_tab {
    () => {
        concat!(
            "\
least(
    (SELECT min(o.created_at) FROM orders o WHERE o.buyer_id = t.account_id AND ",
            on_tab!("o"),
            "),
    (
        SELECT min(o.created_at) FROM charges c JOIN orders o ON o.charge_id = c.id
        WHERE c.buyer_id = t.account_id AND ",
            open_carrying_charge!("c"),
            " AND ",
            put_on_tab!("o"),
            "
    )
)"
        )
    };
}

const UPDATE_DEBT: &str = concat!(
    "-- orders::move_tabs::update_debt\nUPDATE tabs t SET owed_since = ",
    oldest_on_tab!(),
    " WHERE t.account_id = $1"
);

/// Writes since when something is owed on a tab that less is owed on now.
pub(super) async fn update_debt<E: From<StoreError>>(
    tx: &Transaction<'_>,
    account: AccountId,
) -> TxResult<(), E> {
    tx.run(UPDATE_DEBT, &[&account.uuid()]).await?;
    Ok(())
}

const RECORD_PAID: &str = concat!(
    "-- orders::move_tabs::record_paid\nUPDATE tabs t SET paid_at = coalesce(t.paid_at, $2), owed_since = ",
    oldest_on_tab!(),
    " WHERE t.account_id = $1"
);

/// Writes that a payment of the account's has arrived, and since when something is owed after it. Holds that the
/// account has let go are forgiven.
pub(crate) async fn record_paid(
    tx: &Transaction<'_>,
    account: AccountId,
    at: Timestamp,
) -> TxResult<()> {
    tx.run(RECORD_PAID, &[&account.uuid(), &at]).await?;
    tx.run(FORGIVE, &[&account.uuid()]).await?;
    Ok(())
}
