//! Carrying a call out, once.

use super::answer::Answer;
use super::call::Call;
use super::command::Command;
use super::idempotency::Claim;
use super::problem::Problem;
use crate::account::Occasion;
use crate::shared::World;

/// Whether a call is to be carried out.
#[derive(Debug)]
pub(crate) enum Begun {
    /// No: this is the answer.
    Answered(Answer),
    /// Yes, as the request of this id.
    Started(String),
}

/// Claims the call's key, if it has one.
pub(crate) fn begin(world: &mut World, call: &Call, now: i64) -> Begun {
    let request = world.account.ids.request();
    let Some(key) = call.idempotency_key.clone() else {
        return Begun::Started(request);
    };
    if key.is_empty() || key.len() > 255 {
        return Begun::Answered(Answer::problem(request, &Problem::KeyLength));
    }
    let problem = match world.idempotency.claim(&key, call.fingerprint(), now) {
        Claim::Ours => return Begun::Started(request),
        Claim::Answered(answer) => return Begun::Answered(answer.replayed(request)),
        Claim::InProgress => Problem::KeyInUse { key },
        Claim::Taken => Problem::OtherParameters { key },
    };
    Begun::Answered(Answer::problem(request, &problem))
}

/// Carries out a call that has begun, and remembers the answer.
pub(crate) fn finish(world: &mut World, call: &Call, request: String, now: i64) -> Answer {
    let occasion = Occasion {
        now,
        request: Some(request.clone()),
        idempotency_key: call.idempotency_key.clone(),
    };
    let result = Command::read(call).and_then(|command| Ok(command.perform(world, &occasion)?));
    match result {
        Ok(body) => {
            let answer = Answer::success(request, body);
            keep(world, call, &answer);
            answer
        }
        Err(problem) => {
            let answer = Answer::problem(request, &problem);
            let begun = match &problem {
                Problem::Refused(refusal) => !refusal.precedes_execution(),
                _ => false,
            };
            fail(world, call, begun.then_some(&answer));
            answer
        }
    }
}

/// Ends a call that took no effect. Its answer is remembered if one is given; otherwise it is as if
/// it had never come.
pub(crate) fn fail(world: &mut World, call: &Call, answer: Option<&Answer>) {
    match (answer, &call.idempotency_key) {
        (Some(answer), _) => keep(world, call, answer),
        (None, Some(key)) => world.idempotency.release(key),
        (None, None) => {}
    }
}

fn keep(world: &mut World, call: &Call, answer: &Answer) {
    if let Some(key) = &call.idempotency_key {
        world.idempotency.keep(key, answer.clone());
    }
}
