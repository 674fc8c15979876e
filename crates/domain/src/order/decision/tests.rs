use super::*;
use crate::fixtures::{
    account_id, at, buyer_owing, charge_limits, listing, policy, price, stock, terms, units, usd,
};
use crate::money::Currency;
use crate::order::NoCredit;
use crate::policy::{ChargeLimits, CreditTerms, OrderTerms};
use crate::time::SignedDuration;

const BUYER: u128 = 2;

/// Decision on an order of `count` units at `cents` each, by a buyer with `owing` cents on the tab.
fn buying(count: i64, cents: i64, owing: i64, policy: &OrderPolicy) -> Result<Decision, Rejection> {
    let listing = ListingSnapshot {
        price: price(cents),
        ..listing(1)
    };
    decide_for(&listing, &buyer_owing(BUYER, usd(owing)), count, policy)
}

fn decide_for(
    listing: &ListingSnapshot,
    buyer: &BuyerSnapshot,
    count: i64,
    policy: &OrderPolicy,
) -> Result<Decision, Rejection> {
    let request = OrderRequest {
        units: units(count),
        expected_price: None,
    };
    decide(listing, buyer, &request, policy, at(0))
}

fn without_checkout() -> OrderPolicy {
    policy().with_checkout(Checkout::Unavailable)
}

fn instant(total: i64, tab_open: i64) -> Decision {
    Decision::Instant {
        total: usd(total),
        tab_open: usd(tab_open),
        token_expires_at: at(30 * 86_400),
    }
}

fn checkout(total: i64) -> Decision {
    Decision::Checkout {
        total: usd(total),
        lapses_at: at(30 * 60),
    }
}

#[test]
fn an_order_strictly_below_the_limit_is_fulfilled_immediately() {
    assert_eq!(buying(1, 4_99, 0, &policy()), Ok(instant(4_99, 4_99)));
    assert_eq!(buying(3, 1_00, 2_00, &policy()), Ok(instant(3_00, 5_00)));
}

#[test]
fn an_order_at_the_limit_is_held_for_payment() {
    assert_eq!(buying(1, 5_00, 0, &policy()), Ok(checkout(5_00)));
    assert_eq!(buying(5, 1_00, 0, &policy()), Ok(checkout(5_00)));
    assert_eq!(buying(1, 5_01, 0, &policy()), Ok(checkout(5_01)));
}

#[test]
fn a_tab_may_reach_its_limit_and_not_a_cent_more() {
    assert_eq!(buying(1, 3_00, 22_00, &policy()), Ok(instant(3_00, 25_00)));
    assert_eq!(buying(1, 3_01, 22_00, &policy()), Ok(checkout(3_01)));
    assert_eq!(buying(1, 1, 25_00, &policy()), Ok(checkout(1)));
}

#[test]
fn a_full_tab_does_not_stand_in_the_way_of_a_large_order() {
    assert_eq!(buying(10, 1_00, 25_00, &policy()), Ok(checkout(10_00)));
}

#[test]
fn without_a_provider_small_orders_are_served_and_no_others() {
    let policy = without_checkout();
    assert_eq!(buying(1, 4_99, 0, &policy), Ok(instant(4_99, 4_99)));
    let rejected = Err(Rejection::PaymentsUnavailable);
    assert_eq!(buying(1, 5_00, 0, &policy), rejected);
    assert_eq!(buying(1, 3_01, 22_00, &policy), rejected);
}

#[test]
fn a_listing_off_sale_rejects_the_order_whatever_its_stock() {
    for state in [ListingState::Paused, ListingState::Archived] {
        for available in [stock(10), stock(0)] {
            let listing = ListingSnapshot {
                state,
                available,
                ..listing(1)
            };
            let buyer = buyer_owing(BUYER, usd(0));
            assert_eq!(
                decide_for(&listing, &buyer, 1, &policy()),
                Err(Rejection::ListingUnavailable)
            );
        }
    }
}

#[test]
fn a_listing_sells_its_last_unit_and_none_beyond() {
    let buying = |available, count| {
        let listing = ListingSnapshot {
            available: stock(available),
            ..listing(1)
        };
        decide_for(&listing, &buyer_owing(BUYER, usd(0)), count, &policy())
    };
    let short = |available| {
        Err(Rejection::InsufficientUnits {
            available: stock(available),
        })
    };
    assert_eq!(buying(3, 3), Ok(instant(3_00, 3_00)));
    assert_eq!(buying(2, 3), short(2));
    assert_eq!(buying(0, 1), short(0));
    // Insufficient units are reported before a total that cannot be paid.
    assert_eq!(buying(9, 10), short(9));
}

