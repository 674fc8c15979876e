//! Catching up from the provider's list of events.

use std::collections::HashSet;
use std::sync::Mutex;

use super::*;
use crate::policy::FindEvents;

/// An event so many seconds after now.
fn event(seconds: i64) -> PaymentEvent {
    PaymentEvent {
        id: EventId::new(format!("evt_{seconds}")),
        at: at(NOW + seconds),
        kind: PaymentEventKind::Other,
    }
}

fn listed(events: impl IntoIterator<Item = PaymentEvent>) -> ListedEvents {
    ListedEvents {
        readable: events.into_iter().collect(),
        unreadable: vec![],
    }
}

#[test]
fn with_an_event_list_only_unknown_events_are_applied_and_no_session_is_asked_for() {
    let mut feed = MockPaymentEventFeed::new();
    let since = SweepPolicy::default().events_after(at(NOW - 1_000), true);
    feed.expect_events()
        .withf(move |request| *request == since)
        .returning(move |_| Ok(Some(listed([event(-2), event(-1)]))));
    let mut log = MockPaymentEventLog::new();
    log.expect_read_until()
        .returning(|| Ok(Some(at(NOW - 1_000))));
    log.expect_unknown()
        .returning(move |_| Ok([event(-1).id].into()));
    log.expect_record_read()
        .withf(|until| *until == at(NOW - 1))
        .once()
        .returning(|_| Ok(()));
    let mut mocks = Mocks {
        events: Some((feed, log)),
        ..Mocks::default()
    };
    mocks
        .charges
        .expect_apply()
        .withf(move |request| request.event == event(-1))
        .once()
        .returning(|_| Ok(Applied::Done));
    assert_eq!(mocks.sweep().caught_up, 1);
}

/// A log that has been read up to a while ago, and knows nothing but these ids.
fn log_knowing(known: Vec<EventId>) -> MockPaymentEventLog {
    let mut log = MockPaymentEventLog::new();
    log.expect_read_until()
        .returning(|| Ok(Some(at(NOW - 1_000))));
    log.expect_unknown().returning(move |asked| {
        let unknown = asked.iter().filter(|id| !known.contains(id));
        Ok(unknown.cloned().collect())
    });
    log.expect_record_read().returning(|_| Ok(()));
    log
}

#[test]
fn an_event_that_cannot_be_read_hides_no_other_and_is_reported_once() {
    let id = |name: &str| EventId::new(name.to_owned());
    let paid = PaymentEvent {
        id: id("evt_2"),
        at: at(NOW - 5),
        kind: PaymentEventKind::Other,
    };
    for known in [vec![], vec![id("evt_2"), id("evt_3").unreadable()]] {
        let is_new = known.is_empty();
        let mut feed = MockPaymentEventFeed::new();
        let listed = ListedEvents {
            readable: vec![paid.clone()],
            unreadable: vec![id("evt_3")],
        };
        feed.expect_events().return_once(move |_| Ok(Some(listed)));
        let mut mocks = Mocks {
            events: Some((feed, log_knowing(known))),
            ..Mocks::default()
        };
        mocks
            .charges
            .expect_apply()
            .withf(|request| request.event.id.as_str() == "evt_2")
            .times(usize::from(is_new))
            .returning(|_| Ok(Applied::Done));
        mocks
            .charges
            .expect_apply()
            .withf(|request| {
                request.event.id.as_str() == "unreadable:evt_3"
                    && request.event.kind == PaymentEventKind::Other
            })
            .times(usize::from(is_new))
            .returning(|_| Ok(Applied::Ignored));
        mocks.alerts.expect_raise().returning(|_, _| Ok(true));
        let alerts = is_new.then(|| PaymentAlert::unreadable_event(&id("evt_3")));
        let expected = Sweep {
            caught_up: is_new.into(),
            alerts: alerts.into_iter().collect(),
            ..Sweep::default()
        };
        assert_eq!(mocks.sweep(), expected);
    }
}

#[test]
fn a_provider_that_denies_access_fails_every_sweep_and_is_reported_once_until_it_grants_it() {
    let mut feed = MockPaymentEventFeed::new();
    let answers = [
        Err(GatewayError::Denied("no such key".into())),
        Err(GatewayError::Refused("the account is closed".into())),
        Ok(Some(ListedEvents::default())),
        Err(GatewayError::Denied("no such key".into())),
    ];
    let mut answers = answers.into_iter();
    feed.expect_events()
        .returning(move |_| answers.next().unwrap());
    let mut mocks = Mocks {
        events: Some((feed, log_knowing(vec![]))),
        ..Mocks::default()
    };
    mocks.alerts.expect_raise().returning(|_, _| Ok(true));
    // What does without the provider goes on.
    mocks
        .orders
        .expect_release_lapsed()
        .times(4)
        .returning(|_| Ok(Vec::new()));
    let reconciliation = mocks.reconciliation();
    let sweep = || {
        let mut sweep = Sweep::default();
        let ended = block_on(reconciliation.sweep(&mut sweep));
        let ended = ended.map_err(|error| error.to_string());
        (ended, sweep.postponed, sweep.alerts)
    };
    let failed = |cause: &str| {
        Err(format!(
            "the payment provider denies the marketplace access: {cause}"
        ))
    };
    let alert = || vec![PaymentAlert::provider_refuses("no such key")];
    assert_eq!(sweep(), (failed("no such key"), 1, alert()));
    assert_eq!(sweep(), (failed("the account is closed"), 1, vec![]));
    assert_eq!(sweep(), (Ok(()), 0, vec![]));
    assert_eq!(sweep(), (failed("no such key"), 1, alert()));
}

