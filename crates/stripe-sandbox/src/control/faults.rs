use std::time::Duration;

use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};

use super::error::{ControlError, ControlResult, parse};
use crate::context::ContextData;
use crate::faults::{Fault, FaultKind};
use crate::uses::Uses;
use crate::wire::Refusal;

/// Default delay of a timeout, in milliseconds: longer than a client should wait.
const DEFAULT_TIMEOUT_MS: u64 = 30_000;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct FaultBody {
    kind: String,
    /// Number of requests; null = all from now on.
    #[serde(default = "default_next")]
    next: Option<u32>,
    delay_ms: Option<u64>,
    #[serde(default = "default_path_prefix")]
    path_prefix: String,
    method: Option<String>,
    #[serde(default)]
    after_effect: bool,
    #[serde(default)]
    kept: bool,
    /// Status of a refusal; the three below are its error object's.
    #[serde(default = "default_status")]
    status: u16,
    #[serde(default = "default_error_type")]
    error_type: String,
    code: Option<String>,
    #[serde(default = "default_message")]
    message: String,
}

#[expect(clippy::unnecessary_wraps, reason = "the default of an optional field")]
const fn default_next() -> Option<u32> {
    Some(1)
}

const fn default_status() -> u16 {
    403
}

fn default_error_type() -> String {
    "invalid_request_error".to_owned()
}

fn default_message() -> String {
    "this account cannot do that".to_owned()
}

fn default_path_prefix() -> String {
    "/v1".to_owned()
}

#[derive(Debug, Serialize)]
struct FaultsResponse {
    waiting: Vec<FaultResponse>,
}

#[derive(Debug, Serialize)]
struct FaultResponse {
    kind: &'static str,
    next: Option<u32>,
    delay_ms: u128,
    path_prefix: String,
    method: Option<String>,
    after_effect: bool,
    kept: bool,
}

impl TryFrom<FaultBody> for Fault {
    type Error = ControlError;

    fn try_from(body: FaultBody) -> Result<Self, ControlError> {
        let kind = body.kind.parse().map_err(|_unknown| {
            ControlError::invalid("kind must be status_500, garbage, timeout, slow or refused")
        })?;
        if body.kept && (kind != FaultKind::Status500 || body.after_effect) {
            let message = "kept goes with status_500, and not with after_effect";
            return Err(ControlError::invalid(message));
        }
        if kind == FaultKind::Refused && (body.after_effect || !(400..500).contains(&body.status)) {
            let message = "refused goes with a status of 400 to 499, and not with after_effect";
            return Err(ControlError::invalid(message));
        }
        let default_delay = match kind {
            FaultKind::Timeout => DEFAULT_TIMEOUT_MS,
            FaultKind::Status500 | FaultKind::Garbage | FaultKind::Slow | FaultKind::Refused => 0,
        };
        Ok(Self {
            remaining: Uses(body.next),
            kind,
            refusal: Refusal {
                status: body.status,
                error_type: body.error_type,
                code: body.code,
                message: body.message,
            },
            delay: Duration::from_millis(body.delay_ms.unwrap_or(default_delay)),
            path_prefix: body.path_prefix,
            method: body.method,
            after_effect: body.after_effect,
            kept: body.kept,
        })
    }
}

/// `POST /_sandbox/faults`
pub(super) async fn add(body: web::Bytes, context: ContextData) -> ControlResult {
    let fault = parse::<FaultBody>(&body)?.try_into()?;
    context.update(|state, _| state.faults.add(fault));
    Ok(pending(&context))
}

/// `GET /_sandbox/faults`
pub(super) async fn show(context: ContextData) -> HttpResponse {
    pending(&context)
}

/// `DELETE /_sandbox/faults`
pub(super) async fn clear(context: ContextData) -> HttpResponse {
    context.update(|state, _| state.faults.clear());
    pending(&context)
}

fn pending(context: &ContextData) -> HttpResponse {
    let pending = context.update(|state, _| state.faults.pending().to_vec());
    let waiting = pending.into_iter().map(|fault| FaultResponse {
        kind: fault.kind.into_str(),
        next: fault.remaining.0,
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
