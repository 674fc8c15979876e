use futures::executor::block_on;
use mockall::Sequence;
use mockall::predicate::eq;

use super::*;
use crate::account::SessionDigest;
use crate::fixtures::{
    account_id, actor, at, clock, draw, entropy, listing_id, order_id, stock, token_id, units, usd,
};
use crate::marketplace::CheckoutOutcome;
use crate::order::{OrderState, PlacedOrder, Rejection};
use crate::payment::PaymentRoute;
use crate::ports::{
    MockEntropy, MockOrderReader, MockOrderStore, MockSweepTrigger, NoMetrics, NoSweepTrigger,
};

mod checkout;
mod sales;

const NOW: i64 = 1_000;

/// Ports over this store, with a reader that expects nothing.
fn ports(store: MockOrderStore) -> OrderPorts {
    OrderPorts {
        store: Arc::new(store),
        reader: Arc::new(MockOrderReader::new()),
        clock: clock(at(NOW)),
        entropy: entropy(),
        metrics: Arc::new(NoMetrics),
        sweeps: Arc::new(NoSweepTrigger),
    }
}

fn orders_over(store: MockOrderStore) -> Orders {
    Orders::new(ports(store), None)
}

/// A trigger that is to be called this often.
fn sweeps(times: usize) -> Arc<dyn SweepTrigger> {
    let mut sweeps = MockSweepTrigger::new();
    sweeps.expect_trigger().times(times).return_const(());
    Arc::new(sweeps)
}

fn request() -> BuyUnits {
    BuyUnits {
        listing_id: listing_id(5),
        units: units(3),
        expected_price: Some(usd(1_00)),
        idempotency_key: Some("k".parse().unwrap()),
        address: None,
    }
}

fn order(id: OrderId) -> Order {
    Order {
        id,
        buyer_id: account_id(2),
        seller_id: account_id(1),
        listing_id: listing_id(5),
        service_name: "Weather".parse().unwrap(),
        units: units(3),
        price_per_unit: usd(1_00),
        total: usd(3_00),
        route: PaymentRoute::Tab,
        state: OrderState::Fulfilled,
        lapses_at: None,
        token_id: Some(token_id(1)),
        payment_url: None,
        tab_carried: None,
        refunded: usd(0),
        paid_at: None,
        created_at: at(NOW),
        fulfilled_at: Some(at(NOW)),
        closed_at: None,
    }
}

fn placed(order_id: OrderId) -> PlacedOrder {
    PlacedOrder {
        order: order(order_id),
        replayed: false,
    }
}

#[test]
fn an_order_is_placed_by_session_or_account_as_of_now() {
    let digest = SessionDigest::new([7; 32]);
    for authority in [
        Authority::Session(digest),
        Authority::Account(account_id(2)),
    ] {
        let expected = PlaceOrder {
            order_id: OrderId::mint(at(NOW), &draw(1)),
            token_id: TokenId::mint(at(NOW), &draw(2)),
            authority,
            listing_id: listing_id(5),
            units: units(3),
            expected_price: Some(usd(1_00)),
            idempotency_key: Some("k".parse().unwrap()),
            network: None,
            placed_at: at(NOW),
        };
        let id = expected.order_id;
        let mut orders = MockOrderStore::new();
        orders
            .expect_place()
            .with(eq(expected))
            .once()
            .returning(|order| Ok(placed(order.order_id)));
        let answer = block_on(orders_over(orders).buy(authority, request())).unwrap();
        assert_eq!((answer.order, answer.replayed), (order(id), false));
        assert!(matches!(answer.checkout, CheckoutOutcome::NotNeeded));
    }
}

