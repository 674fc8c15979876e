//! A server that is asked to end answers what it has accepted, and accepts nothing that it does not
//! answer.

use std::time::{Duration, Instant};

use super::Wrongs;
use super::ledger::Ledger;
use crate::load::{Attempt, Errand, Said};

/// A request that was sent this long before is with the server.
const ON_ITS_WAY: Duration = Duration::from_millis(50);

/// What is wrong with what a server did that was asked to end. `before` is what the database said
/// before anybody asked again.
pub(super) fn judge(errands: &[Errand], before: &Ledger, server: usize, asked: Instant) -> Wrongs {
    let accepted = |attempt: &Attempt| {
        attempt.server == server && attempt.began + ON_ITS_WAY < asked && asked < attempt.ended
    };
    let unanswered = |errand: &&Errand| {
        let mut attempts = errand.attempts.iter();
        attempts.any(|attempt| accepted(attempt) && attempt.said == Said::Nothing)
    };
    let failed = |errand: &&Errand| errand.said(|said| *said == Said::Failed) > 0;
    let made_and_not_told =
        |errand: &&Errand| !errand.is_settled() && before.made_by(errand).is_some();
    let mut attempts = errands.iter().flat_map(|errand| &errand.attempts);
    let idle =
        (!attempts.any(accepted)).then(|| "nothing was under way as a server ended".to_owned());
    let wrongs = errands.iter().flat_map(|errand| {
        [
            ("was accepted and not answered", unanswered(&errand)),
            ("failed though nothing else was wrong", failed(&errand)),
            (
                "made an order that nobody was told of",
                made_and_not_told(&errand),
            ),
        ]
        .into_iter()
        .filter(|(_, is_so)| *is_so)
        .map(move |(what, _)| format!("a request {what}, as a server ended: {errand:?}"))
    });
    wrongs.chain(idle).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reckoning::ledger::Entry;

    const LATER: Duration = Duration::from_millis(100);

    /// A request to a server that ended while it was under way.
    fn errand(key: &str, asked: Instant, said: Said) -> Errand {
        Errand {
            buyer: 0,
            stall: 1,
            units: 1,
            key: Some(key.to_owned()),
            attempts: vec![Attempt {
                server: 1,
                began: asked.checked_sub(LATER).unwrap(),
                ended: asked + LATER,
                said,
            }],
        }
    }

    fn ledger(keys: &[&str]) -> Ledger {
        let entry = |key: &&str| Entry {
            id: String::new(),
            stall: 1,
            key: Some((*key).to_owned()),
            units: 1,
            state: "fulfilled".to_owned(),
            tokens: 1,
            token_units: 1,
        };
        Ledger {
            orders: keys.iter().map(entry).collect(),
            stock: Vec::new(),
        }
    }

    #[test]
    fn a_server_that_answers_all_it_has_accepted_ends_well() {
        let asked = Instant::now();
        let answered = errand("a", asked, Said::SoldOut);
        assert_eq!(judge(&[answered], &ledger(&[]), 1, asked), Wrongs::new());
    }

    #[test]
    fn a_request_that_was_accepted_and_dropped_is_noticed() {
        let asked = Instant::now();
        let dropped = errand("a", asked, Said::Nothing);
        let said = judge(&[dropped], &ledger(&[]), 1, asked).join("\n");
        assert!(said.contains("accepted and not answered"), "{said}");
        assert!(!said.contains("nobody was told"), "{said}");
    }

    #[test]
    fn an_order_that_nobody_was_told_of_is_noticed() {
        let asked = Instant::now();
        let mut late = errand("a", asked, Said::Nothing);
        late.attempts[0].began = asked;
        let said = judge(&[late], &ledger(&["a"]), 1, asked).join("\n");
        assert!(said.contains("nobody was told"), "{said}");
        assert!(!said.contains("accepted and not answered"), "{said}");
    }

    #[test]
    fn a_failure_is_noticed() {
        let asked = Instant::now();
        let failed = errand("a", asked, Said::Failed);
        let said = judge(&[failed], &ledger(&[]), 1, asked).join("\n");
        assert!(said.contains("failed though nothing else"), "{said}");
    }

    #[test]
    fn an_end_that_nobody_felt_is_noticed() {
        let asked = Instant::now();
        let answered = errand("a", asked, Said::SoldOut);
        let said = judge(&[answered], &ledger(&[]), 0, asked).join("\n");
        assert!(said.contains("nothing was under way"), "{said}");
    }
}
