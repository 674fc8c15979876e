//! The cases that other marketplaces have lost money on, one by one.

use futures::future::join_all;
use udam_domain::id::{ChargeId, RefundId, TokenId};
use udam_domain::order::{Order, OrderState};
use udam_domain::payment::{Charge, PaymentEvent};
use udam_domain::token::TokenState;
use udam_domain::{
    Applied, ApplyEvent, ChargeOrder, OpenChargeError, OrderReader, OrderStore, PaymentBacklog,
    PaymentStore, TokenReader,
};

use super::provider::Provider;
use crate::orders::world::{Party, World, at, claim, fresh_uuid, order_for};

pub(super) struct Scene {
    pub(super) world: World,
    pub(super) provider: Provider,
    pub(super) seller: Party,
    buyer: Party,
}

impl Scene {
    pub(super) async fn new() -> Self {
        let world = World::new().await;
        let (seller, buyer) = (world.party().await, world.party().await);
        Self {
            world,
            provider: Provider::default(),
            seller,
            buyer,
        }
    }

    pub(super) async fn charge(&mut self, order: &Order, seconds: i64) -> Charge {
        let request = ChargeOrder {
            charge_id: ChargeId::from_uuid(fresh_uuid()),
            order_id: order.id,
            buyer_id: Some(self.buyer.id),
            at: at(seconds),
        };
        let charge = self.world.payments.charge_order(request).await.unwrap();
        let session = self.provider.open(&charge);
        self.world
            .payments
            .record_session(charge.id, session)
            .await
            .unwrap();
        charge
    }

    pub(super) async fn bought(&self, price: i64, units: i64, of: i64) -> Order {
        let listing = self.world.listing(self.seller, price, of).await;
        let order = order_for(self.buyer, listing, units);
        self.world.orders.place(order).await.unwrap().order
    }

    pub(super) async fn deliver(&self, event: &PaymentEvent) -> Applied {
        let event = ApplyEvent {
            event: event.clone(),
            refund_id: RefundId::from_uuid(fresh_uuid()),
            token_id: TokenId::from_uuid(fresh_uuid()),
            at: at(2_000),
        };
        self.world.payments.apply(event).await.unwrap()
    }

    async fn now(&self, order: &Order) -> Order {
        self.world
            .reader
            .find(order.id, self.buyer.id)
            .await
            .unwrap()
            .unwrap()
    }
}

