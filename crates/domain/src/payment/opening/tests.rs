use super::*;
use crate::fixtures::{account_id, at, charge_id, order_id, policy, terms, usd};
use crate::order::StockEffect;
use crate::policy::OrderTerms;

const BUYER: u128 = 2;

fn request(buyer: Option<u128>) -> ChargeOrder {
    ChargeOrder {
        charge_id: charge_id(9),
        order_id: order_id(5),
        buyer_id: buyer.map(account_id),
        at: at(100),
        network: None,
    }
}

fn tab_request() -> ChargeTab {
    ChargeTab {
        charge_id: charge_id(9),
        buyer_id: account_id(BUYER),
        at: at(100),
        network: None,
    }
}

fn order(total: i64) -> OrderToCharge {
    OrderToCharge {
        id: order_id(5),
        buyer_id: account_id(BUYER),
        state: OrderState::AwaitingPayment,
        total: usd(total),
        charge: None,
    }
}

fn on_tab(number: u128, total: i64) -> UncarriedOrder {
    UncarriedOrder {
        id: order_id(number),
        total: usd(total),
    }
}

fn opened(total: i64, uncarried: &[UncarriedOrder], policy: &OrderPolicy) -> NewCharge {
    match charge_order(&request(None), &order(total), uncarried, policy) {
        Ok(OrderCharge::Open(new)) => new,
        other => panic!("{other:?}"),
    }
}

fn limited(change: impl FnOnce(&mut ChargeLimits)) -> OrderPolicy {
    let mut charges = terms().charges;
    change(&mut charges);
    OrderPolicy::new(OrderTerms {
        small_order_limit: usd(0),
        tab_limit: usd(0),
        charges,
        ..terms()
    })
    .unwrap()
}

#[test]
fn a_new_charge_is_for_the_order_and_carries_the_tab_the_oldest_first() {
    let new = opened(10_00, &[on_tab(2, 2_00), on_tab(1, 1_00)], &policy());
    assert_eq!((new.id, new.buyer_id), (charge_id(9), account_id(BUYER)));
    assert_eq!(new.order, Some((order_id(5), usd(10_00))));
    assert_eq!(new.tab, usd(3_00));
    assert_eq!(new.carried, [order_id(1), order_id(2)]);
    assert_eq!(new.created_at, at(100));
}

#[test]
fn its_reservation_runs_anew_for_the_whole_time_from_then() {
    let new = opened(10_00, &[], &policy());
    assert_eq!(new.expires_at, at(100 + 30 * 60));
    let Ok(TabCharge::Open(tab)) = charge_tab(&tab_request(), &[], &[on_tab(1, 50)], &policy())
    else {
        panic!("the tab can be charged");
    };
    assert_eq!(tab.expires_at, at(100 + 30 * 60));
}

#[test]
fn repeated_requests_return_one_charge_per_order() {
    let charged = OrderToCharge {
        charge: Some(charge_id(1)),
        ..order(10_00)
    };
    let answer = charge_order(&request(Some(BUYER)), &charged, &[], &policy());
    assert_eq!(answer, Ok(OrderCharge::Existing(charge_id(1))));
}

#[test]
fn only_its_buyer_or_a_sweep_opens_the_charge_of_an_order() {
    let ask = |buyer| charge_order(&request(buyer), &order(10_00), &[], &policy()).unwrap();
    assert!(matches!(ask(Some(BUYER)), OrderCharge::Open(_)));
    assert!(matches!(ask(None), OrderCharge::Open(_)));
    assert_eq!(ask(Some(3)), OrderCharge::NotFound);
}

#[test]
fn an_order_that_does_not_await_payment_is_not_charged_for() {
    for &state in OrderState::ALL {
        let order = OrderToCharge {
            state,
            charge: Some(charge_id(1)),
            ..order(10_00)
        };
        let answer = charge_order(&request(None), &order, &[], &policy()).unwrap();
        if state == OrderState::AwaitingPayment {
            assert_eq!(answer, OrderCharge::Existing(charge_id(1)));
        } else {
            assert_eq!(answer, OrderCharge::NotAwaited(state));
        }
    }
}

#[test]
fn an_order_that_nothing_can_pay_for_is_canceled_and_its_units_are_released() {
    let too_small = charge_order(&request(None), &order(49), &[], &policy());
    let Ok(OrderCharge::GiveUp(step, Unchargeable::TooSmall)) = too_small else {
        panic!("{too_small:?}");
    };
    assert_eq!(step.to, OrderState::Canceled);
    assert_eq!(step.stock, StockEffect::HeldToAvailable);
    // The tab makes up for it.
    assert_eq!(opened(49, &[on_tab(1, 1)], &policy()).tab, usd(1));
    assert_eq!(opened(50, &[], &policy()).tab, usd(0));
    let lowered = limited(|charges| charges.largest = usd(9_99));
    let too_large = charge_order(&request(None), &order(10_00), &[], &lowered);
    assert!(matches!(
        too_large,
        Ok(OrderCharge::GiveUp(_, Unchargeable::TooLarge))
    ));
    let coarse = limited(|charges| charges.finest = usd(10));
    let too_fine = charge_order(&request(None), &order(10_05), &[], &coarse);
    assert!(matches!(
        too_fine,
        Ok(OrderCharge::GiveUp(_, Unchargeable::TooFine))
    ));
}

