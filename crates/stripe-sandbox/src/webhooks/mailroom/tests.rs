use super::*;
use crate::webhooks::{Delay, Outcome};

fn letters(count: usize) -> Vec<Letter> {
    (0..count)
        .map(|number| Letter {
            event: format!("evt_{number}"),
            kind: "charge.refunded",
            session: "cs_1".to_owned(),
            body: "{}".into(),
        })
        .collect()
}

fn addressed() -> Mailroom {
    Mailroom::new(Some("http://127.0.0.1:1/".parse().unwrap()))
}

fn events(dispatches: &[Dispatch]) -> Vec<&str> {
    dispatches
        .iter()
        .map(|dispatch| dispatch.letter.event.as_str())
        .collect()
}

fn answered(status: u16) -> Attempt {
    Attempt {
        at: 0,
        outcome: Outcome::Answered(status),
    }
}

#[test]
fn a_reliable_post_sends_each_letter_once_and_in_order() {
    let mut mailroom = addressed();
    let sent = mailroom.accept(letters(3));
    assert_eq!(events(&sent), ["evt_0", "evt_1", "evt_2"]);
    assert!(
        sent.iter()
            .all(|dispatch| dispatch.delay.is_zero() && dispatch.persistent)
    );
    assert_eq!(mailroom.counts().waiting, 3);
}

#[test]
fn letters_without_an_address_stay_where_they_are() {
    let mut mailroom = Mailroom::new(None);
    assert!(mailroom.accept(letters(1)).is_empty());
    assert_eq!(mailroom.state_of("evt_0"), Some(RecordState::Unaddressed));
}

#[test]
fn what_is_held_goes_out_when_it_is_released() {
    let mut mailroom = addressed();
    mailroom.adopt(Policy {
        hold: true,
        ..Policy::RELIABLE
    });
    assert!(mailroom.accept(letters(2)).is_empty());
    assert_eq!(mailroom.counts().held, 2);
    assert_eq!(events(&mailroom.release()), ["evt_0", "evt_1"]);
    assert!(!mailroom.policy().hold);
}

#[test]
fn a_policy_that_no_longer_holds_releases() {
    let mut mailroom = addressed();
    mailroom.adopt(Policy {
        hold: true,
        ..Policy::RELIABLE
    });
    mailroom.accept(letters(1));
    assert_eq!(mailroom.adopt(Policy::RELIABLE).len(), 1);
}

#[test]
fn the_same_seed_does_the_same_to_the_same_letters() {
    let policy = Policy {
        drop_per_mille: 300,
        duplicate_per_mille: 300,
        delay: Delay { least: 1, most: 9 },
        shuffle: true,
        seed: 42,
        hold: false,
    };
    let run = |seed| {
        let mut mailroom = addressed();
        mailroom.adopt(Policy {
            seed,
            ..policy.clone()
        });
        let sent = mailroom.accept(letters(50)).into_iter();
        sent.map(|dispatch| (dispatch.letter.event, dispatch.delay))
            .collect::<Vec<_>>()
    };
    assert_eq!(run(42), run(42));
    assert_ne!(run(42), run(43));
    let in_order: Vec<String> = (0..50).map(|number| format!("evt_{number}")).collect();
    let sent: Vec<String> = run(42).into_iter().map(|(event, _)| event).collect();
    assert_ne!(sent, in_order);
}

#[test]
fn a_dropped_letter_is_known_to_be_dropped() {
    let mut mailroom = addressed();
    mailroom.adopt(Policy {
        drop_per_mille: 1_000,
        ..Policy::RELIABLE
    });
    assert!(mailroom.accept(letters(2)).is_empty());
    assert_eq!(mailroom.counts().dropped, 2);
}

#[test]
fn a_duplicate_is_sent_besides_the_letter_and_not_tried_again() {
    let mut mailroom = addressed();
    mailroom.adopt(Policy {
        duplicate_per_mille: 1_000,
        ..Policy::RELIABLE
    });
    let sent = mailroom.accept(letters(1));
    let persistent: Vec<bool> = sent.iter().map(|dispatch| dispatch.persistent).collect();
    assert_eq!(persistent, [false, true]);
}

#[test]
fn a_letter_is_delivered_once_any_attempt_was() {
    let mut mailroom = addressed();
    mailroom.accept(letters(1));
    mailroom.note("evt_0", answered(500));
    assert_eq!(mailroom.state_of("evt_0"), Some(RecordState::Waiting));
    mailroom.note("evt_0", answered(204));
    assert_eq!(mailroom.state_of("evt_0"), Some(RecordState::Delivered));
}

#[test]
fn a_letter_fails_when_its_last_attempt_has() {
    let mut mailroom = addressed();
    mailroom.accept(letters(1));
    mailroom.note("evt_0", answered(302));
    mailroom.finish("evt_0");
    assert_eq!(mailroom.state_of("evt_0"), Some(RecordState::Failed));
}
