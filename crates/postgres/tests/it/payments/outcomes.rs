//! Outcomes of single payments: paid, late, mismatched, disputed, refunded.

use futures::future::join_all;
use udam_domain::id::{ChargeId, RefundId, TokenId};
use udam_domain::order::{Order, OrderState};
use udam_domain::payment::{Charge, DisputeState, PaymentEvent};
use udam_domain::token::TokenState;
use udam_domain::{
    Applied, ApplyEvent, ChargeOrder, OpenChargeError, OrderReader, OrderStore, PaymentBacklog,
    PaymentStore, TabReader, TokenReader,
};

use super::provider::Provider;
use crate::orders::market::{Market, Party, at, claim, fresh_uuid, order_for};

pub(super) struct PaymentFixture {
    pub(super) market: Market,
    pub(super) provider: Provider,
    pub(super) seller: Party,
    buyer: Party,
}

impl PaymentFixture {
    pub(super) async fn new() -> Self {
        let market = Market::new().await;
        let (seller, buyer) = (market.party().await, market.party().await);
        Self {
            market,
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
            network: None,
        };
        let charge = self.market.payments.charge_order(request).await.unwrap();
        let session = self.provider.open(&charge);
        self.market
            .payments
            .record_session(charge.id, session)
            .await
            .unwrap();
        charge
    }

    pub(super) async fn bought(&self, price: i64, units: i64, of: i64) -> Order {
        let listing = self.market.listing(self.seller, price, of).await;
        let order = order_for(self.buyer, listing, units);
        self.market.orders.place(order).await.unwrap().order
    }

    pub(super) async fn deliver(&self, event: &PaymentEvent) -> Applied {
        let event = ApplyEvent {
            event: event.clone(),
            refund_id: RefundId::from_uuid(fresh_uuid()),
            token_id: TokenId::from_uuid(fresh_uuid()),
            at: at(2_000),
        };
        self.market.payments.apply(event).await.unwrap()
    }

    pub(super) async fn now(&self, order: &Order) -> Order {
        self.market
            .reader
            .find(order.id, self.buyer.id)
            .await
            .unwrap()
            .unwrap()
    }
}

