//! Records of received events, and applying events again.

use udam_domain::administration::Role;
use udam_domain::id::{RefundId, TokenId};
use udam_domain::order::OrderState;
use udam_domain::page::{PageLimit, PageRequest};
use udam_domain::payment::{DisputeState, EventName, EventState, PaymentEvent, ReceivedEvent};
use udam_domain::{Applied, ApplyEvent, EventInbox, PaymentStore, ReplayEvent, StoreError};
use udam_postgres::PgEventInbox;

use super::outcomes::PaymentFixture;
use crate::administration::operator;
use crate::orders::market::{Market, at, fresh_uuid, policy};

pub(super) fn inbox(market: &Market) -> PgEventInbox {
    PgEventInbox::new(market.pool.clone(), policy())
}

fn to_apply(event: &PaymentEvent) -> ApplyEvent {
    ApplyEvent {
        event: event.clone(),
        refund_id: RefundId::from_uuid(fresh_uuid()),
        token_id: TokenId::from_uuid(fresh_uuid()),
        at: at(3_000),
    }
}

pub(super) async fn replay(market: &Market, event: &PaymentEvent) -> Result<Applied, StoreError> {
    let replay = ReplayEvent {
        apply: to_apply(event),
        by: operator(&market.database, Role::Operator).await,
        reason: "The webhook was lost.".parse().unwrap(),
    };
    inbox(market).replay(replay).await
}

/// All that events change, as one text.
pub(super) async fn fingerprint(market: &Market) -> String {
    const ROWS: &str = "SELECT md5(string_agg(row, '|' ORDER BY row)) FROM (
        SELECT 'order' || o::text AS row FROM orders o
        UNION ALL SELECT 'charge' || c::text FROM charges c
        UNION ALL SELECT 'refund' || r::text FROM refunds r
        UNION ALL SELECT 'dispute' || d::text FROM disputes d
        UNION ALL SELECT 'disputed' || d::text FROM disputed_orders d
        UNION ALL SELECT 'token' || t::text FROM tokens t
        UNION ALL SELECT 'tab' || t::text FROM tabs t WHERE t.open_minor > 0 OR t.paid_at IS NOT NULL
        UNION ALL SELECT 'stock' || s::text FROM listing_stock s
        UNION ALL SELECT 'kept' || e::text FROM out_of_order_events e
    ) AS rows";

    market.database.value(ROWS).await
}

impl PaymentFixture {
    async fn received(&self, event: &PaymentEvent) -> ReceivedEvent {
        let found = inbox(&self.market).find(&event.id).await.unwrap();
        found.unwrap()
    }
}

#[tokio::test]
async fn what_became_of_an_event_is_recorded_with_its_effect() {
    let mut fixture = PaymentFixture::new().await;
    let order = fixture.bought(1_000, 1, 5).await;
    let charge = fixture.charge(&order, 10).await;
    fixture.provider.pay(0, false);
    let paid = fixture.provider.events[0].clone();
    for attempts in [1, 2] {
        fixture.deliver(&paid).await;
        let received = fixture.received(&paid).await;
        assert_eq!(
            (received.name, received.state, received.attempts),
            (EventName::Paid, EventState::Applied, attempts)
        );
        assert_eq!(received.charge_id, Some(charge.id));
        assert_eq!(received.payment, Some(fixture.provider.payment(0)));
        assert_eq!(received.error, None);
        assert_eq!(received.happened_at, paid.at);
    }
    // The payment tells which charge a dispute is about.
    fixture.provider.dispute(0, 1_000, DisputeState::Open);
    let disputed = fixture.provider.events[1].clone();
    fixture.deliver(&disputed).await;
    assert_eq!(fixture.received(&disputed).await.charge_id, Some(charge.id));
    let page = PageRequest {
        after: None,
        limit: PageLimit::new(1).unwrap(),
    };
    let first = inbox(&fixture.market).list(None, page).await.unwrap();
    assert_eq!(first.items[0].id, disputed.id);
    let page = PageRequest {
        after: first.next,
        ..page
    };
    let second = inbox(&fixture.market).list(None, page).await.unwrap();
    assert_eq!((&second.items[0].id, second.next), (&paid.id, None));
}