#[test]
fn an_order_for_more_units_than_are_allowed_in_one_is_rejected() {
    let buying = |available, most, count| {
        let listing = ListingSnapshot {
            available: stock(available),
            max_units_per_order: Some(units(most)),
            ..listing(1)
        };
        decide_for(&listing, &buyer_owing(BUYER, usd(0)), count, &policy())
    };
    let too_many = |most| Err(Rejection::TooManyUnits { most: units(most) });
    let short = |available| {
        Err(Rejection::InsufficientUnits {
            available: stock(available),
        })
    };
    assert_eq!(buying(10, 3, 3), Ok(instant(3_00, 3_00)));
    assert_eq!(buying(10, 3, 4), too_many(3));
    // Of two limits, the smaller one helps: who orders no more than it is served.
    assert_eq!(buying(10, 3, 20), too_many(3));
    assert_eq!(buying(3, 3, 4), too_many(3));
    assert_eq!(buying(2, 3, 20), short(2));
    assert_eq!(buying(2, 3, 3), short(2));
    assert_eq!(buying(0, 3, 1), short(0));
}

#[test]
fn an_order_of_a_listing_that_is_paid_first_is_held_for_payment_however_small() {
    let first = ListingSnapshot {
        pay_first: true,
        ..listing(1)
    };
    let buyer = buyer_owing(BUYER, usd(0));
    assert_eq!(decide_for(&first, &buyer, 1, &policy()), Ok(checkout(1_00)));
    let without = decide_for(&first, &buyer, 1, &without_checkout());
    assert_eq!(without, Err(Rejection::PaymentsUnavailable));
}

#[test]
fn a_total_above_the_largest_charge_is_rejected() {
    let buying = |cents| {
        let listing = ListingSnapshot {
            price: price(cents),
            available: Stock::MAX,
            ..listing(1)
        };
        decide_for(&listing, &buyer_owing(BUYER, usd(0)), 1_000_000, &policy())
    };
    assert_eq!(buying(99), Ok(checkout(99_000_000)));
    assert_eq!(buying(100), Err(Rejection::TotalTooLarge));
    assert_eq!(buying(Price::MAX_MINOR), Err(Rejection::TotalTooLarge));
}

#[test]
fn a_total_that_is_finer_than_can_be_charged_is_rejected_on_every_route() {
    let mut terms = terms();
    terms.charges.finest = usd(10);
    let policy = OrderPolicy::new(terms).unwrap();
    let too_fine = Err(Rejection::TotalTooFine { finest: usd(10) });
    // On the tab, through a checkout, and without a provider.
    assert_eq!(buying(1, 15, 0, &policy), too_fine);
    assert_eq!(buying(1, 51_25, 0, &policy), too_fine);
    let policy_without = policy.clone().with_checkout(Checkout::Unavailable);
    assert_eq!(buying(3, 15, 0, &policy_without), too_fine);
    // The total decides, not the price of a unit.
    assert_eq!(buying(2, 15, 0, &policy), Ok(instant(30, 30)));
    assert_eq!(buying(2, 26_25, 0, &policy), Ok(checkout(52_50)));
}

#[test]
fn an_order_too_small_to_be_paid_by_itself_is_rejected_unless_the_tab_makes_up_for_it() {
    let no_tabs = OrderPolicy::new(OrderTerms {
        tab_limit: usd(0),
        ..terms()
    })
    .unwrap();
    let too_small = Rejection::TooSmallToPay {
        smallest: usd(50),
        reason: NoCredit::NotSmall,
    };
    assert_eq!(buying(1, 49, 0, &no_tabs), Err(too_small));
    assert_eq!(buying(1, 50, 0, &no_tabs), Ok(checkout(50)));
    assert_eq!(buying(1, 49, 1, &no_tabs), Ok(checkout(49)));
}

