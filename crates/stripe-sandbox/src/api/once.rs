//! Executes a request once under its idempotency key.

use super::command::Command;
use crate::idempotency::KeyClaim;
use crate::model::Cause;
use crate::state::State;
use crate::wire::{ApiError, ApiRequest, ApiResponse};

/// Maximum length of an idempotency key, in bytes.
const MAX_KEY_LENGTH: usize = 255;

/// Result of starting a request.
#[derive(Debug)]
pub(super) enum Started {
    /// The request is not to be executed; this is the response.
    Responded(ApiResponse),
    /// The request is to be executed under this request id.
    New(String),
}

/// Draws a request id and claims the idempotency key, if there is one.
pub(super) fn start(state: &mut State, request: &ApiRequest, now: i64) -> Started {
    let request_id = state.account.ids.request();
    let Some(key) = request.idempotency_key.clone() else {
        return Started::New(request_id);
    };
    if key.is_empty() || key.len() > MAX_KEY_LENGTH {
        let error = ApiError::IdempotencyKeyLength;
        return Started::Responded(ApiResponse::error(request_id, &error));
    }
    let error = match state.idempotency.claim(&key, request.fingerprint(), now) {
        KeyClaim::New => return Started::New(request_id),
        KeyClaim::Replay(response) => return Started::Responded(response.replayed(request_id)),
        KeyClaim::InProgress => ApiError::IdempotencyKeyInUse { key },
        KeyClaim::Mismatch => ApiError::IdempotencyKeyReused { key },
    };
    Started::Responded(ApiResponse::error(request_id, &error))
}

/// Executes a started request and stores its response, unless it failed validation.
pub(super) fn finish(
    state: &mut State,
    request: &ApiRequest,
    request_id: String,
    now: i64,
) -> ApiResponse {
    let cause = Cause {
        now,
        request_id: Some(request_id.clone()),
        idempotency_key: request.idempotency_key.clone(),
    };
    let result = Command::parse(request).and_then(|command| Ok(command.execute(state, &cause)?));
    match result {
        Ok(body) => {
            let response = ApiResponse::success(request_id, body);
            store(state, request, &response);
            response
        }
        Err(error) => {
            let response = ApiResponse::error(request_id, &error);
            let executed = match &error {
                ApiError::Request(error) => !error.is_validation(),
                _ => false,
            };
            abort(state, request, executed.then_some(&response));
            response
        }
    }
}

/// Ends a started request without executing it. Its response is stored if one is given; otherwise its
/// idempotency key is released.
pub(super) fn abort(state: &mut State, request: &ApiRequest, response: Option<&ApiResponse>) {
    match (response, &request.idempotency_key) {
        (Some(response), _) => store(state, request, response),
        (None, Some(key)) => state.idempotency.release(key),
        (None, None) => {}
    }
}

fn store(state: &mut State, request: &ApiRequest, response: &ApiResponse) {
    if let Some(key) = &request.idempotency_key {
        state.idempotency.store(key, response.clone());
    }
}
