//! Refunds by a seller of payments that are refunded in part already.

use udam_domain::id::RefundId;
use udam_domain::order::{Order, RefundOrder, RefundedBy, ReturnedUnits};
use udam_domain::payment::{RefundDue, RefundOutcome};
use udam_domain::{Applied, OrderStore, PaymentBacklog};

use super::outcomes::PaymentFixture;
use crate::orders::market::{actor, at, claim, fresh_uuid};

impl PaymentFixture {
    async fn refund(&self, order: &Order) {
        let refund = RefundOrder {
            order_id: order.id,
            by: RefundedBy::Seller(actor(self.seller.id)),
            at: at(2_500),
            units: ReturnedUnits::StaySold,
            refund_id: RefundId::from_uuid(fresh_uuid()),
        };
        self.market.orders.refund(refund).await.unwrap();
    }

    async fn owed(&self, seconds: i64) -> Vec<RefundDue> {
        self.market
            .backlog
            .refunds_owed(claim(at(seconds), 10))
            .await
            .unwrap()
    }

    async fn deliver_all(&self) {
        for event in &self.provider.events {
            assert_ne!(self.deliver(event).await, Applied::Ignored);
        }
    }
}

/// A small order and a large one, paid together.
async fn paid_together() -> (PaymentFixture, Order, Order) {
    let mut fixture = PaymentFixture::new().await;
    let small = fixture.bought(300, 1, 5).await;
    let large = fixture.bought(1_000, 1, 5).await;
    fixture.charge(&large, 10).await;
    fixture.provider.pay(0, false);
    fixture.deliver_all().await;
    (fixture, small, large)
}

#[tokio::test]
async fn a_sent_refund_that_is_not_recorded_yet_is_not_counted_as_an_operators() {
    let (mut fixture, small, large) = paid_together().await;
    fixture.refund(&large).await;
    let sent = fixture.owed(3_000).await;
    assert_eq!(sent[0].amount.minor(), 1_000);
    // The provider has sent the refund's event; the server that requested it dies before recording that.
    fixture.provider.give(0, &sent[0], RefundOutcome::Given);
    fixture.deliver_all().await;
    fixture.refund(&small).await;
    let owed = fixture.owed(3_000).await;
    assert_eq!(owed[0].amount.minor(), 300);
    fixture.market.assert_consistent().await;
}

#[tokio::test]
async fn an_amount_refunded_by_an_operator_is_not_refunded_again() {
    let (mut fixture, small, large) = paid_together().await;
    fixture.provider.refund_by_operator(0, 200);
    fixture.deliver_all().await;
    fixture.refund(&large).await;
    fixture.refund(&small).await;
    let owed = fixture.owed(3_000).await;
    let amounts: Vec<i64> = owed.iter().map(|due| due.amount.minor()).collect();
    assert_eq!(amounts.iter().sum::<i64>(), 1_100);
    fixture.market.assert_consistent().await;
}
