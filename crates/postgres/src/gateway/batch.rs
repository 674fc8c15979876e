//! Drawing and ending calls: one transaction of two round trips, whatever the number of calls.
//!
//! A row lock is held until its commit is on disk. Calls of one token, each in a transaction of its own, could therefore be
//! no faster than the disk. They are drawn and ended together instead, by a [batcher](crate::batcher).
//!
//! | Round trip | Statements | Locks, and why |
//! |---|---|---|
//! | 0 | the keys and tokens that are not in the cache, of what never changes | none |
//! | 1 | `BEGIN`; the balances of the tokens that are drawn on or get units back | by token id: no unit is used twice |
//! | | the states of the tokens, their listings, the keys | none: read after the locks, never from a cache |
//! | | the deletion of the open calls that end | those calls, which nobody waits for with a lock that this waits for |
//! | | *the rules, in memory, one call after the other* | |
//! | 2 | balances, counters of keys, open calls and records of those that have ended, in one statement; mails to the buyers of tokens that have run low | counters, under the lock of the balance |
//! | | `COMMIT`, which every caller waits for | released |
//!
//! `docs/calls.md` gives the reasons.

use futures::join;
use udam_domain::gateway::{
    CallEvent, CallState, CallTransition, DrawCall, DrawRefused, EndedCall, Finished, OpenCall,
    call_transition,
};
use udam_domain::time::Timestamp;
use udam_domain::{DrawnCall, StoreError};

use super::known::{Known, KnownKeys};
use super::snapshot::{self, Asked, Snapshot};
use super::write::{self, Changes};
use crate::mails::{TELL_UNITS_LOW, tell_units_low};
use crate::transaction::{Transaction, TxResult};

/// A call that begins or ends.
#[derive(Debug, Clone)]
pub(super) enum CallJob {
    Draw(DrawCall),
    Finish(Box<EndedCall>),
}

/// What has become of a [`CallJob`].
#[derive(Debug)]
pub(super) enum CallDone {
    Drawn(Result<Box<DrawnCall>, DrawRefused>),
    Finished(Finished),
}

/// The result of one job of a batch.
pub(super) type CallResult = Result<CallDone, StoreError>;

/// Draws and ends these calls in the transaction, which it begins and commits. Returns one result per job, in their order.
pub(super) async fn run(
    tx: &Transaction<'_>,
    known: &Known,
    jobs: &[CallJob],
) -> TxResult<Vec<CallResult>> {
    tx.prepare_all(&snapshot::STATEMENTS).await?;
    tx.prepare_all(&[write::WRITE_CALLS, TELL_UNITS_LOW])
        .await?;
    let digests = jobs.iter().filter_map(|job| match job {
        CallJob::Draw(draw) => Some(draw.key),
        CallJob::Finish(_) => None,
    });
    let keys = known.keys(tx, digests).await?;
    let mut asked = asked(jobs, &keys);
    let tokens = known.tokens(tx, &asked.tokens).await?;
    asked.tokens.retain(|id| tokens.contains_key(id));
    let (begun, snapshot) = join!(tx.begin(), snapshot::load(tx, &asked, &tokens));
    begun?;
    let mut snapshot = snapshot?;
    let (mut results, mut changes) = (Vec::with_capacity(jobs.len()), Changes::default());
    for job in jobs {
        results.push(match job {
            CallJob::Draw(request) => draw(&mut snapshot, request, &mut changes)?,
            CallJob::Finish(ended) => {
                Ok(CallDone::Finished(end(&mut snapshot, ended, &mut changes)?))
            }
        });
    }
    changes.changed = snapshot.batch.changed();
    let low = &changes.changed.ran_low;
    let (written, told, committed) = join!(
        write::write_calls(tx, &changes),
        tell_units_low(tx, low, latest(jobs)),
        tx.commit()
    );
    // The first failure is the cause; the commit after it has rolled back.
    written?;
    told?;
    committed?;
    Ok(results)
}

/// Time of the last draw.
fn latest(jobs: &[CallJob]) -> Timestamp {
    let draws = jobs.iter().filter_map(|job| match job {
        CallJob::Draw(draw) => Some(draw.at),
        CallJob::Finish(_) => None,
    });
    draws.max().unwrap_or(Timestamp::MIN)
}

/// What these jobs depend on. A draw with a made-up key locks nothing.
fn asked(jobs: &[CallJob], keys: &KnownKeys) -> Asked {
    let mut asked = Asked::default();
    for job in jobs {
        match job {
            CallJob::Draw(draw) => {
                if let Some(key) = keys.get(&draw.key) {
                    asked.tokens.insert(key.token_id);
                    asked.drawn.insert(key.token_id);
                    asked.keys.insert(key.id);
                }
            }
            CallJob::Finish(ended) => {
                if ended.returns_units() {
                    asked.tokens.insert(ended.call.token_id);
                    asked.keys.insert(ended.call.key_id);
                }
                asked.ending.insert(ended.call.id);
            }
        }
    }
    asked
}

/// Draws a call. An error in place of a result is that of the whole transaction.
fn draw(
    snapshot: &mut Snapshot,
    request: &DrawCall,
    changes: &mut Changes,
) -> Result<CallResult, StoreError> {
    let service = snapshot.services.get(&request.listing_id);
    let reached = service.and_then(|service| {
        let endpoint_url = service.endpoint_url.clone()?;
        Some((service.key.clone(), endpoint_url))
    });
    if service.is_some() && reached.is_none() {
        // It fails its own calls alone, and the batch goes on.
        return Ok(Err(failed("a listing that sells calls has no address")));
    }
    let drawn = match snapshot.batch.draw(request) {
        Ok(drawn) => drawn,
        Err(refused) => return Ok(Ok(CallDone::Drawn(Err(refused)))),
    };
    let (key, endpoint_url) = reached.ok_or_else(|| failed("a row read under lock is missing"))?;
    changes.opened.push(OpenCall::of(&drawn));
    Ok(Ok(CallDone::Drawn(Ok(Box::new(DrawnCall {
        drawn,
        key,
        endpoint_url,
    })))))
}

/// Ends a call, if it was open. An error is that of the whole transaction, which has deleted the open call.
fn end(
    snapshot: &mut Snapshot,
    ended: &EndedCall,
    changes: &mut Changes,
) -> Result<Finished, StoreError> {
    let Some(open) = snapshot.ended.remove(&ended.call.id) else {
        return Ok(Finished::Before);
    };
    let event = CallEvent::Ended(ended.call.settlement());
    match call_transition(CallState::Open, event) {
        CallTransition::Settle(settlement) if snapshot.batch.settle(&open, settlement) => {
            changes.ended.push(ended.call.clone());
            Ok(Finished::Now)
        }
        CallTransition::Settle(_) | CallTransition::Stay => {
            Err(failed("the units of an open call were not taken"))
        }
    }
}

pub(super) fn failed(what: &'static str) -> StoreError {
    StoreError::Failed(what.into())
}
