//! Idempotency keys (<https://docs.stripe.com/api/idempotent_requests>).

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::wire::ApiResponse;

/// Time that a key is stored for, in seconds: a day.
const RETENTION_SECONDS: i64 = 24 * 60 * 60;

/// Idempotency keys and the responses stored under them.
#[derive(Debug, Default)]
pub(crate) struct Idempotency {
    keys: HashMap<String, Entry>,
    /// Keys under which responses were stored; `None` unless they are tracked.
    stored: Option<Vec<String>>,
}

/// A response that is stored under a key.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct StoredResponse {
    pub(crate) key: String,
    pub(crate) fingerprint: String,
    /// Time of the first request, in seconds since 1970.
    pub(crate) claimed_at: i64,
    pub(crate) response: ApiResponse,
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
            if let Some(stored) = &mut self.stored {
                stored.push(key.to_owned());
            }
        }
    }

    /// Starts recording which responses are stored.
    pub(crate) fn track_stored(&mut self) {
        self.stored = Some(Vec::new());
    }

    /// Returns the responses that have been stored since the last call. None unless they are tracked.
    pub(crate) fn take_stored(&mut self) -> Vec<StoredResponse> {
        let stored = self.stored.as_mut().map(std::mem::take).unwrap_or_default();
        stored.iter().filter_map(|key| self.find(key)).collect()
    }

    /// All responses that are stored.
    pub(crate) fn responses(&self) -> Vec<StoredResponse> {
        self.keys.keys().filter_map(|key| self.find(key)).collect()
    }

    fn find(&self, key: &str) -> Option<StoredResponse> {
        let entry = self.keys.get(key)?;
        Some(StoredResponse {
            key: key.to_owned(),
            fingerprint: entry.fingerprint.clone(),
            claimed_at: entry.claimed_at,
            response: entry.response.clone()?,
        })
    }

    /// Takes in the responses of an earlier sandbox, unless their keys are free again at `now`.
    pub(crate) fn restore(&mut self, responses: Vec<StoredResponse>, now: i64) {
        for kept in responses {
            if now.saturating_sub(kept.claimed_at) < RETENTION_SECONDS {
                let entry = Entry {
                    fingerprint: kept.fingerprint,
                    claimed_at: kept.claimed_at,
                    response: Some(kept.response),
                };
                self.keys.insert(kept.key, entry);
            }
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
    fn stored_responses_are_restored_for_a_day() {
        let mut keys = Idempotency::default();
        keys.track_stored();
        for key in ["old", "new", "in progress"] {
            keys.claim(key, key.into(), if key == "old" { 0 } else { 10 });
        }
        keys.store("old", response());
        keys.store("new", response());
        let stored = keys.take_stored();
        assert_eq!((stored.len(), keys.take_stored().len()), (2, 0));
        let mut restored = Idempotency::default();
        restored.restore(stored, RETENTION_SECONDS);
        let replay = KeyClaim::Replay(response());
        assert_eq!(restored.claim("new", "new".into(), 20), replay);
        assert_eq!(restored.claim("old", "other".into(), 20), KeyClaim::New);
        assert_eq!(
            restored.claim("in progress", "other".into(), 20),
            KeyClaim::New
        );
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
