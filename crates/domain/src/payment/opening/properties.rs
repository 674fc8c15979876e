use proptest::prelude::*;

use super::*;
use crate::fixtures::{account_id, at, charge_id, order_id, terms, usd};
use crate::policy::OrderTerms;

fn limits() -> impl Strategy<Value = ChargeLimits> {
    (1..400_i64, 0..2_000_i64, 1..4_i64).prop_map(|(smallest, span, finest)| ChargeLimits {
        smallest: usd(smallest),
        largest: usd(smallest + span),
        finest: usd(finest),
        ..terms().charges
    })
}

fn tabs() -> impl Strategy<Value = Vec<UncarriedOrder>> {
    prop::collection::vec(1..500_i64, 0..8).prop_map(|totals| {
        let orders = totals.into_iter().zip(1..);
        let orders = orders.map(|(total, number)| UncarriedOrder {
            id: order_id(number),
            total: usd(total),
        });
        orders.collect()
    })
}

/// The sum of the first `count` orders.
fn sum(tab: &[UncarriedOrder], count: usize) -> i64 {
    tab.iter()
        .take(count)
        .map(|order| order.total.minor())
        .sum()
}

/// Largest number of orders from the front of the tab that can be charged together with `own`.
fn most(limits: &ChargeLimits, own: i64, tab: &[UncarriedOrder]) -> Option<usize> {
    let chargeable = |count: &usize| {
        let total = usd(own + sum(tab, *count));
        limits.refuses(total).unwrap().is_none()
    };
    (0..=tab.len()).rev().find(chargeable)
}

fn policy_of(charges: ChargeLimits) -> OrderPolicy {
    OrderPolicy::new(OrderTerms { charges, ..terms() }).unwrap()
}

proptest! {
    #[test]
    fn a_charge_carries_as_much_of_the_tab_as_can_be_charged_for_and_no_less(
        limits in limits(),
        own in 1..2_000_i64,
        tab in tabs(),
    ) {
        let request = ChargeOrder {
            charge_id: charge_id(1),
            order_id: order_id(99),
            buyer_id: None,
            at: at(0),
        };
        let order = OrderToCharge {
            id: order_id(99),
            buyer_id: account_id(1),
            state: OrderState::AwaitingPayment,
            total: usd(own),
            charge: None,
        };
        let mut shuffled = tab.clone();
        shuffled.reverse();
        let answer = charge_order(&request, &order, &shuffled, &policy_of(limits.clone())).unwrap();
        match (answer, most(&limits, own, &tab)) {
            (OrderCharge::Open(new), Some(count)) => {
                let oldest: Vec<OrderId> = tab.iter().take(count).map(|order| order.id).collect();
                prop_assert_eq!(new.carried, oldest);
                prop_assert_eq!(new.tab, usd(sum(&tab, count)));
                prop_assert_eq!(limits.refuses(usd(own + new.tab.minor())), Ok(None));
            }
            (OrderCharge::GiveUp(step, _), None) => {
                prop_assert_eq!(step.to, OrderState::Canceled);
            }
            (answer, count) => prop_assert!(false, "{:?} and {:?}", answer, count),
        }
    }

    #[test]
    fn a_charge_of_the_tab_omits_only_orders_beyond_the_largest_charge(
        limits in limits(),
        tab in tabs(),
    ) {
        let request = ChargeTab {
            charge_id: charge_id(1),
            buyer_id: account_id(1),
            at: at(0),
        };
        let answer = charge_tab(&request, &[], &tab, &policy_of(limits.clone())).unwrap();
        match (answer, most(&limits, 0, &tab)) {
            (TabCharge::Open(new), Some(count)) => {
                prop_assert!(count > 0);
                prop_assert_eq!(new.carried.len(), count);
                prop_assert_eq!(new.tab, usd(sum(&tab, count)));
            }
            (TabCharge::NothingOwed, None) => prop_assert!(tab.is_empty()),
            (TabCharge::Unchargeable(_), None) => prop_assert!(!tab.is_empty()),
            (answer, count) => prop_assert!(false, "{:?} and {:?}", answer, count),
        }
    }
}
