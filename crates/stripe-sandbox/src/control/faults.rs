use std::time::Duration;

use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};

use super::{Answer, ControlError, State, read};
use crate::api::{Fault, FaultKind};

/// How long a call without an answer hangs, unless told: longer than a client should wait.
const LONG: u64 = 30_000;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct FaultBody {
    kind: String,
    #[serde(default = "one")]
    next: u32,
    delay_ms: Option<u64>,
    #[serde(default = "everything")]
    path_prefix: String,
    method: Option<String>,
    #[serde(default)]
    after_effect: bool,
    #[serde(default)]
    kept: bool,
}

const fn one() -> u32 {
    1
}

fn everything() -> String {
    "/v1".to_owned()
}

#[derive(Debug, Serialize)]
struct FaultsResponse {
    waiting: Vec<FaultResponse>,
}

#[derive(Debug, Serialize)]
struct FaultResponse {
    kind: &'static str,
    next: u32,
    delay_ms: u128,
    path_prefix: String,
    method: Option<String>,
    after_effect: bool,
    kept: bool,
}

impl FaultBody {
    fn parse(self) -> Result<Fault, ControlError> {
        let unusable = |why: &str| ControlError::Unusable(why.to_owned());
        let kind = FaultKind::parse(&self.kind)
            .ok_or_else(|| unusable("kind must be status_500, garbage, timeout or slow"))?;
        if self.kept && (kind != FaultKind::Status500 || self.after_effect) {
            return Err(unusable("only a status_500 without effect can be kept"));
        }
        let usual = if kind == FaultKind::Timeout { LONG } else { 0 };
        Ok(Fault {
            remaining: self.next,
            kind,
            delay: Duration::from_millis(self.delay_ms.unwrap_or(usual)),
            path_prefix: self.path_prefix,
            method: self.method,
            after_effect: self.after_effect,
            kept: self.kept,
        })
    }
}

/// `POST /_sandbox/faults`
pub(super) async fn add(body: web::Bytes, shared: State) -> Answer {
    let fault = read::<FaultBody>(&body)?.parse()?;
    shared.visit(|world, _| world.faults.add(fault));
    Ok(waiting(&shared))
}

/// `GET /_sandbox/faults`
pub(super) async fn show(shared: State) -> HttpResponse {
    waiting(&shared)
}

/// `DELETE /_sandbox/faults`
pub(super) async fn clear(shared: State) -> HttpResponse {
    shared.visit(|world, _| world.faults.clear());
    waiting(&shared)
}

fn waiting(shared: &State) -> HttpResponse {
    let waiting = shared.visit(|world, _| world.faults.waiting().to_vec());
    let waiting = waiting.into_iter().map(|fault| FaultResponse {
        kind: fault.kind.name(),
        next: fault.remaining,
        delay_ms: fault.delay.as_millis(),
        path_prefix: fault.path_prefix,
        method: fault.method,
        after_effect: fault.after_effect,
        kept: fault.kept,
    });
    HttpResponse::Ok().json(FaultsResponse {
        waiting: waiting.collect(),
    })
}
