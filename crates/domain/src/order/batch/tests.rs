mod suspended;

use super::*;
use crate::fixtures::{
    account_id, at, buyer_owing, listing, listing_id, order_id, policy, price, stock, terms,
    token_id, units, usd,
};
use crate::listing::ListingState;
use crate::money::Currency;
use crate::order::{Authority, Tab};
use crate::policy::{CreditTerms, HoldTerms, OrderTerms};
use crate::token::TokenStatus;

const BUYER: u128 = 2;
const OTHER_BUYER: u128 = 3;

/// The `number`th order: for so many units of listing 1.
fn order(number: u128, count: i64) -> PlaceOrder {
    PlaceOrder {
        order_id: order_id(number),
        token_id: token_id(number),
        authority: Authority::Account(account_id(BUYER)),
        listing_id: listing_id(1),
        units: units(count),
        expected_price: None,
        idempotency_key: None,
        network: None,
        placed_at: at(0),
    }
}

fn keyed(number: u128, count: i64, key: &str) -> PlaceOrder {
    PlaceOrder {
        idempotency_key: Some(key.parse().unwrap()),
        ..order(number, count)
    }
}

/// Over listings 1 and 2 with ten units at 1.00 each, and two buyers who owe nothing.
fn batch() -> OrderBatch {
    batch_after([])
}

fn batch_after(
    prior: impl IntoIterator<Item = ((AccountId, IdempotencyKey), PriorOrder)>,
) -> OrderBatch {
    let buyers = [BUYER, OTHER_BUYER].map(|number| buyer_owing(number, usd(0)));
    holding_nothing(OrderBatch::new([listing(1), listing(2)], buyers, prior))
}

/// The batch, with buyers who hold nothing yet.
fn holding_nothing(mut batch: OrderBatch) -> OrderBatch {
    let buyers = [BUYER, OTHER_BUYER].map(account_id);
    batch.know_holds(buyers.map(|buyer| (buyer, Holds::default())), []);
    batch
}

fn place(batch: &mut OrderBatch, order: &PlaceOrder) -> Outcome {
    batch.place(order, account_id(BUYER), &policy())
}

fn placed(outcome: Outcome) -> NewOrder {
    match outcome {
        Outcome::Place(order) => order,
        other => panic!("not placed: {other:?}"),
    }
}

fn short(available: i64) -> Outcome {
    Outcome::Reject(Rejection::InsufficientUnits {
        available: stock(available),
    })
}

#[test]
fn a_small_order_is_written_with_its_token() {
    let outcome = place(&mut batch(), &keyed(7, 3, "k"));
    let expected = NewOrder {
        id: order_id(7),
        buyer_id: account_id(BUYER),
        seller_id: account_id(1),
        listing_id: listing_id(1),
        units: units(3),
        price_per_unit: usd(1_00),
        total: usd(3_00),
        route: PaymentRoute::Tab,
        state: OrderState::Fulfilled,
        lapses_at: None,
        token: Some(NewToken {
            id: token_id(7),
            expires_at: at(30 * 86_400),
        }),
        terms: None,
        idempotency_key: Some("k".parse().unwrap()),
        network: None,
        placed_at: at(0),
    };
    assert_eq!(outcome, Outcome::Place(expected.clone()));
    assert_eq!(expected.put_on_tab(), Some(usd(3_00)));
}

#[test]
fn an_order_is_bought_under_the_terms_of_calls_that_its_listing_has() {
    let terms = TermsVersion::new(3);
    let listing = ListingSnapshot {
        terms,
        ..listing(1)
    };
    let mut batch = OrderBatch::new([listing], [buyer_owing(BUYER, usd(0))], []);
    let order = placed(place(&mut batch, &keyed(7, 3, "k")));
    assert_eq!(order.terms, terms);
    let token = order.into_token("Weather".parse().unwrap()).unwrap();
    let gateway = token.gateway.unwrap();
    assert_eq!(Some(gateway.terms), terms);
    assert_eq!(gateway.units, TokenUnits::unused(units(3)));
}

#[test]
fn an_order_is_fulfilled_as_it_is_placed_or_not_yet_and_never_closed() {
    let mut batch = batch();
    for (count, fulfilled_at) in [(3, Some(at(0))), (7, None)] {
        let new = placed(place(&mut batch, &order(7, count)));
        let order = new.into_order("Weather".parse().unwrap());
        assert_eq!((order.fulfilled_at, order.closed_at), (fulfilled_at, None));
    }
}

#[test]
fn only_an_immediately_fulfilled_order_has_a_token() {
    let mut batch = batch();
    let small = placed(place(&mut batch, &order(7, 3)));
    let issued = small.token.unwrap();
    let token = small
        .clone()
        .into_token("Weather".parse().unwrap())
        .unwrap();
    assert_eq!((token.id, token.expires_at), (issued.id, issued.expires_at));
    assert_eq!((token.order_id, token.buyer_id), (small.id, small.buyer_id));
    assert_eq!(token.created_at, small.placed_at);
    assert_eq!(token.status(small.placed_at), TokenStatus::Active);
    let large = placed(place(&mut batch, &order(7, 7)));
    assert_eq!(large.into_token("Weather".parse().unwrap()), None);
}