#[tokio::test]
async fn a_charge_carries_the_tab_and_its_payment_clears_exactly_that() {
    let mut fixture = PaymentFixture::new().await;
    fixture.bought(300, 1, 5).await;
    let large = fixture.bought(1_000, 1, 5).await;
    let charge = fixture.charge(&large, 10).await;
    assert_eq!(
        (charge.tab.minor(), charge.total().unwrap().minor()),
        (300, 1_300)
    );
    // Another small order goes on the tab while the buyer pays.
    fixture.bought(200, 1, 5).await;
    fixture.provider.pay(0, false);
    assert_eq!(
        fixture.deliver(&fixture.provider.events[0]).await,
        Applied::Done
    );
    let paid = fixture.now(&large).await;
    assert_eq!(paid.state, OrderState::Fulfilled);
    assert!(paid.token_id.is_some() && paid.payment_url.is_none());
    let tab = fixture
        .market
        .tabs
        .tab(fixture.buyer.id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(tab.open.minor(), 200);
    fixture.market.assert_consistent().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_event_delivered_twenty_times_at_once_is_applied_once() {
    let mut fixture = PaymentFixture::new().await;
    let order = fixture.bought(1_000, 2, 5).await;
    fixture.charge(&order, 10).await;
    fixture.provider.pay(0, false);
    let event = fixture.provider.events[0].clone();
    let results = join_all((0..20).map(|_| fixture.deliver(&event))).await;
    assert_eq!(
        results
            .iter()
            .filter(|result| **result == Applied::Done)
            .count(),
        1
    );
    assert_eq!(
        results
            .iter()
            .filter(|result| **result == Applied::Repeated)
            .count(),
        19
    );
    assert_eq!(
        fixture.market.stock(order.listing_id).await,
        (3, 0, 2, 2_000)
    );
    fixture.market.assert_consistent().await;
}

#[tokio::test]
async fn a_repeated_checkout_returns_the_same_charge_until_it_is_paid() {
    let mut fixture = PaymentFixture::new().await;
    let order = fixture.bought(1_000, 1, 5).await;
    let first = fixture.charge(&order, 10).await;
    let again = fixture.charge(&order, 20).await;
    assert_eq!((again.id, again.expires_at), (first.id, first.expires_at));
    assert!(again.session.is_some());
    assert_eq!(fixture.now(&order).await.lapses_at, Some(first.expires_at));
    fixture.provider.pay(0, false);
    fixture.deliver(&fixture.provider.events[0]).await;
    let request = ChargeOrder {
        charge_id: ChargeId::from_uuid(fresh_uuid()),
        order_id: order.id,
        buyer_id: Some(fixture.seller.id),
        at: at(30),
        network: None,
    };
    let result = fixture.market.payments.charge_order(request).await;
    assert!(
        matches!(result, Err(OpenChargeError::NotFound)),
        "{result:?}"
    );
    let request = ChargeOrder {
        buyer_id: None,
        ..request
    };
    let result = fixture.market.payments.charge_order(request).await;
    let fulfilled = OrderState::Fulfilled;
    assert!(matches!(result, Err(OpenChargeError::InvalidState(state)) if state == fulfilled));
}

#[tokio::test]
async fn a_late_payment_is_fulfilled_while_units_remain_and_refunded_when_not() {
    for (of, expected) in [(3, OrderState::Fulfilled), (1, OrderState::Refunded)] {
        let mut fixture = PaymentFixture::new().await;
        let order = fixture.bought(1_000, 1, of).await;
        fixture.charge(&order, 10).await;
        fixture.provider.expire(0);
        fixture.deliver(&fixture.provider.events[0]).await;
        assert_eq!(fixture.now(&order).await.state, OrderState::Expired);
        // Another buyer takes a unit, the last one in the second round.
        let other = order_for(fixture.seller, order.listing_id, 1);
        fixture.market.orders.place(other).await.unwrap();
        fixture.provider.pay(0, true);
        assert_eq!(
            fixture.deliver(&fixture.provider.events[1]).await,
            Applied::Done
        );
        assert_eq!(fixture.now(&order).await.state, expected);
        let owed = fixture
            .market
            .backlog
            .refunds_owed(claim(at(3_000), 10))
            .await
            .unwrap();
        let owed: Vec<i64> = owed.iter().map(|due| due.amount.minor()).collect();
        assert_eq!(owed, if of == 1 { vec![1_000] } else { vec![] });
        fixture.market.assert_consistent().await;
    }
}

#[tokio::test]
async fn a_mismatched_amount_fulfils_nothing_and_raises_an_alert() {
    let mut fixture = PaymentFixture::new().await;
    let order = fixture.bought(1_000, 1, 5).await;
    fixture.charge(&order, 10).await;
    fixture.provider.sessions[0].total = 999;
    fixture.provider.pay(0, false);
    let result = fixture.deliver(&fixture.provider.events[0]).await;
    assert!(matches!(result, Applied::Alert(_)), "{result:?}");
    assert_eq!(fixture.now(&order).await.state, OrderState::AwaitingPayment);
}

#[tokio::test]
async fn a_dispute_suspends_the_token_and_its_outcome_restores_or_revokes_it() {
    for won in [true, false] {
        let mut fixture = PaymentFixture::new().await;
        let order = fixture.bought(1_000, 1, 5).await;
        fixture.charge(&order, 10).await;
        fixture.provider.pay(0, false);
        fixture.provider.dispute(0, 1_000, DisputeState::Open);
        let end = if won {
            DisputeState::Won
        } else {
            DisputeState::Lost
        };
        fixture.provider.decide(0, end);
        fixture.deliver(&fixture.provider.events[0]).await;
        fixture.deliver(&fixture.provider.events[1]).await;
        let token = fixture.now(&order).await.token_id.unwrap();
        let state = async || {
            fixture
                .market
                .tokens
                .find(token, fixture.buyer.id)
                .await
                .unwrap()
                .unwrap()
                .state
        };
        assert_eq!(state().await, TokenState::Suspended);
        fixture.deliver(&fixture.provider.events[2]).await;
        let expected = if won {
            TokenState::Active
        } else {
            TokenState::Revoked
        };
        assert_eq!(state().await, expected);
        fixture.deliver(&fixture.provider.events[2]).await;
        let audited = fixture.market.database.audited().await;
        let disputes = audited
            .iter()
            .filter(|action| action.starts_with("dispute"));
        assert_eq!(
            disputes.collect::<Vec<_>>(),
            ["dispute_opened", "dispute_closed"]
        );
        fixture.market.assert_consistent().await;
    }
}

#[tokio::test]
async fn an_event_of_a_payment_that_is_not_known_yet_is_kept_for_it() {
    let mut fixture = PaymentFixture::new().await;
    let order = fixture.bought(1_000, 1, 5).await;
    fixture.charge(&order, 10).await;
    fixture.provider.pay(0, false);
    fixture.provider.refund_by_operator(0, 1_000);
    assert_eq!(
        fixture.deliver(&fixture.provider.events[1]).await,
        Applied::Ignored
    );
    assert_eq!(
        fixture.deliver(&fixture.provider.events[0]).await,
        Applied::Done
    );
    let refunded = fixture.now(&order).await;
    assert_eq!(
        (refunded.state, refunded.refunded.minor()),
        (OrderState::Refunded, 1_000)
    );
    fixture.market.assert_consistent().await;
}

#[tokio::test]
async fn a_partial_refund_leaves_the_token_and_shows_on_the_order() {
    let mut fixture = PaymentFixture::new().await;
    let order = fixture.bought(1_000, 1, 5).await;
    fixture.charge(&order, 10).await;
    fixture.provider.pay(0, false);
    fixture.provider.refund_by_operator(0, 400);
    for event in &fixture.provider.events {
        fixture.deliver(event).await;
    }
    let refunded = fixture.now(&order).await;
    assert_eq!(
        (refunded.state, refunded.refunded.minor()),
        (OrderState::Fulfilled, 400)
    );
    fixture.market.assert_consistent().await;
}
