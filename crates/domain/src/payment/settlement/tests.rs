use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::fixtures::refund_id;
use crate::money::Currency;

fn dollars(minor: i64) -> Money {
    Money::new(minor, Currency::USD)
}

fn paid(minor: i64) -> Payment {
    Payment {
        reference: ProviderReference::new("pi_1".into()),
        amount: dollars(minor),
    }
}

fn small(number: u128, state: OrderState, minor: i64) -> CarriedOrder {
    CarriedOrder {
        id: OrderId::from_uuid(Uuid::from_u128(number)),
        state,
        total: dollars(minor),
    }
}

fn charge(state: ChargeState, order: OrderState, stock: StockOnHand) -> ChargeSnapshot {
    ChargeSnapshot {
        state,
        session: Some(session("cs_1")),
        payment: (state == ChargeState::Paid).then(|| session("pi_1")),
        order: Some(OwnOrder {
            state: order,
            total: dollars(1_000),
            stock,
        }),
        tab: dollars(300),
        carried: vec![
            small(1, OrderState::Fulfilled, 100),
            small(2, OrderState::Fulfilled, 200),
        ],
    }
}

fn session(name: &str) -> ProviderReference {
    ProviderReference::new(name.to_owned())
}

fn ids() -> RefundIds {
    RefundIds::starting_with(refund_id(7))
}

/// Decides on a payment on the charge's session.
fn settle(charge: &ChargeSnapshot, payment: &Payment) -> Result<Settlement, MoneyError> {
    super::settle(charge, &session("cs_1"), payment, &mut ids())
}