#[test]
fn identifiers_are_drawn_before_the_store_is_called() {
    let mut sequence = Sequence::new();
    let mut entropy = MockEntropy::new();
    entropy
        .expect_fill()
        .times(2)
        .in_sequence(&mut sequence)
        .returning(|destination| destination.fill(1));
    let mut orders = MockOrderStore::new();
    orders
        .expect_place()
        .once()
        .in_sequence(&mut sequence)
        .returning(|order| Ok(placed(order.order_id)));
    let orders = OrderPorts {
        entropy: Arc::new(entropy),
        ..ports(orders)
    };
    let orders = Orders::new(orders, None);
    block_on(orders.buy(Authority::Account(account_id(2)), request())).unwrap();
}

#[test]
fn every_purchase_has_identifiers_of_its_own() {
    let mut orders = MockOrderStore::new();
    orders
        .expect_place()
        .times(2)
        .returning(|order| Ok(placed(order.order_id)));
    let orders = orders_over(orders);
    let buy = || {
        let answer = block_on(orders.buy(Authority::Account(account_id(2)), request()));
        answer.unwrap().order.id
    };
    assert_ne!(buy(), buy());
}

#[test]
fn a_rejection_reaches_the_buyer_as_it_is() {
    let short = Rejection::InsufficientUnits {
        available: stock(2),
    };
    let mut orders = MockOrderStore::new();
    orders
        .expect_place()
        .once()
        .returning(move |_| Err(short.into()));
    let authority = Authority::Account(account_id(2));
    let error = block_on(orders_over(orders).buy(authority, request())).unwrap_err();
    assert!(matches!(error, PlaceOrderError::Rejected(rejection) if rejection == short));
    assert_eq!(
        error.to_string(),
        "the order asks for more than the 2 units that are left"
    );
}

#[test]
fn an_order_is_canceled_by_its_buyer() {
    let expected = CancelOrder {
        order_id: order_id(8),
        by: CanceledBy::Party(actor(2)),
        at: at(NOW),
    };
    let mut orders = MockOrderStore::new();
    orders
        .expect_cancel()
        .with(eq(expected))
        .once()
        .returning(|cancel| Ok(order(cancel.order_id)));
    let ports = OrderPorts {
        sweeps: sweeps(1),
        ..ports(orders)
    };
    let canceling = Orders::new(ports, None);
    let answer = block_on(canceling.cancel(actor(2), order_id(8)));
    assert_eq!(answer.unwrap(), order(order_id(8)));
}

#[test]
fn an_unchanged_order_triggers_no_sweep() {
    let refused = || ChangeOrderError::InvalidState(OrderState::Expired);
    let mut orders = MockOrderStore::new();
    orders.expect_cancel().returning(move |_| Err(refused()));
    orders.expect_refund().returning(move |_| Err(refused()));
    let ports = OrderPorts {
        sweeps: sweeps(0),
        ..ports(orders)
    };
    let orders = Orders::new(ports, None);
    let canceled = block_on(orders.cancel(actor(2), order_id(8)));
    let refunded = block_on(orders.refund(actor(2), order_id(8), ReturnedUnits::StaySold));
    for error in [canceled.unwrap_err(), refunded.unwrap_err()] {
        assert!(matches!(
            error,
            ChangeOrderError::InvalidState(OrderState::Expired)
        ));
    }
}

#[test]
fn an_order_is_refunded_by_its_seller_with_the_chosen_return_of_units() {
    for units in [ReturnedUnits::ForSale, ReturnedUnits::StaySold] {
        let mut orders = MockOrderStore::new();
        orders
            .expect_refund()
            .withf(move |refund| {
                let same = (refund.order_id, refund.by.actor(), refund.at, refund.units);
                same == (order_id(8), actor(2), at(NOW), units)
            })
            .once()
            .returning(|refund| Ok(order(refund.order_id)));
        let ports = OrderPorts {
            sweeps: sweeps(1),
            ..ports(orders)
        };
        let refunding = Orders::new(ports, None);
        let answer = block_on(refunding.refund(actor(2), order_id(8), units));
        assert_eq!(answer.unwrap(), order(order_id(8)));
    }
}
