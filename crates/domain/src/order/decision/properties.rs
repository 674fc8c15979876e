use proptest::prelude::*;

use super::*;
use crate::fixtures::{account_id, listing_id};
use crate::money::Currency;
use crate::order::Tab;
use crate::policy::{ChargeLimits, CreditTerms, HoldTerms, Inquiries, OrderTerms};
use crate::time::SignedDuration;

/// All that a decision is made of.
type Case = (
    ListingSnapshot,
    BuyerSnapshot,
    OrderRequest,
    OrderPolicy,
    Timestamp,
);

/// Amounts close enough to meet each other's limits, and those at the ends of what a number holds.
fn amounts() -> impl Strategy<Value = i64> {
    prop_oneof![
        6 => 0..3_000_i64,
        1 => any::<i64>(),
        1 => prop::sample::select(vec![i64::MIN, -1, 0, i64::MAX]),
    ]
}

fn currencies() -> impl Strategy<Value = Currency> {
    prop_oneof![
        20 => Just(Currency::USD),
        1 => Just("JPY".parse().unwrap()),
    ]
}

fn monies() -> impl Strategy<Value = Money> {
    (amounts(), currencies()).prop_map(|(minor, currency)| Money::new(minor, currency))
}

fn prices() -> impl Strategy<Value = Price> {
    let minor = prop_oneof![4 => 1..500_i64, 1 => 1..=Price::MAX_MINOR];
    (minor, currencies())
        .prop_map(|(minor, currency)| Price::new(Money::new(minor, currency)).unwrap())
}

fn listings() -> impl Strategy<Value = ListingSnapshot> {
    let states = prop_oneof![
        8 => Just(ListingState::Active),
        1 => Just(ListingState::Paused),
        1 => Just(ListingState::Archived),
    ];
    let counts = prop_oneof![0..20_i64, 0..=i64::from(Stock::MAX.get())];
    let terms = (
        prop::bool::weighted(0.3),
        prop::option::weighted(0.3, unit_counts()),
    );
    (states, prices(), counts, terms).prop_map(|(state, price, count, terms)| ListingSnapshot {
        id: listing_id(1),
        seller_id: account_id(1),
        state,
        price,
        available: Stock::new(count).unwrap(),
        pay_first: terms.0,
        max_units_per_order: terms.1,
        terms: None,
    })
}

fn unit_counts() -> impl Strategy<Value = Units> {
    prop_oneof![4 => 1..10_i64, 1 => 1..=i64::from(Units::MAX.get())]
        .prop_map(|count| Units::new(count).unwrap())
}

fn requests() -> impl Strategy<Value = OrderRequest> {
    let shown = prop::option::weighted(0.2, monies());
    (unit_counts(), shown).prop_map(|(units, expected_price)| OrderRequest {
        units,
        expected_price,
    })
}

fn spans() -> impl Strategy<Value = SignedDuration> {
    prop_oneof![
        (1..100_000_i64).prop_map(SignedDuration::from_secs),
        (1..i64::MAX).prop_map(SignedDuration::from_secs),
    ]
}

/// Smallest, largest and finest charge.
fn charge_amounts() -> impl Strategy<Value = (i64, i64, i64)> {
    let smallest = prop_oneof![Just(1), 1..500_i64];
    let spans = prop_oneof![0..5_000_i64, 0..=i64::MAX - 500];
    let finest = prop_oneof![3 => Just(1), 1 => prop::sample::select(vec![5, 10, 100])];
    (smallest, spans, finest)
        .prop_map(|(smallest, span, finest)| (smallest, smallest + span, finest))
}

