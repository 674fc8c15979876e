use std::sync::Arc;

use tokio::time::sleep;

use super::once::{self, Started};
use crate::context::Context;
use crate::faults::{Fault, FaultKind};
use crate::wire::{ApiError, ApiRequest, ApiResponse};

/// Reply to the client: a response, or none.
#[derive(Debug)]
pub(super) enum Reply {
    Response(ApiResponse),
    /// A body that is not JSON.
    Garbage,
    /// No response: the connection breaks off.
    Disconnect,
}

/// Handles a request.
pub(super) async fn run(context: &Arc<Context>, request: ApiRequest) -> Reply {
    if let Err(error) = authorize(&request, &context.api_key) {
        let request_id = context.update(|state, _| state.account.ids.request());
        return Reply::Response(ApiResponse::error(request_id, &error));
    }
    match context.update(|state, _| state.faults.take_matching(&request)) {
        None => Reply::Response(execute(context, &request)),
        Some(fault) if fault.after_effect => {
            let response = execute(context, &request);
            sleep(fault.delay).await;
            with_fault(&fault, response)
        }
        Some(fault) => fail_before_effect(context, &request, &fault).await,
    }
}

fn execute(context: &Context, request: &ApiRequest) -> ApiResponse {
    context.update(|state, now| match once::start(state, request, now) {
        Started::Responded(response) => response,
        Started::New(request_id) => once::finish(state, request, request_id, now),
    })
}

/// Applies a fault to a response.
fn with_fault(fault: &Fault, response: ApiResponse) -> Reply {
    match fault.kind {
        FaultKind::Status500 => {
            let request_id = response.request_id().to_owned();
            Reply::Response(ApiResponse::error(request_id, &ApiError::Internal))
        }
        FaultKind::Garbage => Reply::Garbage,
        FaultKind::Timeout => Reply::Disconnect,
        FaultKind::Slow => Reply::Response(response),
        FaultKind::Refused => {
            let request_id = response.request_id().to_owned();
            Reply::Response(refused(fault, request_id))
        }
    }
}

fn refused(fault: &Fault, request_id: String) -> ApiResponse {
    ApiResponse::error(request_id, &ApiError::Refused(fault.refusal.clone()))
}

/// Applies a fault before the request is executed. Until then its idempotency key is in use.
async fn fail_before_effect(context: &Context, request: &ApiRequest, fault: &Fault) -> Reply {
    let started = context.update(|state, now| once::start(state, request, now));
    sleep(fault.delay).await;
    let request_id = match started {
        Started::Responded(response) => return with_fault(fault, response),
        Started::New(request_id) => request_id,
    };
    context.update(|state, now| match fault.kind {
        FaultKind::Slow => Reply::Response(once::finish(state, request, request_id, now)),
        FaultKind::Status500 => {
            let response = ApiResponse::error(request_id, &ApiError::Internal);
            once::abort(state, request, fault.kept.then_some(&response));
            Reply::Response(response)
        }
        FaultKind::Refused => {
            once::abort(state, request, None);
            Reply::Response(refused(fault, request_id))
        }
        FaultKind::Garbage => {
            once::abort(state, request, None);
            Reply::Garbage
        }
        FaultKind::Timeout => {
            once::abort(state, request, None);
            Reply::Disconnect
        }
    })
}

fn authorize(request: &ApiRequest, api_key: &str) -> Result<(), ApiError> {
    match &request.api_key {
        None => Err(ApiError::MissingApiKey),
        Some(key) if key == api_key => Ok(()),
        Some(key) => Err(ApiError::WrongApiKey { hint: hint(key) }),
    }
}

/// Enough of a key to recognise it, and no more: it may be a live key.
fn hint(key: &str) -> String {
    let start: String = key.chars().take(8).collect();
    format!("{start}***")
}
