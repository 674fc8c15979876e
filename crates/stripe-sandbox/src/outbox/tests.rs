use super::*;

fn deliveries(count: usize) -> Vec<Delivery> {
    (0..count)
        .map(|number| Delivery {
            event: format!("evt_{number}"),
            event_type: "charge.refunded".into(),
            session: "cs_1".to_owned(),
            body: "{}".into(),
        })
        .collect()
}

fn outbox() -> Outbox {
    Outbox::new(Some("http://127.0.0.1:1/".parse().unwrap()))
}

fn events(queued: &[QueuedDelivery]) -> Vec<&str> {
    queued
        .iter()
        .map(|queued| queued.delivery.event.as_str())
        .collect()
}

fn responded(status: u16) -> Attempt {
    Attempt {
        at: 0,
        outcome: AttemptOutcome::Responded(status),
    }
}

#[test]
fn a_reliable_policy_sends_each_webhook_once_and_in_order() {
    let mut outbox = outbox();
    let sent = outbox.accept(deliveries(3));
    assert_eq!(events(&sent), ["evt_0", "evt_1", "evt_2"]);
    assert!(
        sent.iter()
            .all(|queued| queued.delay.is_zero() && queued.retry)
    );
    assert_eq!(outbox.counts().waiting, 3);
}

#[test]
fn without_a_url_no_webhook_is_sent() {
    let mut outbox = Outbox::new(None);
    assert!(outbox.accept(deliveries(1)).is_empty());
    assert_eq!(outbox.state_of("evt_0"), Some(DeliveryState::Unaddressed));
}

#[test]
fn held_webhooks_are_sent_when_they_are_released() {
    let mut outbox = outbox();
    outbox.set_policy(WebhookPolicy {
        hold: true,
        ..WebhookPolicy::RELIABLE
    });
    assert!(outbox.accept(deliveries(2)).is_empty());
    assert_eq!(outbox.counts().held, 2);
    assert_eq!(events(&outbox.release()), ["evt_0", "evt_1"]);
    assert!(!outbox.policy().hold);
}

#[test]
fn a_policy_without_hold_releases_the_held_webhooks() {
    let mut outbox = outbox();
    outbox.set_policy(WebhookPolicy {
        hold: true,
        ..WebhookPolicy::RELIABLE
    });
    outbox.accept(deliveries(1));
    assert_eq!(outbox.set_policy(WebhookPolicy::RELIABLE).len(), 1);
}

#[test]
fn the_same_seed_does_the_same_to_the_same_webhooks() {
    let policy = WebhookPolicy {
        drop_per_mille: 300,
        duplicate_per_mille: 300,
        delay: DelayRange { min: 1, max: 9 },
        shuffle: true,
        seed: 42,
        hold: false,
    };
    let run = |seed| {
        let mut outbox = outbox();
        outbox.set_policy(WebhookPolicy {
            seed,
            ..policy.clone()
        });
        let sent = outbox.accept(deliveries(50)).into_iter();
        sent.map(|queued| (queued.delivery.event, queued.delay))
            .collect::<Vec<_>>()
    };
    assert_eq!(run(42), run(42));
    assert_ne!(run(42), run(43));
    let in_order: Vec<String> = (0..50).map(|number| format!("evt_{number}")).collect();
    let sent: Vec<String> = run(42).into_iter().map(|(event, _)| event).collect();
    assert_ne!(sent, in_order);
}

#[test]
fn a_dropped_webhook_is_recorded_as_dropped() {
    let mut outbox = outbox();
    outbox.set_policy(WebhookPolicy {
        drop_per_mille: 1_000,
        ..WebhookPolicy::RELIABLE
    });
    assert!(outbox.accept(deliveries(2)).is_empty());
    assert_eq!(outbox.counts().dropped, 2);
}

#[test]
fn a_duplicate_is_sent_besides_the_webhook_and_never_retried() {
    let mut outbox = outbox();
    outbox.set_policy(WebhookPolicy {
        duplicate_per_mille: 1_000,
        ..WebhookPolicy::RELIABLE
    });
    let sent = outbox.accept(deliveries(1));
    let retry: Vec<bool> = sent.iter().map(|queued| queued.retry).collect();
    assert_eq!(retry, [false, true]);
}

#[test]
fn a_webhook_is_delivered_once_any_attempt_succeeded() {
    let mut outbox = outbox();
    outbox.accept(deliveries(1));
    outbox.record_attempt("evt_0", responded(500));
    assert_eq!(outbox.state_of("evt_0"), Some(DeliveryState::Waiting));
    outbox.record_attempt("evt_0", responded(204));
    assert_eq!(outbox.state_of("evt_0"), Some(DeliveryState::Delivered));
}

#[test]
fn a_webhook_fails_when_its_last_attempt_has() {
    let mut outbox = outbox();
    outbox.accept(deliveries(1));
    outbox.record_attempt("evt_0", responded(302));
    outbox.finish("evt_0");
    assert_eq!(outbox.state_of("evt_0"), Some(DeliveryState::Failed));
}

#[test]
fn an_event_happens_about_as_often_as_its_probability_says() {
    let mut rng = Rng::with_seed(1);
    let count = (0..10_000).filter(|_| happens(&mut rng, 250)).count();
    assert!((2_300..2_700).contains(&count), "{count}");
    assert!((0..10_000).all(|_| !happens(&mut rng, 0)));
    assert!((0..10_000).all(|_| happens(&mut rng, 1_000)));
}

#[test]
fn both_ends_of_the_delay_range_are_drawn() {
    let mut outbox = outbox();
    outbox.set_policy(WebhookPolicy {
        delay: DelayRange { min: 3, max: 5 },
        ..WebhookPolicy::RELIABLE
    });
    let sent = outbox.accept(deliveries(100));
    let delays: Vec<u128> = sent.iter().map(|sent| sent.delay.as_millis()).collect();
    for expected in 3..=5 {
        assert!(delays.contains(&expected), "{expected}");
    }
    assert!(delays.iter().all(|delay| (3..=5).contains(delay)));
}