/// Terms that fit together, of a provider that charges much or little and holds for ever.
fn policies() -> impl Strategy<Value = OrderPolicy> {
    let limits = (currencies(), amounts(), amounts(), charge_amounts());
    let checkout = prop::sample::select(vec![Checkout::Available, Checkout::Unavailable]);
    (limits, spans(), spans(), checkout).prop_map(
        |((currency, one, other, amounts), reservation_ttl, token_ttl, checkout)| {
            let money = |minor| Money::new(minor, currency);
            let (smallest, largest, finest) = amounts;
            let [one, other] = [one, other].map(|minor| minor.clamp(0, largest - smallest));
            let charges = ChargeLimits {
                smallest: money(smallest),
                largest: money(largest),
                finest: money(finest),
                shortest_hold: SignedDuration::from_secs(1),
                longest_hold: SignedDuration::MAX,
            };
            OrderPolicy::new(OrderTerms {
                small_order_limit: money(one.min(other)),
                tab_limit: money(one.max(other)),
                inquiries: Inquiries::Ignore,
                reservation_ttl,
                token_ttl,
                checkout,
                charges,
                credit: CreditTerms::unlimited(currency),
                holds: HoldTerms::unlimited(),
            })
            .unwrap()
        },
    )
}

fn instants() -> impl Strategy<Value = Timestamp> {
    (Timestamp::MIN.as_second()..=Timestamp::MAX.as_second())
        .prop_map(|second| Timestamp::from_second(second).unwrap())
}

