//! A server that shuts down responds to every request that it has accepted.

use std::time::{Duration, Instant};

use super::snapshot::Snapshot;
use super::violations::Violations;
use crate::load::{OrderAttempt, OrderRequest, Outcome};

/// A request that was sent this long before has reached the server.
const IN_TRANSIT: Duration = Duration::from_millis(50);

/// Checks the requests to a server that was asked to shut down. `before` was read before any request was
/// repeated.
pub(super) fn check(
    attempts: &[OrderAttempt],
    before: &Snapshot,
    server: usize,
    asked: Instant,
) -> Violations {
    let accepted = |request: &OrderRequest| {
        request.server == server && request.started + IN_TRANSIT < asked && asked < request.ended
    };
    let unanswered = |attempt: &OrderAttempt| {
        let mut requests = attempt.requests.iter();
        requests.any(|request| accepted(request) && request.outcome == Outcome::NoResponse)
    };
    let failed = |attempt: &OrderAttempt| attempt.count(|outcome| *outcome == Outcome::Failed) > 0;
    let unacknowledged =
        |attempt: &OrderAttempt| !attempt.is_settled() && before.order_of(attempt).is_some();
    let mut requests = attempts.iter().flat_map(|attempt| &attempt.requests);
    let idle = (!requests.any(accepted))
        .then(|| "no request was in progress when the server shut down".to_owned());
    let violations = attempts.iter().flat_map(|attempt| {
        [
            ("was accepted and got no response", unanswered(attempt)),
            ("failed without another fault", failed(attempt)),
            (
                "placed an order and did not acknowledge it",
                unacknowledged(attempt),
            ),
        ]
        .into_iter()
        .filter(|(_, is_so)| *is_so)
        .map(move |(what, _)| format!("a request {what} while a server shut down: {attempt:?}"))
    });
    violations.chain(idle).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verification::snapshot::OrderRow;

    const LATER: Duration = Duration::from_millis(100);

    /// A request to server 1 that was in progress when the server was asked to shut down.
    fn attempt(key: &str, asked: Instant, outcome: Outcome) -> OrderAttempt {
        OrderAttempt {
            buyer: 0,
            listing: 1,
            units: 1,
            key: Some(key.to_owned()),
            requests: vec![OrderRequest {
                server: 1,
                started: asked.checked_sub(LATER).unwrap(),
                ended: asked + LATER,
                outcome,
            }],
        }
    }

    fn snapshot(keys: &[&str]) -> Snapshot {
        let order = |key: &&str| OrderRow {
            id: String::new(),
            listing: 1,
            key: Some((*key).to_owned()),
            units: 1,
            state: "fulfilled".to_owned(),
            tokens: 1,
            token_units: 1,
        };
        Snapshot {
            orders: keys.iter().map(order).collect(),
            stock: Vec::new(),
        }
    }

    #[test]
    fn a_server_that_responds_to_every_request_passes() {
        let asked = Instant::now();
        let answered = attempt("a", asked, Outcome::SoldOut);
        assert_eq!(
            check(&[answered], &snapshot(&[]), 1, asked),
            Violations::new()
        );
    }

    #[test]
    fn a_request_that_was_accepted_and_dropped_is_found() {
        let asked = Instant::now();
        let dropped = attempt("a", asked, Outcome::NoResponse);
        let found = check(&[dropped], &snapshot(&[]), 1, asked).join("\n");
        assert!(found.contains("accepted and got no response"), "{found}");
        assert!(!found.contains("did not acknowledge"), "{found}");
    }

    #[test]
    fn an_order_that_was_not_acknowledged_is_found() {
        let asked = Instant::now();
        let mut late = attempt("a", asked, Outcome::NoResponse);
        late.requests[0].started = asked;
        let found = check(&[late], &snapshot(&["a"]), 1, asked).join("\n");
        assert!(found.contains("did not acknowledge"), "{found}");
        assert!(!found.contains("accepted and got no response"), "{found}");
    }

    #[test]
    fn a_failed_request_is_found() {
        let asked = Instant::now();
        let failed = attempt("a", asked, Outcome::Failed);
        let found = check(&[failed], &snapshot(&[]), 1, asked).join("\n");
        assert!(found.contains("failed without another fault"), "{found}");
    }

    #[test]
    fn a_shutdown_without_a_request_in_progress_is_found() {
        let asked = Instant::now();
        let answered = attempt("a", asked, Outcome::SoldOut);
        let found = check(&[answered], &snapshot(&[]), 0, asked).join("\n");
        assert!(found.contains("no request was in progress"), "{found}");
    }
}
