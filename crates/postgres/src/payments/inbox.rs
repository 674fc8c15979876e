use async_trait::async_trait;
use futures::FutureExt;
use udam_domain::page::{Page, PageRequest};
use udam_domain::payment::{EventId, EventNumber, EventState, ReceivedEvent};
use udam_domain::policy::OrderPolicy;
use udam_domain::{Applied, EventInbox, ReplayEvent, StoreError};

use super::apply;
use super::received::{self, received_event};
use crate::paging;
use crate::pool::PgPool;

/// Keeps in PostgreSQL which events were received, and applies them again.
#[derive(Clone)]
pub struct PgEventInbox {
    pool: PgPool,
    policy: OrderPolicy,
}

impl PgEventInbox {
    /// An inbox over `pool` that applies events by this policy.
    #[must_use]
    pub const fn new(pool: PgPool, policy: OrderPolicy) -> Self {
        Self { pool, policy }
    }
}

#[async_trait]
impl EventInbox for PgEventInbox {
    async fn list(
        &self,
        state: Option<EventState>,
        page: PageRequest<EventNumber>,
    ) -> Result<Page<ReceivedEvent, EventNumber>, StoreError> {
        let before = page.after.map_or(i64::MAX, |after| after.0);
        let limit = paging::limit_plus_one(page.limit);
        let client = self.pool.client().await?;
        let found = match state {
            Some(state) => {
                let state: &str = state.into();
                let states: &[&str] = &[state];
                client.rows(IN_STATE, &[&before, &limit, &states]).await?
            }
            None => client.rows(ALL, &[&before, &limit]).await?,
        };
        let events = found.iter().map(received_event).collect::<Result<_, _>>()?;
        Ok(Page::from_surplus(
            events,
            page.limit,
            |event: &ReceivedEvent| event.number,
        ))
    }

    async fn find(&self, id: &EventId) -> Result<Option<ReceivedEvent>, StoreError> {
        let client = self.pool.client().await?;
        let row = client.row(FIND, &[&id.as_str()]).await?;
        Ok(row.as_ref().map(received_event).transpose()?)
    }

    async fn replay(&self, replay: ReplayEvent) -> Result<Applied, StoreError> {
        let applied = self
            .pool
            .transaction(|tx| apply::replay(tx, &self.policy, &replay).boxed())
            .await;
        if let Err(error @ StoreError::Failed(_)) = &applied {
            let (event, at) = (&replay.apply.event, replay.apply.at);
            received::record_failure(&self.pool, event, error, at).await;
        }
        applied
    }
}

/// A statement that reads whole records of events. Its arguments are the path of its function and its conditions.
macro_rules! select_events {
    ($function:literal, $conditions:literal) => {
        concat!(
            "-- ",
            $function,
            "
SELECT number, id, kind, state, attempts, error, charge_id, session, payment, happened_at, received_at, last_at
FROM received_events WHERE ",
            $conditions
        )
    };
}

const ALL: &str = select_events!(
    "PgEventInbox::list, all",
    "number < $1 ORDER BY number DESC LIMIT $2"
);

// A list of one state, in an order that only the index on states has: events in a rare state are not looked for among all.
const IN_STATE: &str = select_events!(
    "PgEventInbox::list, in a state",
    "state = ANY ($3) AND number < $1 ORDER BY state, number DESC LIMIT $2"
);

const FIND: &str = select_events!("PgEventInbox::find", "id = $1");
