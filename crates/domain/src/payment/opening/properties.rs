use proptest::prelude::*;

use super::*;
use crate::fixtures::{
    account_id, at, buyer_owing, charge_id, listing, order_id, price, terms, units, usd,
};
use crate::order::{Decision, ListingSnapshot, OrderRequest, decide};
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
    OrderPolicy::new(OrderTerms {
        small_order_limit: usd(0),
        tab_limit: usd(0),
        charges,
        ..terms()
    })
    .unwrap()
}

/// The order in which a tab is carried: the oldest first, and last those that are too fine by themselves.
fn carried_first(limits: &ChargeLimits, mut tab: Vec<UncarriedOrder>) -> Vec<UncarriedOrder> {
    tab.sort_by_key(|order| (order.total.minor() % limits.finest.minor() != 0, order.id));
    tab
}

/// Terms of a provider, and the totals of small orders that [`decide`] has put on a tab under them.
fn decided_tabs() -> impl Strategy<Value = (OrderPolicy, Vec<UncarriedOrder>)> {
    let prices = prop::collection::vec((1..400_i64, 1..4_i64), 0..12);
    (limits(), 0..2_000_i64, 0..2_000_i64, prices).prop_map(|(charges, one, other, prices)| {
        let most = charges.largest.minor() - charges.smallest.minor();
        let [one, other] = [one, other].map(|limit| limit.min(most));
        let policy = OrderPolicy::new(OrderTerms {
            small_order_limit: usd(one.min(other)),
            tab_limit: usd(one.max(other)),
            charges,
            ..terms()
        })
        .unwrap();
        let mut tab = Vec::new();
        let mut buyer = buyer_owing(1, usd(0));
        for ((cents, count), id) in prices.into_iter().zip(1..) {
            let listing = ListingSnapshot {
                price: price(cents),
                ..listing(1)
            };
            let request = OrderRequest {
                units: units(count),
                expected_price: None,
            };
            let decided = decide(&listing, &buyer, &request, &policy, at(0));
            if let Ok(Decision::Instant {
                total, tab_open, ..
            }) = decided
            {
                buyer.tab.open = tab_open;
                tab.push(UncarriedOrder {
                    id: order_id(id),
                    total,
                });
            }
        }
        (policy, tab)
    })
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
            network: None,
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
        let tab = carried_first(&limits, tab);
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
            network: None,
        };
        let answer = charge_tab(&request, &[], &tab, &policy_of(limits.clone())).unwrap();
        let tab = carried_first(&limits, tab);
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

    #[test]
    fn what_was_decided_to_go_on_a_tab_is_charged_at_once_unless_it_is_too_little(
        (policy, tab) in decided_tabs(),
    ) {
        let request = ChargeTab {
            charge_id: charge_id(1),
            buyer_id: account_id(1),
            at: at(0),
            network: None,
        };
        let owed = sum(&tab, tab.len());
        match charge_tab(&request, &[], &tab, &policy).unwrap() {
            TabCharge::Open(new) => prop_assert_eq!(new.tab, usd(owed)),
            TabCharge::NothingOwed => prop_assert!(tab.is_empty()),
            TabCharge::Unchargeable(reason) => {
                prop_assert_eq!(reason, Unchargeable::TooSmall);
                prop_assert!(owed < policy.charges().smallest.minor());
            }
            TabCharge::Existing(_) => prop_assert!(false),
        }
    }

    #[test]
    fn an_order_that_was_accepted_is_charged_whatever_is_on_the_tab_unless_both_are_too_little(
        (policy, tab) in decided_tabs(),
        multiple in 1..2_000_i64,
    ) {
        let charges = policy.charges();
        let finest = charges.finest.minor();
        let most = charges.largest_order().minor() / finest;
        prop_assume!(most > 0);
        let total = (multiple % most + 1) * finest;
        let request = ChargeOrder {
            charge_id: charge_id(1),
            order_id: order_id(99),
            buyer_id: None,
            at: at(0),
            network: None,
        };
        let order = OrderToCharge {
            id: order_id(99),
            buyer_id: account_id(1),
            state: OrderState::AwaitingPayment,
            total: usd(total),
            charge: None,
        };
        match charge_order(&request, &order, &tab, &policy).unwrap() {
            OrderCharge::Open(new) => {
                let charged = usd(total + new.tab.minor());
                prop_assert_eq!(charges.refuses(charged), Ok(None));
            }
            OrderCharge::GiveUp(_, reason) => {
                prop_assert_eq!(reason, Unchargeable::TooSmall);
                prop_assert!(total + sum(&tab, tab.len()) < charges.smallest.minor());
            }
            answer => prop_assert!(false, "{:?}", answer),
        }
    }
}
