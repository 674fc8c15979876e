//! What a seller's refund gives back of a payment that some has been given back of already.

use udam_domain::id::RefundId;
use udam_domain::order::{Order, RefundOrder, ReturnedUnits};
use udam_domain::payment::RefundDue;
use udam_domain::{Applied, OrderStore, PaymentBacklog};

use super::scenes::Scene;
use crate::orders::world::{actor, at, claim, fresh_uuid};

impl Scene {
    async fn take_back(&self, order: &Order) {
        let refund = RefundOrder {
            order_id: order.id,
            seller: actor(self.seller.id),
            at: at(2_500),
            units: ReturnedUnits::StaySold,
            refund_id: RefundId::from_uuid(fresh_uuid()),
        };
        self.world.orders.refund(refund).await.unwrap();
    }

    async fn owed(&self, seconds: i64) -> Vec<RefundDue> {
        self.world
            .backlog
            .refunds_owed(claim(at(seconds), 10))
            .await
            .unwrap()
    }

    async fn hear_all(&self) {
        for event in &self.provider.events {
            assert_ne!(self.deliver(event).await, Applied::Ignored);
        }
    }
}

/// A small order and a large one, paid together.
async fn paid_together() -> (Scene, Order, Order) {
    let mut scene = Scene::new().await;
    let small = scene.bought(300, 1, 5).await;
    let large = scene.bought(1_000, 1, 5).await;
    scene.charge(&large, 10).await;
    scene.provider.pay(0, false);
    scene.hear_all().await;
    (scene, small, large)
}

#[tokio::test]
async fn a_refund_that_was_sent_and_not_noted_yet_is_not_taken_for_an_operator_s() {
    let (mut scene, small, large) = paid_together().await;
    scene.take_back(&large).await;
    let sent = scene.owed(3_000).await;
    assert_eq!(sent[0].amount.minor(), 1_000);
    // The provider has given it and says so; whoever sent it dies before it is noted.
    scene.provider.refund(0, 1_000, false);
    scene.hear_all().await;
    scene.take_back(&small).await;
    let owed = scene.owed(3_000).await;
    assert_eq!(owed[0].amount.minor(), 300);
    scene.world.assert_books_balance().await;
}

#[tokio::test]
async fn what_an_operator_has_given_back_is_not_given_again() {
    let (mut scene, small, large) = paid_together().await;
    scene.provider.refund(0, 200, true);
    scene.hear_all().await;
    scene.take_back(&large).await;
    scene.take_back(&small).await;
    let owed = scene.owed(3_000).await;
    let amounts: Vec<i64> = owed.iter().map(|due| due.amount.minor()).collect();
    assert_eq!(amounts.iter().sum::<i64>(), 1_100);
    scene.world.assert_books_balance().await;
}
