//! Idempotency keys (<https://docs.stripe.com/api/idempotent_requests>).

use std::collections::HashMap;

use super::answer::Answer;

/// How many seconds a key is remembered.
const MEMORY: i64 = 24 * 60 * 60;

/// What is known of the keys that calls have borne.
#[derive(Debug, Default)]
pub(crate) struct Idempotency {
    keys: HashMap<String, Entry>,
}

#[derive(Debug)]
struct Entry {
    fingerprint: String,
    since: i64,
    /// None while the call is being carried out.
    answer: Option<Answer>,
}

/// What a key stands for when a call arrives.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Claim {
    /// This call, from now on.
    Ours,
    /// The same call, which was answered so.
    Answered(Answer),
    /// The same call, which is being carried out.
    InProgress,
    /// Another call.
    Taken,
}

impl Idempotency {
    /// Claims a key for a call.
    pub(crate) fn claim(&mut self, key: &str, fingerprint: String, now: i64) -> Claim {
        if let Some(entry) = self.keys.get(key)
            && now.saturating_sub(entry.since) < MEMORY
        {
            return match &entry.answer {
                _ if entry.fingerprint != fingerprint => Claim::Taken,
                Some(answer) => Claim::Answered(answer.clone()),
                None => Claim::InProgress,
            };
        }
        let entry = Entry {
            fingerprint,
            since: now,
            answer: None,
        };
        self.keys.insert(key.to_owned(), entry);
        Claim::Ours
    }

    /// Remembers the answer for those who repeat the call.
    pub(crate) fn keep(&mut self, key: &str, answer: Answer) {
        if let Some(entry) = self.keys.get_mut(key) {
            entry.answer = Some(answer);
        }
    }

    /// Forgets a call that was never carried out.
    pub(crate) fn release(&mut self, key: &str) {
        self.keys.remove(key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer() -> Answer {
        Answer::success("req_1".to_owned(), "{}".to_owned())
    }

    #[test]
    fn a_repetition_gets_the_first_answer() {
        let mut keys = Idempotency::default();
        assert_eq!(keys.claim("k", "a".into(), 0), Claim::Ours);
        assert_eq!(keys.claim("k", "a".into(), 1), Claim::InProgress);
        keys.keep("k", answer());
        assert_eq!(keys.claim("k", "a".into(), 2), Claim::Answered(answer()));
    }

    #[test]
    fn another_call_cannot_have_the_key() {
        let mut keys = Idempotency::default();
        keys.claim("k", "a".into(), 0);
        assert_eq!(keys.claim("k", "b".into(), 1), Claim::Taken);
        keys.keep("k", answer());
        assert_eq!(keys.claim("k", "b".into(), 2), Claim::Taken);
    }

    #[test]
    fn a_call_that_was_never_carried_out_leaves_its_key_free() {
        let mut keys = Idempotency::default();
        keys.claim("k", "a".into(), 0);
        keys.release("k");
        assert_eq!(keys.claim("k", "b".into(), 1), Claim::Ours);
    }

    #[test]
    fn a_key_is_forgotten_after_a_day() {
        let mut keys = Idempotency::default();
        keys.claim("k", "a".into(), 0);
        keys.keep("k", answer());
        assert_eq!(keys.claim("k", "b".into(), MEMORY - 1), Claim::Taken);
        assert_eq!(keys.claim("k", "b".into(), MEMORY), Claim::Ours);
    }
}
