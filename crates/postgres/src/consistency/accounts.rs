use tokio_postgres::Error;
use udam_domain::id::AccountId;
use udam_domain::order::{Fulfillment, PaymentRoute};
use udam_domain::payment::ChargeState;

use super::check::check;
use super::discrepancy::{Discrepancy, Subject};
use crate::order_states::states;
use crate::transaction::{Parameters, Transaction};

const CHECK_TABS: &str = "\
-- consistency::accounts::check_tabs
WITH owed AS (
    SELECT o.buyer_id, sum(o.total_minor)::bigint AS open_minor
    FROM orders o
    LEFT JOIN charges c ON c.id = o.charge_id
    WHERE o.route = $1 AND o.state = ANY ($2) AND c.state IS DISTINCT FROM $3
    GROUP BY o.buyer_id
)
SELECT
    a.id,
    format(
        'its unpaid orders on the tab sum to %s minor units; the tab is %s',
        coalesce(owed.open_minor, 0), coalesce(tabs.open_minor::text, 'missing')
    ) AS finding
FROM accounts a
LEFT JOIN tabs ON tabs.account_id = a.id
LEFT JOIN owed ON owed.buyer_id = a.id
WHERE coalesce(owed.open_minor, 0) IS DISTINCT FROM tabs.open_minor
ORDER BY a.id";

/// Finds accounts whose tab differs from the sum of the unpaid orders on it.
pub(super) async fn check_tabs(tx: &Transaction<'_>) -> Result<Vec<Discrepancy>, Error> {
    let parameters: Parameters<'_> = &[
        &<&str>::from(PaymentRoute::Tab),
        &states(Fulfillment::Current),
        &<&str>::from(ChargeState::Paid),
    ];
    let subject = |id| Subject::Account(AccountId::from_uuid(id));
    check(tx, CHECK_TABS, parameters, subject).await
}
