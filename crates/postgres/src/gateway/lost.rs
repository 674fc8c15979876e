//! Calls whose servers have not ended them.

use std::sync::Arc;

use futures::FutureExt;
use udam_domain::gateway::{CallEvent, CallState, CallTransition, OpenCall, call_transition};
use udam_domain::id::CallId;
use udam_domain::time::Timestamp;
use udam_domain::{StoreError, error_chain};

use super::batch::failed;
use super::by_key;
use super::known::Known;
use super::row;
use super::snapshot::{self, Asked};
use super::write::{self, Changes};
use crate::halves::in_halves;
use crate::pool::PgPool;
use crate::transaction::{Transaction, TxResult};

/// Gives up to `limit` calls up whose deadlines are before `now`. Returns them. One that cannot be given up does not keep
/// the others.
pub(super) async fn give_up(
    pool: &PgPool,
    known: &Arc<Known>,
    now: Timestamp,
    limit: u16,
) -> Result<Vec<CallId>, StoreError> {
    let lapsed = lapsed(pool, now, limit).await?;
    let together = |calls: Arc<[OpenCall]>| {
        let (pool, known) = (pool.clone(), Arc::clone(known));
        async move {
            pool.transaction(|tx| give_up_in(tx, &known, &calls, now).boxed())
                .await
        }
        .boxed()
    };
    let (mut given_up, mut failure) = (Vec::new(), None);
    for result in in_halves(&lapsed, together, Err).await {
        match result {
            Ok(call) => given_up.extend(call),
            Err(error) => failure = Some(error),
        }
    }
    match failure {
        Some(error) if given_up.is_empty() => return Err(error),
        Some(error) => {
            let cause = error_chain(&error);
            tracing::error!(cause, "some lost calls could not be given up");
        }
        None => {}
    }
    Ok(given_up)
}

/// The calls to be given up, the oldest first.
async fn lapsed(pool: &PgPool, now: Timestamp, limit: u16) -> Result<Vec<OpenCall>, StoreError> {
    // Along the primary key: those that have lapsed are among the oldest, and all that are open are few.
    const LAPSED: &str = "\
-- gateway::lost::lapsed
SELECT id, token_id, key_id, taken, began_at, deadline FROM open_calls
WHERE deadline < $1 ORDER BY id LIMIT $2";

    let found = by_key::rows(pool, LAPSED, &[&now, &i64::from(limit)]).await?;
    Ok(found.iter().map(row::open_call).collect::<Result<_, _>>()?)
}

/// Gives these calls up, unless they have ended or were extended since they were read. Returns each that it gives up.
async fn give_up_in(
    tx: &Transaction<'_>,
    known: &Known,
    lapsed: &[OpenCall],
    now: Timestamp,
) -> TxResult<Vec<Result<Option<CallId>, StoreError>>> {
    let asked = Asked {
        tokens: lapsed.iter().map(|call| call.token_id).collect(),
        keys: lapsed.iter().map(|call| call.key_id).collect(),
        ending: lapsed.iter().map(|call| call.id).collect(),
        lapsed_before: Some(now),
        ..Asked::default()
    };
    let tokens = known.tokens(tx, &asked.tokens).await?;
    tx.prepare_all(&snapshot::STATEMENTS).await?;
    let mut snapshot = snapshot::load(tx, &asked, &tokens).await?;
    let mut changes = Changes::default();
    let mut results = Vec::with_capacity(lapsed.len());
    for call in lapsed {
        let Some(call) = snapshot.ended.remove(&call.id) else {
            results.push(Ok(None));
            continue;
        };
        let transition = call_transition(CallState::Open, CallEvent::Lapsed);
        let is_settled = match transition {
            CallTransition::Settle(settlement) => snapshot.batch.settle(&call, settlement),
            CallTransition::Stay => false,
        };
        let token = snapshot.batch.token(call.token_id).filter(|_| is_settled);
        let token = token.ok_or_else(|| failed("the units of a lost call were not taken"))?;
        changes.ended.push(call.lost(token, now));
        results.push(Ok(Some(call.id)));
    }
    changes.changed = snapshot.batch.changed();
    write::write_calls(tx, &changes).await?;
    Ok(results)
}
