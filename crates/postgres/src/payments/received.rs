//! Records of the events that were received.

use tokio_postgres::Row;
use udam_domain::id::ChargeId;
use udam_domain::payment::{
    EventId, EventName, EventNumber, EventState, PaymentEvent, ProviderReference, ReceivedEvent,
};
use udam_domain::time::Timestamp;
use udam_domain::{Applied, ApplyEvent, StoreError, error_chain};

use crate::columns::{Cause, Columns, Stored, stored_as_text};
use crate::error::Unreadable;
use crate::pool::PgPool;
use crate::transaction::{Parameters, Transaction, TxResult};

stored_as_text!(EventName, EventState);

impl Stored for EventNumber {
    type Column = i64;

    fn load(column: i64) -> Result<Self, Cause> {
        Ok(Self(column))
    }
}

impl Stored for EventId {
    type Column = String;

    fn load(column: String) -> Result<Self, Cause> {
        Ok(Self::new(column))
    }
}

/// Longest error that is kept, in characters.
const MAX_ERROR: usize = 1_000;

// An event that has changed something stays so, whatever a repeat of it changes.
const RECORD: &str = "\
-- payments::received::record
INSERT INTO received_events AS e
    (id, kind, state, error, charge_id, session, payment, happened_at, received_at, last_at)
VALUES (
    $1, $2, coalesce($3::text, 'applied'), NULL,
    coalesce($4::uuid, (SELECT c.id FROM charges c WHERE c.payment = $6::text)),
    $5, $6::text, $7, $8, $8
)
ON CONFLICT (id) DO UPDATE
SET
    attempts = e.attempts + 1, error = NULL,
    state = CASE
        WHEN $3::text = 'alerted' OR e.state IN ('failed', 'ignored') THEN coalesce($3::text, e.state)
        ELSE e.state
    END,
    charge_id = coalesce(e.charge_id, excluded.charge_id), last_at = excluded.last_at
RETURNING charge_id";

/// Records an event of the provider's with what became of it, and returns the charge that it is about. Events of our own making
/// are not recorded.
pub(super) async fn record(
    tx: &Transaction<'_>,
    event: &ApplyEvent,
    applied: &Applied,
) -> TxResult<Option<ChargeId>> {
    if event.event.id.is_own() {
        return Ok(None);
    }
    let state: Option<&str> = state_of(applied).map(Into::into);
    let row = Described::of(&event.event);
    let columns: Parameters<'_> = &[
        &row.id,
        &row.kind,
        &state,
        &row.charge,
        &row.session,
        &row.payment,
        &event.event.at,
        &event.at,
    ];
    Ok(tx.one(RECORD, columns).await?.read("charge_id")?)
}

/// State of an event with this outcome; `None` for one that leaves it as it was.
pub(super) const fn state_of(applied: &Applied) -> Option<EventState> {
    match applied {
        Applied::Done => Some(EventState::Applied),
        Applied::Alert(_) => Some(EventState::Alerted),
        Applied::Ignored => Some(EventState::Ignored),
        Applied::Repeated => None,
    }
}

const STATE: &str = "\
-- payments::received::state
SELECT state FROM received_events WHERE id = $1";

/// State of an event; `None` if it was not received.
pub(super) async fn state(tx: &Transaction<'_>, id: &EventId) -> TxResult<Option<EventState>> {
    let row = tx.row(STATE, &[&id.as_str()]).await?;
    Ok(row.map(|row| row.read("state")).transpose()?)
}

// An event that was applied before stays applied.
const RECORD_FAILURE: &str = "\
-- payments::received::record_failure
INSERT INTO received_events AS e
    (id, kind, state, error, charge_id, session, payment, happened_at, received_at, last_at)
VALUES ($1, $2, 'failed', $3, $4, $5, $6, $7, $8, $8)
ON CONFLICT (id) DO UPDATE
SET attempts = e.attempts + 1, error = excluded.error, last_at = excluded.last_at";

/// Records that an event could not be applied. If that cannot be recorded either, the log has it.
pub(super) async fn record_failure(
    pool: &PgPool,
    event: &PaymentEvent,
    error: &StoreError,
    at: Timestamp,
) {
    if event.id.is_own() {
        return;
    }
    let failed = try_record_failure(pool, event, error, at).await.err();
    if let Some(failed) = failed {
        let (event, cause) = (&event.id, error_chain(&failed));
        tracing::warn!(%event, cause, "that an event could not be applied was not recorded");
    }
}

async fn try_record_failure(
    pool: &PgPool,
    event: &PaymentEvent,
    error: &StoreError,
    at: Timestamp,
) -> Result<(), StoreError> {
    let error: String = error_chain(error).chars().take(MAX_ERROR).collect();
    let row = Described::of(event);
    let columns: Parameters<'_> = &[
        &row.id,
        &row.kind,
        &error,
        &row.charge,
        &row.session,
        &row.payment,
        &event.at,
        &at,
    ];
    let client = pool.client().await?;
    client.run(RECORD_FAILURE, columns).await.map(drop)
}

/// Columns of an event.
struct Described<'e> {
    id: &'e str,
    kind: &'static str,
    charge: Option<uuid::Uuid>,
    session: Option<&'e str>,
    payment: Option<&'e str>,
}

impl<'e> Described<'e> {
    fn of(event: &'e PaymentEvent) -> Self {
        let subject = event.subject();
        Self {
            id: event.id.as_str(),
            kind: event.name().into(),
            charge: subject.charge_id.map(ChargeId::uuid),
            session: subject.session.map(ProviderReference::as_str),
            payment: subject.payment.map(ProviderReference::as_str),
        }
    }
}

/// Reads a row of `received_events`.
pub(super) fn received_event(row: &Row) -> Result<ReceivedEvent, Unreadable> {
    Ok(ReceivedEvent {
        number: row.read("number")?,
        id: row.read("id")?,
        name: row.read("kind")?,
        state: row.read("state")?,
        attempts: row.read("attempts")?,
        error: row.read("error")?,
        charge_id: row.read("charge_id")?,
        session: row.read("session")?,
        payment: row.read("payment")?,
        happened_at: row.read("happened_at")?,
        received_at: row.read("received_at")?,
        last_at: row.read("last_at")?,
    })
}
