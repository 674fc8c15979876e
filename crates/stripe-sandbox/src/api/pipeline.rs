//! From a call to its reply, through the faults that a test has asked for.

use std::sync::Arc;

use tokio::time::sleep;

use super::answer::Answer;
use super::call::Call;
use super::execution::{self, Begun};
use super::faults::{Fault, FaultKind};
use super::problem::Problem;
use crate::shared::Shared;

/// What the caller gets.
#[derive(Debug)]
pub(crate) enum Reply {
    Answered(Answer),
    /// Something, but not the answer.
    Garbled,
    /// Nothing.
    Lost,
}

/// Answers a call.
pub(crate) async fn run(shared: &Arc<Shared>, call: Call) -> Reply {
    if let Err(problem) = authorize(&call, &shared.api_key) {
        let request = shared.visit(|world, _| world.account.ids.request());
        return Reply::Answered(Answer::problem(request, &problem));
    }
    match shared.visit(|world, _| world.faults.strike(&call)) {
        None => Reply::Answered(carry_out(shared, &call)),
        Some(fault) if fault.after_effect => {
            let answer = carry_out(shared, &call);
            sleep(fault.delay).await;
            after(&fault, answer)
        }
        Some(fault) => before(shared, &call, &fault).await,
    }
}

fn carry_out(shared: &Arc<Shared>, call: &Call) -> Answer {
    shared.visit(|world, now| match execution::begin(world, call, now) {
        Begun::Answered(answer) => answer,
        Begun::Started(request) => execution::finish(world, call, request, now),
    })
}

/// What is left of an answer.
fn after(fault: &Fault, answer: Answer) -> Reply {
    match fault.kind {
        FaultKind::Status500 => {
            let request = answer.request().to_owned();
            Reply::Answered(Answer::problem(request, &Problem::Internal))
        }
        FaultKind::Garbage => Reply::Garbled,
        FaultKind::Timeout => Reply::Lost,
        FaultKind::Slow => Reply::Answered(answer),
    }
}

/// A call that goes wrong before it takes effect. Its key is in use meanwhile.
async fn before(shared: &Arc<Shared>, call: &Call, fault: &Fault) -> Reply {
    let begun = shared.visit(|world, now| execution::begin(world, call, now));
    sleep(fault.delay).await;
    let request = match begun {
        Begun::Answered(answer) => return after(fault, answer),
        Begun::Started(request) => request,
    };
    shared.visit(|world, now| match fault.kind {
        FaultKind::Slow => Reply::Answered(execution::finish(world, call, request, now)),
        FaultKind::Status500 => {
            let answer = Answer::problem(request, &Problem::Internal);
            execution::fail(world, call, fault.kept.then_some(&answer));
            Reply::Answered(answer)
        }
        FaultKind::Garbage => {
            execution::fail(world, call, None);
            Reply::Garbled
        }
        FaultKind::Timeout => {
            execution::fail(world, call, None);
            Reply::Lost
        }
    })
}

fn authorize(call: &Call, api_key: &str) -> Result<(), Problem> {
    match &call.api_key {
        None => Err(Problem::NoKey),
        Some(key) if key == api_key => Ok(()),
        Some(key) => Err(Problem::WrongKey { hint: hint(key) }),
    }
}

/// Enough of a key to recognise it, and no more: a real one may have been used by mistake.
fn hint(key: &str) -> String {
    let start: String = key.chars().take(8).collect();
    format!("{start}***")
}