#[test]
fn orders_that_exceed_one_charge_stay_on_the_tab() {
    let tab = [on_tab(1, 1_00), on_tab(2, 2_00), on_tab(3, 1)];
    let small = limited(|charges| charges.largest = usd(11_00));
    let new = opened(10_00, &tab, &small);
    assert_eq!((new.tab, new.carried), (usd(1_00), vec![order_id(1)]));
    let coarse = limited(|charges| charges.finest = usd(10));
    let new = opened(10_00, &tab, &coarse);
    assert_eq!(new.carried, [order_id(1), order_id(2)]);
}

#[test]
fn a_tab_with_a_balance_is_charged_alone() {
    let ask = |uncarried: &[UncarriedOrder]| charge_tab(&tab_request(), &[], uncarried, &policy());
    assert_eq!(ask(&[]), Ok(TabCharge::NothingOwed));
    assert_eq!(
        ask(&[on_tab(1, 49)]),
        Ok(TabCharge::Unchargeable(Unchargeable::TooSmall))
    );
    let Ok(TabCharge::Open(new)) = ask(&[on_tab(2, 2_00), on_tab(1, 1_00)]) else {
        panic!("the tab can be charged");
    };
    assert_eq!((new.id, new.order), (charge_id(9), None));
    assert_eq!(new.buyer_id, account_id(BUYER));
    assert_eq!(new.tab, usd(3_00));
    assert_eq!(new.carried, [order_id(1), order_id(2)]);
}

#[test]
fn a_charge_of_the_tab_is_returned_again_until_it_expires() {
    let made = |number, state, expires| TabChargeSnapshot {
        id: charge_id(number),
        state,
        expires_at: at(expires),
    };
    let ask = |existing: &[TabChargeSnapshot]| {
        charge_tab(&tab_request(), existing, &[on_tab(1, 50)], &policy()).unwrap()
    };
    let (open, far) = (ChargeState::Open, 1_000);
    let older_and_newer = [made(2, open, far), made(3, open, 101), made(1, open, far)];
    assert_eq!(ask(&older_and_newer), TabCharge::Existing(charge_id(3)));
    for over in [
        made(4, open, 100),
        made(4, ChargeState::Paid, far),
        made(4, ChargeState::Closed, far),
    ] {
        assert!(matches!(ask(&[over]), TabCharge::Open(_)), "{over:?}");
    }
}

#[test]
fn amounts_in_two_currencies_do_not_make_a_charge() {
    let yen = UncarriedOrder {
        id: order_id(1),
        total: Money::new(100, "JPY".parse().unwrap()),
    };
    assert!(charge_order(&request(None), &order(10_00), &[yen], &policy()).is_err());
    assert!(charge_tab(&tab_request(), &[], &[yen], &policy()).is_err());
}

#[test]
fn what_is_too_fine_to_be_charged_keeps_nothing_else_from_being_paid() {
    let policy = limited(|charges| charges.finest = usd(10));
    let tab = [on_tab(1, 15), on_tab(2, 1_00), on_tab(3, 2_00)];
    let new = opened(5_00, &tab, &policy);
    assert_eq!(
        (new.tab, new.carried),
        (usd(3_00), vec![order_id(2), order_id(3)])
    );
    let new = opened(5_00, &tab[..1], &policy);
    assert_eq!((new.tab, new.carried), (usd(0), vec![]));
    let Ok(TabCharge::Open(new)) = charge_tab(&tab_request(), &[], &tab, &policy) else {
        panic!("the rest of the tab can be charged");
    };
    assert_eq!(
        (new.tab, new.carried),
        (usd(3_00), vec![order_id(2), order_id(3)])
    );
    // Two that are too fine may be payable together.
    let pair = [on_tab(1, 2_15), on_tab(2, 1_25)];
    let Ok(TabCharge::Open(new)) = charge_tab(&tab_request(), &[], &pair, &policy) else {
        panic!("together they can be charged");
    };
    assert_eq!(new.tab, usd(3_40));
    let alone = charge_tab(&tab_request(), &[], &pair[..1], &policy);
    assert_eq!(alone, Ok(TabCharge::Unchargeable(Unchargeable::TooFine)));
}
