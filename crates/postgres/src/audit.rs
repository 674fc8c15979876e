use std::net::IpAddr;

use tokio_postgres::Error;
use udam_domain::audit::{Actor, AuditAction};
use udam_domain::id::AccountId;
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
    let (account, subject) = (Some(actor.account_id.uuid()), Some(subject));
    insert(transaction, action, at, (account, actor.address), subject).await
}

/// Records an action on `subject` of an operator, from the command line, or of the payment provider: without
/// account or address.
pub(crate) async fn record_without_actor(
    transaction: &Transaction<'_>,
    action: AuditAction,
    at: Timestamp,
    subject: Uuid,
) -> Result<(), Error> {
    insert(transaction, action, at, (None, None), Some(subject)).await
}

/// Records what somebody at `address` has tried with the password of an account; `None` if there is no such
/// account.
pub(crate) async fn record_attempt(
    transaction: &Transaction<'_>,
    action: AuditAction,
    at: Timestamp,
    address: Option<IpAddr>,
    account: Option<AccountId>,
) -> Result<(), Error> {
    let subject = account.map(AccountId::uuid);
    insert(transaction, action, at, (None, address), subject).await
}

async fn insert(
    transaction: &Transaction<'_>,
    action: AuditAction,
    at: Timestamp,
    (account, address): (Option<Uuid>, Option<IpAddr>),
    subject: Option<Uuid>,
) -> Result<(), Error> {
    let action: &str = action.into();
    let row: Parameters<'_> = &[&at, &action, &account, &address, &subject];
    transaction.run(RECORD, row).await.map(drop)
}
