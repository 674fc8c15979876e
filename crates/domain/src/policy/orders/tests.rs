use proptest::prelude::*;

use super::*;
use crate::fixtures::{at, charge_limits, terms, usd};

fn refused(change: impl FnOnce(&mut OrderTerms)) -> OrderPolicyError {
    let mut terms = terms();
    change(&mut terms);
    OrderPolicy::new(terms).unwrap_err()
}

#[test]
fn valid_terms_make_a_policy_with_their_values() {
    let policy = OrderPolicy::new(terms()).unwrap();
    assert_eq!(policy.small_order_limit(), usd(5_00));
    assert_eq!(policy.tab_limit(), usd(25_00));
    assert_eq!(policy.currency(), Currency::USD);
    assert_eq!(policy.checkout(), Checkout::Available);
    assert_eq!(policy.charges(), &charge_limits());
    assert_eq!(policy.reserved_until(at(10)), at(10 + 30 * 60));
    assert_eq!(policy.token_expires(at(10)), at(10 + 30 * 86_400));
    let without = policy.clone().with_checkout(Checkout::Unavailable);
    assert_eq!(without.checkout(), Checkout::Unavailable);
    assert_eq!(without.with_checkout(Checkout::Available), policy);
}

#[test]
fn all_amounts_are_in_one_currency() {
    let yen = |minor| Money::new(minor, "JPY".parse().unwrap());
    let mixed = OrderPolicyError::CurrencyMismatch;
    assert_eq!(refused(|terms| terms.small_order_limit = yen(1)), mixed);
    assert_eq!(refused(|terms| terms.tab_limit = yen(10_000)), mixed);
    let foreign = ChargeLimits {
        smallest: yen(50),
        largest: yen(1_000),
        finest: yen(1),
        ..charge_limits()
    };
    assert_eq!(refused(|terms| terms.charges = foreign), mixed);
}

#[test]
fn limits_of_zero_switch_the_tab_off() {
    let mut always_first = terms();
    always_first.small_order_limit = usd(0);
    always_first.tab_limit = usd(0);
    assert!(OrderPolicy::new(always_first).is_ok());
    let negative = OrderPolicyError::NegativeLimit;
    assert_eq!(refused(|terms| terms.small_order_limit = usd(-1)), negative);
    assert_eq!(refused(|terms| terms.tab_limit = usd(-1)), negative);
}

#[test]
fn the_largest_small_order_fits_on_an_empty_tab() {
    let mut equal = terms();
    equal.tab_limit = equal.small_order_limit;
    assert!(OrderPolicy::new(equal).is_ok());
    let above = refused(|terms| terms.tab_limit = usd(4_99));
    assert_eq!(above, OrderPolicyError::SmallOrderAboveTab);
}

#[test]
fn without_tabs_no_order_is_small() {
    let mut without_tabs = terms();
    without_tabs.tab_limit = usd(0);
    let policy = OrderPolicy::new(without_tabs).unwrap();
    assert_eq!(policy.small_order_limit(), usd(0));
    assert_eq!(policy.tab_limit(), usd(0));
}

#[test]
fn a_tab_that_no_single_charge_could_clear_is_refused() {
    let limits = |smallest, largest, tab_limit| {
        let mut terms = terms();
        terms.charges.smallest = usd(smallest);
        terms.charges.largest = usd(largest);
        terms.tab_limit = usd(tab_limit);
        OrderPolicy::new(terms)
    };
    assert!(limits(50, 30_00, 29_50).is_ok());
    let refused = Err(OrderPolicyError::TabAboveCharge { most: usd(29_50) });
    assert_eq!(limits(50, 30_00, 29_51), refused);
    assert_eq!(limits(50, 30_00, i64::MAX), refused);
}

#[test]
fn limits_that_no_charge_meets_are_refused() {
    let none = OrderPolicyError::NoChargePossible;
    let yen = Money::new(1, "JPY".parse().unwrap());
    assert_eq!(refused(|terms| terms.charges.smallest = usd(0)), none);
    assert_eq!(refused(|terms| terms.charges.finest = usd(0)), none);
    assert_eq!(refused(|terms| terms.charges.finest = yen), none);
    assert_eq!(refused(|terms| terms.charges.largest = usd(49)), none);
    let zero = SignedDuration::ZERO;
    assert_eq!(refused(|terms| terms.charges.shortest_hold = zero), none);
    assert_eq!(refused(|terms| terms.charges.longest_hold = zero), none);
    let mut one_amount = terms();
    one_amount.small_order_limit = usd(0);
    one_amount.tab_limit = usd(0);
    one_amount.charges.largest = one_amount.charges.smallest;
    one_amount.charges.longest_hold = one_amount.charges.shortest_hold;
    assert!(OrderPolicy::new(one_amount).is_ok());
}

#[test]
fn a_token_lasts_for_some_time() {
    let short = refused(|terms| terms.token_ttl = SignedDuration::ZERO);
    assert_eq!(short, OrderPolicyError::TokenTooShort);
}

proptest! {
    #[test]
    fn a_reservation_is_one_that_the_provider_can_hold(seconds in 0..100_000_i64) {
        let ttl = SignedDuration::from_secs(seconds);
        let mut terms = terms();
        terms.reservation_ttl = ttl;
        let (shortest, longest) = (terms.charges.shortest_hold, terms.charges.longest_hold);
        match OrderPolicy::new(terms) {
            Ok(_) => prop_assert!(shortest <= ttl && ttl <= longest),
            Err(error) => {
                let out_of_range = OrderPolicyError::ReservationOutOfRange { shortest, longest };
                prop_assert_eq!(error, out_of_range);
                prop_assert!(ttl < shortest || ttl > longest);
            }
        }
    }
}
