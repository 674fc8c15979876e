use std::net::IpAddr;

use tokio_postgres::Error;
use udam_domain::audit::{Actor, AuditAction, Reason};
use udam_domain::id::AccountId;
use udam_domain::time::Timestamp;
use uuid::Uuid;

use crate::transaction::{Parameters, Transaction};

// The address is kept apart: it is erased with its account, and a record that is linked cannot be changed.
const RECORD: &str = "\
-- audit::record
WITH recorded AS (
    INSERT INTO audit_events (at, action, account_id, subject_id, reason, before, after)
    VALUES ($1, $2, $3, $5, $6, $7, $8)
    RETURNING id
)
INSERT INTO addresses_of_actions (event_id, address)
SELECT id, $4::inet FROM recorded WHERE $4::inet IS NOT NULL";

/// Why an operator has acted, and the state of the subject before and after.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Change<'a> {
    pub(crate) reason: Option<&'a Reason>,
    pub(crate) before: Option<&'a str>,
    pub(crate) after: Option<&'a str>,
}

/// Records what an operator has changed of `subject`, `None` for what has no id of ours, in the transaction of the change; `by` is
/// `None` for one at the command line.
pub(crate) async fn record_change(
    transaction: &Transaction<'_>,
    action: AuditAction,
    by: Option<&Actor>,
    at: Timestamp,
    subject: impl Into<Option<Uuid>>,
    change: Change<'_>,
) -> Result<(), Error> {
    let account = by.map(|actor| actor.account_id.uuid());
    let address = by.and_then(|actor| actor.address);
    insert(
        transaction,
        (action, at),
        (account, address),
        subject.into(),
        change,
    )
    .await
}

/// Records an action of `actor` on `subject`, in the transaction of the action.
pub(crate) async fn record(
    transaction: &Transaction<'_>,
    action: AuditAction,
    actor: &Actor,
    at: Timestamp,
    subject: Uuid,
) -> Result<(), Error> {
    let (account, subject) = (Some(actor.account_id.uuid()), Some(subject));
    let by = (account, actor.address);
    insert(transaction, (action, at), by, subject, Change::default()).await
}

/// Records an action on `subject` of an operator, from the command line, or of the payment provider: without
/// account or address.
pub(crate) async fn record_without_actor(
    transaction: &Transaction<'_>,
    action: AuditAction,
    at: Timestamp,
    subject: Uuid,
) -> Result<(), Error> {
    let (by, subject) = ((None, None), Some(subject));
    insert(transaction, (action, at), by, subject, Change::default()).await
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
    insert(
        transaction,
        (action, at),
        (None, address),
        subject,
        Change::default(),
    )
    .await
}

async fn insert(
    transaction: &Transaction<'_>,
    (action, at): (AuditAction, Timestamp),
    (account, address): (Option<Uuid>, Option<IpAddr>),
    subject: Option<Uuid>,
    change: Change<'_>,
) -> Result<(), Error> {
    let action: &str = action.into();
    let reason = change.reason.map(Reason::as_str);
    let Change { before, after, .. } = change;
    let row: Parameters<'_> = &[
        &at, &action, &account, &address, &subject, &reason, &before, &after,
    ];
    transaction.run(RECORD, row).await.map(drop)
}