#[test]
fn a_large_order_is_written_with_the_end_of_its_reservation() {
    let order = placed(place(&mut batch(), &order(7, 10)));
    assert_eq!(order.state, OrderState::AwaitingPayment);
    assert_eq!(order.route, PaymentRoute::Checkout);
    assert_eq!(order.lapses_at, Some(at(30 * 60)));
    assert_eq!(order.token, None);
    assert_eq!(order.put_on_tab(), None);
}

#[test]
fn a_listing_that_sells_out_midway_rejects_those_that_follow_and_no_others() {
    let mut batch = batch();
    placed(place(&mut batch, &order(1, 4)));
    placed(place(&mut batch, &order(2, 5)));
    assert_eq!(place(&mut batch, &order(3, 2)), short(1));
    // The rejected order took nothing: what is left still sells.
    placed(place(&mut batch, &order(4, 1)));
    assert_eq!(place(&mut batch, &order(5, 1)), short(0));
    let elsewhere = PlaceOrder {
        listing_id: listing_id(2),
        ..order(6, 10)
    };
    placed(batch.place(&elsewhere, account_id(OTHER_BUYER), &policy()));
}

#[test]
fn units_that_await_payment_are_not_sold_again() {
    let mut batch = batch();
    let held = placed(place(&mut batch, &order(1, 10)));
    assert_eq!(held.state, OrderState::AwaitingPayment);
    assert_eq!(place(&mut batch, &order(2, 1)), short(0));
}

#[test]
fn a_repeat_within_the_batch_returns_the_first_order() {
    let mut batch = batch();
    placed(place(&mut batch, &keyed(1, 10, "k")));
    let repeat = place(&mut batch, &keyed(2, 10, "k"));
    assert_eq!(repeat, Outcome::Replay(order_id(1)));
}

#[test]
fn a_repeat_of_an_earlier_order_succeeds_whatever_the_listings_state() {
    let key = (account_id(BUYER), "k".parse().unwrap());
    let prior = PriorOrder {
        order_id: order_id(99),
        listing_id: listing_id(1),
        units: units(4),
    };
    let sold_out = ListingSnapshot {
        state: ListingState::Archived,
        available: stock(0),
        ..listing(1)
    };
    for listings in [vec![sold_out], vec![]] {
        let batch = OrderBatch::new(listings, [], [(key.clone(), prior)]);
        let mut batch = holding_nothing(batch);
        let repeat = place(&mut batch, &keyed(1, 4, "k"));
        assert_eq!(repeat, Outcome::Replay(order_id(99)));
    }
    let mut batch = batch_after([(key, prior)]);
    assert_eq!(
        place(&mut batch, &keyed(1, 5, "k")),
        Outcome::KeyReused,
        "it asks for other units"
    );
}

#[test]
fn an_order_at_a_price_that_was_raised_takes_nothing_and_leaves_its_key_unused() {
    let mut batch = batch();
    let at_price = |number, cents| PlaceOrder {
        expected_price: Some(usd(cents)),
        ..keyed(number, 10, "k")
    };
    let raised = Outcome::Reject(Rejection::PriceChanged { now: usd(1_00) });
    assert_eq!(place(&mut batch, &at_price(1, 1)), raised);
    let second_try = placed(place(&mut batch, &at_price(2, 1_00)));
    assert_eq!(second_try.price_per_unit, usd(1_00));
}

#[test]
fn a_repeat_succeeds_whatever_the_price_is_now() {
    let mut batch = batch();
    let first = PlaceOrder {
        expected_price: Some(usd(1_00)),
        ..keyed(1, 3, "k")
    };
    placed(place(&mut batch, &first));
    if let Some(listing) = batch.listings.get_mut(&listing_id(1)) {
        listing.price = price(4_99);
    }
    for expected_price in [first.expected_price, Some(usd(4_99)), None] {
        let repeat = PlaceOrder {
            expected_price,
            ..keyed(2, 3, "k")
        };
        assert_eq!(place(&mut batch, &repeat), Outcome::Replay(order_id(1)));
    }
}

#[test]
fn a_key_names_one_order_for_one_thing() {
    let mut batch = batch();
    placed(place(&mut batch, &keyed(1, 1, "k")));
    assert_eq!(
        place(&mut batch, &keyed(2, 2, "k")),
        Outcome::KeyReused,
        "it asks for other units"
    );
    let elsewhere = PlaceOrder {
        listing_id: listing_id(2),
        ..keyed(3, 1, "k")
    };
    assert_eq!(
        place(&mut batch, &elsewhere),
        Outcome::KeyReused,
        "it asks for another listing"
    );
}

#[test]
fn two_buyers_may_call_their_orders_the_same() {
    let mut batch = batch();
    placed(place(&mut batch, &keyed(1, 1, "k")));
    let other = batch.place(&keyed(2, 1, "k"), account_id(OTHER_BUYER), &policy());
    assert_eq!(placed(other).buyer_id, account_id(OTHER_BUYER));
}