fn cases() -> impl Strategy<Value = Case> {
    let buyers = monies().prop_map(|open| BuyerSnapshot {
        tab: Tab {
            buyer_id: account_id(2),
            open,
            owed_since: None,
            has_paid: true,
        },
        network_today: None,
        is_verified: true,
    });
    (listings(), buyers, requests(), policies(), instants())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn an_accepted_order_is_on_sale_in_stock_and_costs_its_units(
        (listing, buyer, request, policy, now) in cases(),
    ) {
        let Ok(decision) = decide(&listing, &buyer, &request, &policy, now) else {
            return Ok(());
        };
        prop_assert_eq!(listing.state, ListingState::Active);
        prop_assert!(request.units.get() <= listing.available.get());
        prop_assert!(listing.max_units_per_order.is_none_or(|most| request.units <= most));
        prop_assert!(request.expected_price.is_none_or(|shown| shown == listing.price.amount()));
        let cost = i128::from(listing.price.amount().minor()) * i128::from(request.units.get());
        prop_assert_eq!(i128::from(decision.total().minor()), cost);
        prop_assert!(decision.total().minor() <= policy.charges().largest_order().minor());
        prop_assert!(!policy.charges().is_too_fine(decision.total()));
    }

    #[test]
    fn an_order_is_fulfilled_immediately_exactly_if_it_is_small_fits_the_tab_and_is_not_paid_first(
        (listing, buyer, request, policy, now) in cases(),
    ) {
        let Ok(decision) = decide(&listing, &buyer, &request, &policy, now) else {
            return Ok(());
        };
        let total = decision.total().minor();
        let owed = i128::from(buyer.tab.open.minor()) + i128::from(total);
        let small = !listing.pay_first && total < policy.small_order_limit().minor();
        let bearable = owed <= i128::from(policy.tab_limit().minor());
        match decision {
            Decision::Instant { tab_open, .. } => {
                prop_assert!(small && bearable);
                prop_assert_eq!(i128::from(tab_open.minor()), owed);
            }
            Decision::Checkout { .. } => {
                prop_assert!(!(small && bearable));
                prop_assert_eq!(policy.checkout(), Checkout::Available);
            }
        }
    }

    #[test]
    fn no_order_is_accepted_across_currencies(
        (listing, buyer, request, policy, now) in cases(),
    ) {
        if decide(&listing, &buyer, &request, &policy, now).is_ok() {
            let currency = policy.currency();
            prop_assert_eq!(listing.price.amount().currency(), currency);
            prop_assert_eq!(buyer.tab.open.currency(), currency);
            prop_assert_eq!(policy.tab_limit().currency(), currency);
        }
    }

    #[test]
    fn the_reason_of_a_rejection_holds(
        (listing, buyer, request, policy, now) in cases(),
    ) {
        let Err(rejection) = decide(&listing, &buyer, &request, &policy, now) else {
            return Ok(());
        };
        let price = listing.price.amount();
        let total = i128::from(price.minor()) * i128::from(request.units.get());
        let owed = i128::from(buyer.tab.open.minor()) + total;
        let instant = !listing.pay_first
            && total < policy.small_order_limit().minor().into()
            && owed <= policy.tab_limit().minor().into();
        let so = match rejection {
            Rejection::ListingUnavailable => listing.state != ListingState::Active,
            Rejection::InsufficientUnits { available } => {
                available == listing.available && request.units.get() > available.get()
            }
            Rejection::TooManyUnits { most } => {
                listing.max_units_per_order == Some(most) && request.units > most
            }
            Rejection::TotalTooLarge => {
                let largest = policy.charges().largest_order().minor();
                total > largest.into() || owed > i64::MAX.into()
            }
            Rejection::TotalTooFine { finest } => {
                finest == policy.charges().finest && total % i128::from(finest.minor()) != 0
            }
            Rejection::TooSmallToPay { smallest, .. } => {
                smallest == policy.charges().smallest && !instant && owed < smallest.minor().into()
            }
            Rejection::Suspended
            | Rejection::TabInCheckout(_)
            | Rejection::TooManyOpenCheckouts { .. }
            | Rejection::TooManyOpenCheckoutsOfNetwork { .. }
            | Rejection::HeldBefore { .. } => false,
            Rejection::CurrencyMismatch => [
                buyer.tab.open,
                policy.small_order_limit(),
                policy.tab_limit(),
            ]
            .iter()
            .any(|other| other.currency() != price.currency()),
            Rejection::PaymentsUnavailable => {
                policy.checkout() == Checkout::Unavailable && !instant
            }
            Rejection::PriceChanged { now } => {
                now == price && request.expected_price.is_some_and(|shown| shown != now)
            }
        };
        prop_assert!(so, "{:?}", rejection);
    }

    #[test]
    fn the_number_of_units_that_a_rejection_names_is_not_rejected_for_its_number(
        (listing, buyer, request, policy, now) in cases(),
    ) {
        let left = match decide(&listing, &buyer, &request, &policy, now) {
            Err(Rejection::InsufficientUnits { available }) => available.get(),
            Err(Rejection::TooManyUnits { most }) => most.get(),
            _ => return Ok(()),
        };
        // None are left.
        let Ok(units) = Units::new(left.into()) else {
            return Ok(());
        };
        let again = OrderRequest { units, ..request };
        let again = decide(&listing, &buyer, &again, &policy, now);
        prop_assert!(
            !matches!(
                again,
                Err(Rejection::InsufficientUnits { .. } | Rejection::TooManyUnits { .. })
            ),
            "{:?}",
            again
        );
    }

    #[test]
    fn the_terms_of_a_listing_change_how_an_order_is_paid_and_how_large_it_may_be_and_nothing_else(
        (listing, buyer, request, policy, now) in cases(),
    ) {
        let without = ListingSnapshot {
            pay_first: false,
            max_units_per_order: None,
            ..listing
        };
        let plain = decide(&without, &buyer, &request, &policy, now);
        match (decide(&listing, &buyer, &request, &policy, now), plain) {
            (Ok(found), Ok(plain)) => {
                prop_assert_eq!(found.total(), plain.total());
                prop_assert!(found == plain || listing.pay_first);
            }
            (Err(Rejection::TooManyUnits { .. }), _) => {}
            // It may have to be paid, and cannot be.
            (Err(_), Ok(Decision::Instant { .. }) | Err(_)) if listing.pay_first => {}
            (found, plain) => prop_assert_eq!(found, plain),
        }
    }

    #[test]
    fn the_same_order_over_the_same_snapshots_is_decided_alike(
        (listing, buyer, request, policy, now) in cases(),
    ) {
        let decide = || decide(&listing, &buyer, &request, &policy, now);
        prop_assert_eq!(decide(), decide());
    }
}