#[tokio::test]
async fn a_charge_carries_the_tab_and_its_payment_clears_exactly_that() {
    let mut scene = Scene::new().await;
    scene.bought(300, 1, 5).await;
    let large = scene.bought(1_000, 1, 5).await;
    let charge = scene.charge(&large, 10).await;
    assert_eq!(
        (charge.tab.minor(), charge.total().unwrap().minor()),
        (300, 1_300)
    );
    // More goes on the tab while the buyer is paying.
    scene.bought(200, 1, 5).await;
    scene.provider.pay(0, false);
    assert_eq!(
        scene.deliver(&scene.provider.events[0]).await,
        Applied::Done
    );
    let paid = scene.now(&large).await;
    assert_eq!(paid.state, OrderState::Fulfilled);
    assert!(paid.token_id.is_some() && paid.payment_url.is_none());
    let tab = scene
        .world
        .reader
        .tab(scene.buyer.id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(tab.open.minor(), 200);
    scene.world.assert_books_balance().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_event_delivered_twenty_times_at_once_acts_once() {
    let mut scene = Scene::new().await;
    let order = scene.bought(1_000, 2, 5).await;
    scene.charge(&order, 10).await;
    scene.provider.pay(0, false);
    let event = scene.provider.events[0].clone();
    let answers = join_all((0..20).map(|_| scene.deliver(&event))).await;
    assert_eq!(
        answers
            .iter()
            .filter(|answer| **answer == Applied::Done)
            .count(),
        1
    );
    assert_eq!(
        answers
            .iter()
            .filter(|answer| **answer == Applied::Repeated)
            .count(),
        19
    );
    assert_eq!(scene.world.stock(order.listing_id).await, (3, 0, 2, 2_000));
    scene.world.assert_books_balance().await;
}

#[tokio::test]
async fn asking_again_answers_with_the_same_charge_until_it_is_paid() {
    let mut scene = Scene::new().await;
    let order = scene.bought(1_000, 1, 5).await;
    let first = scene.charge(&order, 10).await;
    let again = scene.charge(&order, 20).await;
    assert_eq!((again.id, again.expires_at), (first.id, first.expires_at));
    assert!(again.session.is_some());
    assert_eq!(scene.now(&order).await.lapses_at, Some(first.expires_at));
    scene.provider.pay(0, false);
    scene.deliver(&scene.provider.events[0]).await;
    let request = ChargeOrder {
        charge_id: ChargeId::from_uuid(fresh_uuid()),
        order_id: order.id,
        buyer_id: Some(scene.seller.id),
        at: at(30),
    };
    let answer = scene.world.payments.charge_order(request).await;
    assert!(
        matches!(answer, Err(OpenChargeError::NotFound)),
        "{answer:?}"
    );
    let request = ChargeOrder {
        buyer_id: None,
        ..request
    };
    let answer = scene.world.payments.charge_order(request).await;
    let fulfilled = OrderState::Fulfilled;
    assert!(matches!(answer, Err(OpenChargeError::InvalidState(state)) if state == fulfilled));
}

#[tokio::test]
async fn a_late_payment_is_fulfilled_while_units_remain_and_given_back_when_not() {
    for (of, expected) in [(3, OrderState::Fulfilled), (1, OrderState::Refunded)] {
        let mut scene = Scene::new().await;
        let order = scene.bought(1_000, 1, of).await;
        scene.charge(&order, 10).await;
        scene.provider.expire(0);
        scene.deliver(&scene.provider.events[0]).await;
        assert_eq!(scene.now(&order).await.state, OrderState::Expired);
        // Somebody else takes a unit, the last one in the second round.
        let other = order_for(scene.seller, order.listing_id, 1);
        scene.world.orders.place(other).await.unwrap();
        scene.provider.pay(0, true);
        assert_eq!(
            scene.deliver(&scene.provider.events[1]).await,
            Applied::Done
        );
        assert_eq!(scene.now(&order).await.state, expected);
        let owed = scene
            .world
            .backlog
            .refunds_owed(claim(at(3_000), 10))
            .await
            .unwrap();
        let owed: Vec<i64> = owed.iter().map(|due| due.amount.minor()).collect();
        assert_eq!(owed, if of == 1 { vec![1_000] } else { vec![] });
        scene.world.assert_books_balance().await;
    }
}

#[tokio::test]
async fn another_amount_fulfils_nothing_and_raises_an_alert() {
    let mut scene = Scene::new().await;
    let order = scene.bought(1_000, 1, 5).await;
    scene.charge(&order, 10).await;
    scene.provider.sessions[0].total = 999;
    scene.provider.pay(0, false);
    let answer = scene.deliver(&scene.provider.events[0]).await;
    assert!(matches!(answer, Applied::Alert(_)), "{answer:?}");
    assert_eq!(scene.now(&order).await.state, OrderState::AwaitingPayment);
}

#[tokio::test]
async fn a_dispute_suspends_the_token_and_its_outcome_restores_or_revokes_it() {
    for won in [true, false] {
        let mut scene = Scene::new().await;
        let order = scene.bought(1_000, 1, 5).await;
        scene.charge(&order, 10).await;
        scene.provider.pay(0, false);
        scene.provider.dispute(0);
        scene.provider.close_dispute(0, won);
        scene.deliver(&scene.provider.events[0]).await;
        scene.deliver(&scene.provider.events[1]).await;
        let token = scene.now(&order).await.token_id.unwrap();
        let state = async || {
            scene
                .world
                .tokens
                .find(token, scene.buyer.id)
                .await
                .unwrap()
                .unwrap()
                .state
        };
        assert_eq!(state().await, TokenState::Suspended);
        scene.deliver(&scene.provider.events[2]).await;
        let expected = if won {
            TokenState::Active
        } else {
            TokenState::Revoked
        };
        assert_eq!(state().await, expected);
        scene.world.assert_books_balance().await;
    }
}

#[tokio::test]
async fn what_is_told_of_a_payment_before_it_came_is_kept_for_it() {
    let mut scene = Scene::new().await;
    let order = scene.bought(1_000, 1, 5).await;
    scene.charge(&order, 10).await;
    scene.provider.pay(0, false);
    scene.provider.refund(0, 1_000, true);
    assert_eq!(
        scene.deliver(&scene.provider.events[1]).await,
        Applied::Ignored
    );
    assert_eq!(
        scene.deliver(&scene.provider.events[0]).await,
        Applied::Done
    );
    let refunded = scene.now(&order).await;
    assert_eq!(
        (refunded.state, refunded.refunded.minor()),
        (OrderState::Refunded, 1_000)
    );
    scene.world.assert_books_balance().await;
}

#[tokio::test]
async fn a_partial_refund_leaves_the_token_and_shows_on_the_order() {
    let mut scene = Scene::new().await;
    let order = scene.bought(1_000, 1, 5).await;
    scene.charge(&order, 10).await;
    scene.provider.pay(0, false);
    scene.provider.refund(0, 400, true);
    for event in &scene.provider.events {
        scene.deliver(event).await;
    }
    let refunded = scene.now(&order).await;
    assert_eq!(
        (refunded.state, refunded.refunded.minor()),
        (OrderState::Fulfilled, 400)
    );
    scene.world.assert_books_balance().await;
}