#[test]
fn the_key_of_a_rejected_order_stays_unused() {
    let mut batch = batch();
    assert_eq!(place(&mut batch, &keyed(1, 11, "k")), short(10));
    let second_try = placed(place(&mut batch, &keyed(2, 10, "k")));
    assert_eq!(second_try.id, order_id(2));
}

#[test]
fn the_tab_runs_up_within_the_batch_and_each_buyer_has_one() {
    let batch = OrderBatch::new(
        [ListingSnapshot {
            available: stock(100),
            ..listing(1)
        }],
        [
            buyer_owing(BUYER, usd(18_00)),
            buyer_owing(OTHER_BUYER, usd(0)),
        ],
        [],
    );
    let mut batch = holding_nothing(batch);
    let (tab, checkout) = (PaymentRoute::Tab, PaymentRoute::Checkout);
    // 22.00, then 26.00 would be too much, then 25.00, then nothing more.
    let routes = [4, 4, 3].map(|count| placed(place(&mut batch, &order(1, count))).route);
    assert_eq!(routes, [tab, checkout, tab]);
    let carrier = TabCarrier::Order(order_id(1));
    assert_eq!(
        place(&mut batch, &order(6, 1)),
        Outcome::Reject(Rejection::TabInCheckout(carrier))
    );
    let other = batch.place(&order(5, 4), account_id(OTHER_BUYER), &policy());
    assert_eq!(placed(other).route, tab);
}

#[test]
fn what_a_buyer_holds_is_asked_for_once_an_order_is_to_be_held() {
    let buyers = [buyer_owing(BUYER, usd(0))];
    let mut batch = OrderBatch::new([listing(1)], buyers, []);
    placed(place(&mut batch, &order(1, 4)));
    assert_eq!(place(&mut batch, &keyed(2, 5, "k")), Outcome::HoldsUnknown);
    let mut batch = holding_nothing(batch);
    placed(place(&mut batch, &keyed(2, 5, "k")));
    assert_eq!(
        place(&mut batch, &order(3, 2)),
        short(1),
        "nothing was taken twice"
    );
}

#[test]
fn orders_of_one_batch_count_towards_the_limits_of_their_network() {
    let strict = OrderPolicy::new(OrderTerms {
        credit: CreditTerms {
            new_tabs_per_network: Some(usd(5_00)),
            ..CreditTerms::unlimited(Currency::USD)
        },
        holds: HoldTerms {
            new_open_checkouts_per_network: Some(1),
            ..HoldTerms::unlimited()
        },
        ..terms()
    })
    .unwrap();
    let new = |number| {
        let buyer = buyer_owing(number, usd(0));
        BuyerSnapshot {
            tab: Tab {
                has_paid: false,
                ..buyer.tab
            },
            ..buyer
        }
    };
    let numbers = [BUYER, OTHER_BUYER, 4];
    let stocked = ListingSnapshot {
        available: stock(100),
        ..listing(1)
    };
    let mut batch = OrderBatch::new([stocked], numbers.map(new), []);
    batch.know_holds(
        numbers.map(|number| (account_id(number), Holds::default())),
        [],
    );
    let network = Network::of([192, 0, 2, 7].into());
    let mut buy = |number, buyer, count| {
        let request = PlaceOrder {
            network: Some(network),
            ..order(number, count)
        };
        batch.place(&request, account_id(buyer), &strict)
    };
    assert_eq!(placed(buy(1, BUYER, 4)).route, PaymentRoute::Tab);
    let held = placed(buy(2, OTHER_BUYER, 2));
    assert_eq!(held.route, PaymentRoute::Checkout);
    assert_eq!(held.network, Some(network.on_day_of(at(0))));
    let full = Rejection::TooManyOpenCheckoutsOfNetwork { most: 1 };
    assert_eq!(buy(3, 4, 2), Outcome::Reject(full));
    assert_eq!(placed(buy(4, 4, 1)).route, PaymentRoute::Tab);
}

#[test]
fn an_unknown_listing_or_buyer_is_an_error_and_takes_no_units() {
    let mut batch = batch();
    let nowhere = PlaceOrder {
        listing_id: listing_id(404),
        ..keyed(1, 1, "k")
    };
    assert_eq!(place(&mut batch, &nowhere), Outcome::ListingNotFound);
    let nobody = batch.place(&keyed(2, 10, "k"), account_id(404), &policy());
    assert_eq!(nobody, Outcome::BuyerNotFound);
    placed(place(&mut batch, &keyed(3, 10, "k")));
}

#[test]
fn the_order_of_the_last_unit_sells_a_listing_out() {
    let mut batch = batch();
    place(&mut batch, &order(1, 9));
    assert!(batch.sold_out().is_empty());
    let refused = place(&mut batch, &order(2, 2));
    assert!(matches!(refused, Outcome::Reject(_)));
    assert!(batch.sold_out().is_empty());
    place(&mut batch, &order(3, 1));
    place(&mut batch, &order(4, 1));
    assert_eq!(batch.sold_out(), [listing_id(1)]);
}
