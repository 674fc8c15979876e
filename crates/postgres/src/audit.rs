use std::net::IpAddr;

use tokio_postgres::Error;
use udam_domain::audit::{Actor, AuditAction};
use udam_domain::time::Timestamp;
use uuid::Uuid;

use crate::transaction::{Parameters, Transaction};

const RECORD: &str = "\
-- audit::record
INSERT INTO audit_events (at, action, account_id, address, subject_id)
VALUES ($1, $2, $3, $4, $5)";

/// Records an action of `actor` on `subject`, in the transaction of the action.
pub(crate) async fn record(
    transaction: &Transaction<'_>,
    action: AuditAction,
    actor: &Actor,
    at: Timestamp,
    subject: Uuid,
) -> Result<(), Error> {
    let account = Some(actor.account_id.uuid());
    let row: Parameters<'_> = &[&at, &name(action), &account, &actor.address, &subject];
    transaction.run(RECORD, row).await.map(drop)
}

/// Records an action of an operator on `subject` from the command line, without account or address.
pub(crate) async fn record_by_operator(
    transaction: &Transaction<'_>,
    action: AuditAction,
    at: Timestamp,
    subject: Uuid,
) -> Result<(), Error> {
    let (account, address) = (None::<Uuid>, None::<IpAddr>);
    let row: Parameters<'_> = &[&at, &name(action), &account, &address, &subject];
    transaction.run(RECORD, row).await.map(drop)
}

fn name(action: AuditAction) -> &'static str {
    action.into()
}