#[tokio::test]
async fn an_event_that_fails_is_recorded_and_a_replay_applies_it() {
    let mut fixture = PaymentFixture::new().await;
    let order = fixture.bought(1_000, 1, 5).await;
    fixture.charge(&order, 10).await;
    fixture.provider.pay(0, false);
    let paid = fixture.provider.events[0].clone();
    let sql = &fixture.market.database.sql;
    sql.batch_execute("ALTER TABLE tokens ADD CONSTRAINT refused CHECK (false) NOT VALID")
        .await
        .unwrap();
    let failed = fixture.market.payments.apply(to_apply(&paid)).await;
    assert!(matches!(failed, Err(StoreError::Failed(_))));
    let received = fixture.received(&paid).await;
    assert_eq!(received.state, EventState::Failed);
    let error = received.error.unwrap();
    assert!(error.contains("refused"), "{error}");
    sql.batch_execute("ALTER TABLE tokens DROP CONSTRAINT refused")
        .await
        .unwrap();
    let failing = Some(EventState::Failed);
    let page = PageRequest::default();
    let listed = inbox(&fixture.market).list(failing, page).await.unwrap();
    assert_eq!(listed.items.len(), 1);
    let applied = replay(&fixture.market, &paid).await.unwrap();
    assert_eq!(applied, Applied::Done);
    let received = fixture.received(&paid).await;
    assert_eq!(
        (received.state, received.attempts, received.error),
        (EventState::Applied, 2, None)
    );
    assert_eq!(fixture.now(&order).await.state, OrderState::Fulfilled);
    let row = sql
        .query_one(
            "SELECT reason, before, after, subject_id FROM audit_events WHERE action = 'event_replayed'",
            &[],
        )
        .await
        .unwrap();
    let texts: [String; 3] = [row.get(0), row.get(1), row.get(2)];
    let expected = [
        "The webhook was lost.".to_owned(),
        format!("{} failed", paid.id),
        format!("{} applied", paid.id),
    ];
    assert_eq!(texts, expected);
    fixture.market.assert_consistent().await;
}

#[tokio::test]
async fn an_event_that_was_replayed_is_not_applied_when_it_comes() {
    let mut fixture = PaymentFixture::new().await;
    let order = fixture.bought(1_000, 1, 5).await;
    fixture.charge(&order, 10).await;
    fixture.provider.pay(0, false);
    let paid = fixture.provider.events[0].clone();
    let applied = replay(&fixture.market, &paid).await.unwrap();
    assert_eq!(applied, Applied::Done);
    let before = fingerprint(&fixture.market).await;
    assert_eq!(fixture.deliver(&paid).await, Applied::Repeated);
    let again = replay(&fixture.market, &paid).await.unwrap();
    assert_eq!(again, Applied::Repeated);
    assert_eq!(fingerprint(&fixture.market).await, before);
}

#[tokio::test]
async fn an_event_that_waits_for_its_payment_is_kept_once() {
    let mut fixture = PaymentFixture::new().await;
    let order = fixture.bought(1_000, 1, 5).await;
    fixture.charge(&order, 10).await;
    fixture.provider.pay(0, false);
    fixture.provider.dispute(0, 1_000, DisputeState::Open);
    let disputed = fixture.provider.events[1].clone();
    assert_eq!(fixture.deliver(&disputed).await, Applied::Ignored);
    for _ in 0..2 {
        let replayed = replay(&fixture.market, &disputed).await.unwrap();
        assert_eq!(replayed, Applied::Ignored);
    }
    let kept = fixture.market.database.count("out_of_order_events").await;
    assert_eq!(kept, 1);
}
