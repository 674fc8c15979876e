use futures::executor::block_on;

use super::*;
use crate::fixtures::{actor, at, clock, entropy};
use crate::marketplace::PaymentPorts;
use crate::payment::{ListedEvents, PaymentAlert, PaymentEventKind};
use crate::ports::{
    MockAlertStore, MockEventInbox, MockMarketplaceMetrics, MockPaymentEventFeed,
    MockPaymentGateway, MockPaymentStore,
};

const NOW: i64 = 1_000;

fn event(number: u8) -> PaymentEvent {
    PaymentEvent {
        id: id(number),
        at: at(NOW),
        kind: PaymentEventKind::Other,
    }
}

fn id(number: u8) -> EventId {
    EventId::new(format!("evt_{number}"))
}

fn reason() -> Reason {
    "The webhook was lost.".parse().unwrap()
}

fn by(role: Role) -> Operator {
    Operator::new(actor(1), role)
}

/// Replays over this feed; the inbox applies the events with these outcomes, in this order.
fn replaying(feed: MockPaymentEventFeed, outcomes: Vec<Applied>) -> EventReplay {
    let mut inbox = MockEventInbox::new();
    let mut metrics = MockMarketplaceMetrics::new();
    let alerts = outcomes
        .iter()
        .filter(|applied| matches!(applied, Applied::Alert(_)));
    metrics
        .expect_alert_raised()
        .times(alerts.count())
        .return_const(());
    let expected = outcomes.len();
    let mut outcomes = outcomes.into_iter();
    inbox
        .expect_replay()
        .withf(|replay| replay.reason == reason() && replay.apply.at == at(NOW))
        .times(expected)
        .returning(move |_| Ok(outcomes.next().unwrap()));
    let payments = Payments::new(PaymentPorts {
        gateway: Arc::new(MockPaymentGateway::new()),
        charges: Arc::new(MockPaymentStore::new()),
        alerts: Arc::new(MockAlertStore::new()),
        clock: clock(at(NOW)),
        entropy: entropy(),
    });
    let ports = EventReplayPorts {
        inbox: Arc::new(inbox),
        feed: Arc::new(feed),
        metrics: Arc::new(metrics),
    };
    EventReplay::new(ports, payments)
}

#[test]
fn an_event_is_read_at_the_provider_and_applied_for_a_reason() {
    let mut feed = MockPaymentEventFeed::new();
    feed.expect_event()
        .returning(|asked| Ok((*asked == id(1)).then(|| event(1))));
    let replay = replaying(feed, vec![Applied::Done]);
    let replayed = block_on(replay.replay(by(Role::Operator), &id(1), reason())).unwrap();
    let expected = Replayed {
        applied: 1,
        ..Replayed::default()
    };
    assert_eq!(replayed, expected);
    let unknown = block_on(replay.replay(by(Role::Operator), &id(2), reason()));
    assert!(matches!(unknown, Err(ReplayError::NotFound)));
}

#[test]
fn all_events_of_a_period_are_applied_and_counted_by_what_became_of_them() {
    let mut feed = MockPaymentEventFeed::new();
    feed.expect_events()
        .withf(|asked| {
            let expected = FindEvents {
                from: at(5),
                until: Some(at(9)),
                limit: Some(EventReplay::MOST_EVENTS),
            };
            *asked == expected
        })
        .returning(|_| {
            Ok(Some(ListedEvents {
                readable: vec![event(1), event(2), event(3), event(4)],
                unreadable: vec![id(5)],
            }))
        });
    let alert = PaymentAlert::unreadable_event(&"evt_3");
    let outcomes = vec![
        Applied::Done,
        Applied::Repeated,
        Applied::Alert(vec![alert]),
        Applied::Ignored,
    ];
    let replay = replaying(feed, outcomes);
    let period = (at(5), at(9));
    let replayed = block_on(replay.replay_period(by(Role::Operator), period, reason())).unwrap();
    let expected = Replayed {
        applied: 1,
        unchanged: 2,
        alerted: 1,
        unreadable: 1,
    };
    assert_eq!(replayed, expected);
}

#[test]
fn a_period_with_too_many_events_or_no_time_replays_none() {
    let mut feed = MockPaymentEventFeed::new();
    feed.expect_events().returning(|_| Ok(None));
    let replay = replaying(feed, Vec::new());
    let replayed = |from, until| {
        let period = (at(from), at(until));
        block_on(replay.replay_period(by(Role::Operator), period, reason()))
    };
    assert!(matches!(replayed(5, 9), Err(ReplayError::TooMany)));
    assert!(matches!(replayed(9, 9), Err(ReplayError::EmptyPeriod)));
}

#[test]
fn support_replays_nothing() {
    let replay = replaying(MockPaymentEventFeed::new(), Vec::new());
    let one = block_on(replay.replay(by(Role::Support), &id(1), reason()));
    assert!(matches!(one, Err(ReplayError::NotAllowed(_))));
    let all = block_on(replay.replay_period(by(Role::Support), (at(1), at(2)), reason()));
    assert!(matches!(all, Err(ReplayError::NotAllowed(_))));
}