/// A provider that has had an event in every second of the last day, and fails the requests for which `fails`.
fn busy_feed(fails: fn(&FindEvents) -> bool) -> MockPaymentEventFeed {
    let mut feed = MockPaymentEventFeed::new();
    feed.expect_events().returning(move |request| {
        if fails(&request) {
            return Err(GatewayError::Unavailable("no response".into()));
        }
        let is_within = |event: &PaymentEvent| {
            event.at >= request.from && request.until.is_none_or(|until| event.at < until)
        };
        let events: Vec<_> = (-86_400..0).map(event).filter(is_within).collect();
        let fits = request
            .limit
            .is_none_or(|limit| events.len() <= limit.into());
        Ok(fits.then(|| listed(events)))
    });
    feed
}

/// Sweeps over a busy feed whose events are unknown. Returns the result, how many events were applied, and up to
/// when the feed has been read, in seconds after now.
fn sweep_busy(fails: fn(&FindEvents) -> bool) -> (Sweep, usize, Vec<i64>) {
    let mut log = MockPaymentEventLog::new();
    log.expect_read_until()
        .returning(|| Ok(Some(at(NOW - 80_000))));
    log.expect_unknown()
        .withf(|asked| asked.len() <= 1_000)
        .returning(|asked| Ok(asked.iter().cloned().collect()));
    let positions = Arc::new(Mutex::new(Vec::new()));
    let recorded = Arc::clone(&positions);
    log.expect_record_read().returning(move |until| {
        recorded
            .lock()
            .unwrap()
            .push(until.as_second() - at(NOW).as_second());
        Ok(())
    });
    let applied = Arc::new(Mutex::new(HashSet::new()));
    let mut mocks = Mocks {
        events: Some((busy_feed(fails), log)),
        ..Mocks::default()
    };
    let ids = Arc::clone(&applied);
    mocks.charges.expect_apply().returning(move |request| {
        assert!(
            ids.lock().unwrap().insert(request.event.id),
            "applied twice"
        );
        Ok(Applied::Done)
    });
    let sweep = mocks.sweep();
    let (applied, positions) = (
        applied.lock().unwrap().len(),
        positions.lock().unwrap().clone(),
    );
    (sweep, applied, positions)
}

#[test]
fn any_number_of_events_is_read_in_parts_the_earliest_first() {
    let (sweep, applied, positions) = sweep_busy(|_| false);
    assert_eq!(applied, 80_600);
    assert_eq!(sweep.caught_up, 80_600);
    assert!(positions.is_sorted());
    assert_eq!(positions.last(), Some(&-1));
}

#[test]
fn a_sweep_that_cannot_read_on_has_caught_up_that_far() {
    let (sweep, applied, positions) = sweep_busy(|request| request.from > at(NOW - 40_000));
    assert_eq!(sweep.postponed, 1);
    let read = *positions.last().unwrap();
    // The last period that was read began before that, and had at most 1,000 events.
    assert!((-40_001..-39_000).contains(&read), "{read}");
    let expected = usize::try_from(read + 80_600 + 1).unwrap();
    assert_eq!(applied, expected);
}

#[test]
fn late_events_are_looked_for_by_the_first_sweep_and_then_no_more_until_they_are_due() {
    let mut feed = MockPaymentEventFeed::new();
    let mut with_late = [true, false, false].into_iter();
    feed.expect_events().times(3).returning(move |request| {
        let expected = with_late.next().unwrap();
        let until = at(NOW - 1_000);
        assert_eq!(
            request,
            SweepPolicy::default().events_after(until, expected)
        );
        Ok(Some(ListedEvents::default()))
    });
    let mocks = Mocks {
        events: Some((feed, log_knowing(vec![]))),
        ..Mocks::default()
    };
    let reconciliation = mocks.reconciliation();
    for _ in 0..3 {
        block_on(reconciliation.sweep(&mut Sweep::default())).unwrap();
    }
}

#[test]
fn late_events_are_looked_for_again_if_the_provider_did_not_answer() {
    let mut feed = MockPaymentEventFeed::new();
    let with_late = SweepPolicy::default().events_after(at(NOW - 1_000), true);
    feed.expect_events()
        .withf(move |request| *request == with_late)
        .times(2)
        .returning(|_| Err(GatewayError::Unavailable("no response".into())));
    let mocks = Mocks {
        events: Some((feed, log_knowing(vec![]))),
        ..Mocks::default()
    };
    let reconciliation = mocks.reconciliation();
    for _ in 0..2 {
        let mut sweep = Sweep::default();
        block_on(reconciliation.sweep(&mut sweep)).unwrap();
        assert_eq!(sweep.postponed, 1);
    }
}
