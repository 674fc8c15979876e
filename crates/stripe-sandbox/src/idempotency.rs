//! Idempotency keys (<https://docs.stripe.com/api/idempotent_requests>).

use std::collections::HashMap;

use crate::wire::ApiResponse;

/// Time that a key is stored for, in seconds: a day.
const RETENTION_SECONDS: i64 = 24 * 60 * 60;

/// Idempotency keys and the responses stored under them.
#[derive(Debug, Default)]
pub(crate) struct Idempotency {
    keys: HashMap<String, Entry>,
}

#[derive(Debug)]
struct Entry {
    fingerprint: String,
    /// Time of the first request, in seconds since 1970.
    claimed_at: i64,
    /// `None` while the request is in progress.
    response: Option<ApiResponse>,
}

/// Result of claiming a key for a request.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum KeyClaim {
    /// The key was free and now belongs to the request.
    New,
    /// The request is a repeat, and the first has been responded to.
    Replay(ApiResponse),
    /// The request is a repeat, and the first is in progress.
    InProgress,
    /// The key belongs to a request with other parameters.
    Mismatch,
}

impl Idempotency {
    pub(crate) fn claim(&mut self, key: &str, fingerprint: String, now: i64) -> KeyClaim {
        if let Some(entry) = self.keys.get(key)
            && now.saturating_sub(entry.claimed_at) < RETENTION_SECONDS
        {
            return match &entry.response {
                _ if entry.fingerprint != fingerprint => KeyClaim::Mismatch,
                Some(response) => KeyClaim::Replay(response.clone()),
                None => KeyClaim::InProgress,
            };
        }
        let entry = Entry {
            fingerprint,
            claimed_at: now,
            response: None,
        };
        self.keys.insert(key.to_owned(), entry);
        KeyClaim::New
    }

    /// Stores the response to the request that has claimed the key.
    pub(crate) fn store(&mut self, key: &str, response: ApiResponse) {
        if let Some(entry) = self.keys.get_mut(key) {
            entry.response = Some(response);
        }
    }

    /// Frees the key of a request that was not executed.
    pub(crate) fn release(&mut self, key: &str) {
        self.keys.remove(key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn response() -> ApiResponse {
        ApiResponse::success("req_1".to_owned(), "{}".to_owned())
    }

    #[test]
    fn a_repeat_gets_the_first_response() {
        let mut keys = Idempotency::default();
        assert_eq!(keys.claim("k", "a".into(), 0), KeyClaim::New);
        assert_eq!(keys.claim("k", "a".into(), 1), KeyClaim::InProgress);
        keys.store("k", response());
        let replay = KeyClaim::Replay(response());
        assert_eq!(keys.claim("k", "a".into(), 2), replay);
    }

    #[test]
    fn a_request_with_other_parameters_cannot_claim_the_key() {
        let mut keys = Idempotency::default();
        keys.claim("k", "a".into(), 0);
        assert_eq!(keys.claim("k", "b".into(), 1), KeyClaim::Mismatch);
        keys.store("k", response());
        assert_eq!(keys.claim("k", "b".into(), 2), KeyClaim::Mismatch);
    }

    #[test]
    fn a_request_that_was_not_executed_frees_its_key() {
        let mut keys = Idempotency::default();
        keys.claim("k", "a".into(), 0);
        keys.release("k");
        assert_eq!(keys.claim("k", "b".into(), 1), KeyClaim::New);
    }

    #[test]
    fn a_key_is_free_again_after_a_day() {
        let mut keys = Idempotency::default();
        keys.claim("k", "a".into(), 0);
        keys.store("k", response());
        let claim = keys.claim("k", "b".into(), RETENTION_SECONDS - 1);
        assert_eq!(claim, KeyClaim::Mismatch);
        let claim = keys.claim("k", "b".into(), RETENTION_SECONDS);
        assert_eq!(claim, KeyClaim::New);
    }
}