#[test]
fn listing_tab_and_marketplace_settle_in_one_currency() {
    let euros = |cents| Money::new(cents, "EUR".parse().unwrap());
    let in_euros = ListingSnapshot {
        price: Price::new(euros(1_00)).unwrap(),
        ..listing(1)
    };
    let (dollar_buyer, euro_buyer) = (buyer_owing(BUYER, usd(0)), buyer_owing(BUYER, euros(0)));
    let mixed = Err(Rejection::CurrencyMismatch);
    assert_eq!(decide_for(&in_euros, &dollar_buyer, 1, &policy()), mixed);
    assert_eq!(decide_for(&in_euros, &euro_buyer, 1, &policy()), mixed);
    assert_eq!(decide_for(&listing(1), &euro_buyer, 1, &policy()), mixed);
    // An order too large for the tab is not charged in the wrong currency either.
    assert_eq!(decide_for(&in_euros, &dollar_buyer, 10, &policy()), mixed);

    let all_in_euros = OrderPolicy::new(OrderTerms {
        credit: CreditTerms::unlimited(euros(0).currency()),
        small_order_limit: euros(5_00),
        tab_limit: euros(25_00),
        charges: ChargeLimits {
            smallest: euros(50),
            largest: euros(99_999_999),
            finest: euros(1),
            ..charge_limits()
        },
        ..terms()
    })
    .unwrap();
    let decision = decide_for(&in_euros, &euro_buyer, 1, &all_in_euros).unwrap();
    assert_eq!(decision.total(), euros(1_00));
    assert_ne!(all_in_euros.currency(), Currency::USD);
}

#[test]
fn reservations_and_tokens_end_by_policy_or_at_the_last_timestamp() {
    let deciding = |count, now| {
        let (buyer, policy) = (buyer_owing(BUYER, usd(0)), policy());
        let request = OrderRequest {
            units: units(count),
            expected_price: None,
        };
        match decide(&listing(1), &buyer, &request, &policy, now).unwrap() {
            Decision::Instant {
                token_expires_at: end,
                ..
            }
            | Decision::Checkout { lapses_at: end, .. } => end,
        }
    };
    let start = at(1_000);
    let thirty_days = SignedDuration::from_hours(30 * 24);
    assert_eq!(deciding(1, start), start + thirty_days);
    assert_eq!(deciding(10, start), start + SignedDuration::from_mins(30));
    assert_eq!(deciding(1, Timestamp::MAX), Timestamp::MAX);
    assert_eq!(deciding(10, Timestamp::MAX), Timestamp::MAX);
}

#[test]
fn an_order_at_an_outdated_price_is_rejected() {
    let buying = |count, shown, policy: &OrderPolicy| {
        let request = OrderRequest {
            units: units(count),
            expected_price: shown,
        };
        let dear = ListingSnapshot {
            price: price(4_99),
            ..listing(1)
        };
        decide(&dear, &buyer_owing(BUYER, usd(0)), &request, policy, at(0))
    };
    let changed = Rejection::PriceChanged { now: usd(4_99) };
    // A lower price is reported as well: the buyer may want more units.
    for shown in [usd(1), usd(5_00), Money::new(4_99, "EUR".parse().unwrap())] {
        assert_eq!(buying(1, Some(shown), &policy()), Err(changed));
        // It is reported before a total that cannot be paid.
        assert_eq!(buying(2, Some(shown), &without_checkout()), Err(changed));
        // What there is too little of is not offered at another price.
        let short = Rejection::InsufficientUnits {
            available: stock(10),
        };
        assert_eq!(buying(11, Some(shown), &policy()), Err(short));
    }
    // A price that was raised beyond what can be charged is a changed price all the same.
    let raised = ListingSnapshot {
        price: price(Price::MAX_MINOR),
        ..listing(1)
    };
    let request = OrderRequest {
        units: units(10),
        expected_price: Some(usd(1_00)),
    };
    let now = usd(Price::MAX_MINOR);
    let decided = decide(
        &raised,
        &buyer_owing(BUYER, usd(0)),
        &request,
        &policy(),
        at(0),
    );
    assert_eq!(decided, Err(Rejection::PriceChanged { now }));
    assert_eq!(
        buying(1, Some(usd(4_99)), &policy()),
        Ok(instant(4_99, 4_99))
    );
    assert_eq!(buying(1, None, &policy()), Ok(instant(4_99, 4_99)));
    assert_eq!(changed.to_string(), "a unit costs 4.99 USD now");
}

#[test]
fn sellers_may_buy_of_themselves() {
    let own = ListingSnapshot {
        seller_id: account_id(BUYER),
        ..listing(1)
    };
    let bought = decide_for(&own, &buyer_owing(BUYER, usd(0)), 1, &policy());
    assert_eq!(bought, Ok(instant(1_00, 1_00)));
}

#[test]
fn a_decision_has_its_payment_route() {
    let route = |count| buying(count, 1_00, 0, &policy()).map(|decision| decision.route());
    assert_eq!(route(1), Ok(PaymentRoute::Tab));
    assert_eq!(route(10), Ok(PaymentRoute::Checkout));
}