fn settled(charge: &ChargeSnapshot, payment: &Payment) -> Settled {
    match settle(charge, payment).unwrap() {
        Settlement::Settled(settled) => settled,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_payment_on_time_fulfils_its_order_and_clears_the_tab_it_carries() {
    let open = charge(
        ChargeState::Open,
        OrderState::AwaitingPayment,
        StockOnHand::Enough,
    );
    let settled = settled(&open, &paid(1_300));
    assert_eq!(settled.order.unwrap().to, OrderState::Fulfilled);
    assert_eq!(settled.cleared.len(), 2);
    assert_eq!(
        (settled.off_the_tab, settled.give_back),
        (dollars(300), dollars(0))
    );
}

#[test]
fn a_small_order_refunded_before_its_payment_is_refunded() {
    let mut open = charge(
        ChargeState::Open,
        OrderState::AwaitingPayment,
        StockOnHand::Enough,
    );
    open.carried = vec![
        small(1, OrderState::Refunded, 100),
        small(2, OrderState::Fulfilled, 200),
    ];
    let settled = settled(&open, &paid(1_300));
    assert_eq!(
        (settled.off_the_tab, settled.give_back),
        (dollars(200), dollars(100))
    );
}

#[test]
fn a_late_payment_for_sold_out_units_is_refunded_except_for_the_tab() {
    let mut late = charge(ChargeState::Closed, OrderState::Expired, StockOnHand::Short);
    late.carried = vec![small(1, OrderState::Fulfilled, 250)];
    let settled = settled(&late, &paid(1_300));
    assert_eq!(settled.order.unwrap().to, OrderState::Refunded);
    assert_eq!(
        (settled.off_the_tab, settled.give_back),
        (dollars(250), dollars(1_050))
    );
}

#[test]
fn another_amount_or_currency_settles_nothing() {
    let open = charge(
        ChargeState::Open,
        OrderState::AwaitingPayment,
        StockOnHand::Enough,
    );
    let yen = Payment {
        amount: Money::new(1_300, "JPY".parse().unwrap()),
        ..paid(0)
    };
    for payment in [paid(1_299), paid(1_301), yen] {
        let expected = dollars(1_300);
        assert_eq!(
            settle(&open, &payment),
            Ok(Settlement::Mismatch { expected })
        );
    }
}

#[test]
fn small_orders_are_cleared_the_oldest_first_as_far_as_the_money_goes() {
    let mut late = charge(ChargeState::Closed, OrderState::Expired, StockOnHand::Short);
    late.carried = vec![
        small(3, OrderState::Fulfilled, 50),
        small(2, OrderState::Fulfilled, 200),
        small(1, OrderState::Fulfilled, 150),
    ];
    let settled = settled(&late, &paid(1_300));
    let ids = [1, 3].map(|number| OrderId::from_uuid(Uuid::from_u128(number)));
    assert_eq!(settled.cleared, ids);
    assert_eq!(settled.off_the_tab, dollars(200));
}

#[test]
fn a_closed_charge_clears_uncarried_orders() {
    assert_eq!(ChargeState::Closed.clears(), ClearedOrders::Uncarried);
    assert_eq!(ChargeState::Open.clears(), ClearedOrders::Carried);
}

#[test]
fn an_amount_owed_back_is_a_refund_of_the_charge_and_zero_is_none() {
    let refund = |minor| {
        let settled = Settled {
            order: None,
            cleared: Vec::new(),
            off_the_tab: dollars(0),
            give_back: dollars(minor),
        };
        settled.refund(&mut ids())
    };
    assert_eq!(refund(0), None);
    let owed = Refund::owed(refund_id(7), None, dollars(1));
    assert_eq!(refund(1), Some(owed));
}

fn done() -> ChargeSnapshot {
    charge(
        ChargeState::Paid,
        OrderState::Fulfilled,
        StockOnHand::Enough,
    )
}

#[test]
fn a_charge_is_settled_once_by_one_payment() {
    assert_eq!(settle(&done(), &paid(1_300)), Ok(Settlement::Repeated));
}

#[test]
fn a_second_payment_is_given_back_whichever_session_it_was_made_on() {
    let second = Payment {
        reference: session("pi_2"),
        ..paid(1_300)
    };
    for on in ["cs_1", "cs_2"] {
        let settlement = super::settle(&done(), &session(on), &second, &mut ids());
        let refund = Refund {
            other_payment: Some(session("pi_2")),
            ..Refund::owed(refund_id(7), None, dollars(1_300))
        };
        assert_eq!(settlement, Ok(Settlement::PaidAgain(refund)));
    }
}

#[test]
fn a_payment_on_a_session_that_is_not_the_charges_is_not_believed() {
    let other = session("cs_2");
    let mut open = charge(
        ChargeState::Open,
        OrderState::AwaitingPayment,
        StockOnHand::Enough,
    );
    let settlement = super::settle(&open, &other, &paid(1_300), &mut ids());
    assert_eq!(settlement, Ok(Settlement::ForeignSession));
    let another = Payment {
        reference: session("pi_2"),
        ..paid(5_00)
    };
    let settlement = super::settle(&done(), &other, &another, &mut ids());
    assert_eq!(settlement, Ok(Settlement::ForeignSession));
    // The response that named the session was lost.
    open.session = None;
    let settlement = super::settle(&open, &other, &paid(1_300), &mut ids());
    assert!(matches!(settlement, Ok(Settlement::Settled(_))));
}

proptest! {
    #[test]
    fn each_amount_paid_is_fulfilled_cleared_or_refunded(
        closed: bool,
        state in prop::sample::select(OrderState::ALL),
        short: bool,
        own in 1..10_000_i64,
        carried in prop::collection::vec((0..5_usize, 1..500_i64), 0..8),
        tab in 0..2_000_i64,
    ) {
        let carried: Vec<CarriedOrder> = carried
            .into_iter()
            .zip(1..)
            .map(|((state, minor), number)| small(number, OrderState::ALL[state], minor))
            .collect();
        let stock = if short { StockOnHand::Short } else { StockOnHand::Enough };
        let charge = ChargeSnapshot {
            state: if closed { ChargeState::Closed } else { ChargeState::Open },
            session: None,
            payment: None,
            order: Some(OwnOrder { state, total: dollars(own), stock }),
            tab: dollars(tab),
            carried,
        };
        let settled = settled(&charge, &paid(own + tab));
        let fulfilled = settled.order.is_some_and(|step| step.to == OrderState::Fulfilled);
        let kept = if fulfilled { own } else { 0 };
        let parts = kept + settled.off_the_tab.minor() + settled.give_back.minor();
        prop_assert_eq!(parts, own + tab);
        prop_assert!(settled.give_back.minor() >= 0 && settled.off_the_tab.minor() >= 0);
    }
}
