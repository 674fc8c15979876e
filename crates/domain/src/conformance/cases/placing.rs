use super::cases;
use crate::conformance::check::{Checked, equal, holds};
use crate::conformance::market::Market;
use crate::conformance::stores::StoreFactory;
use crate::conformance::values::{RESERVATION, TOKEN, at, terms, usd};
use crate::id::ListingId;
use crate::listing::{Change, DetailsEdit, ListingEdit, ServiceChanges};
use crate::order::{Authority, Order, OrderState, PaymentRoute, PlacedOrder, Rejection};
use crate::policy::{Checkout, OrderTerms};
use crate::ports::PlaceOrderError;
use crate::token::{Token, TokenState};
use crate::units::Units;

cases! {
    a_small_order_is_fulfilled_at_once_and_goes_on_the_tab:
        "An order that `decide` serves at once has its token and is on the tab; its units are sold.",
    a_larger_order_awaits_payment_and_holds_its_units:
        "An order that `decide` sends to a checkout awaits payment; its units are held, and nothing is owed.",
    an_order_needs_a_listing_and_a_buyer:
        "Placing fails with `ListingNotFound` or `Unauthenticated`, and changes nothing.",
    the_terms_of_a_listing_are_those_of_later_orders:
        "Placing goes by `pay_first` and `max_units_per_order` as the listing was published or last edited.",
    an_order_at_another_price_than_was_shown_is_rejected:
        "Placing fails with the rejection of `decide`, and changes nothing.",
    without_a_checkout_a_larger_order_is_rejected:
        "The store goes by the policy it was given.",
}

fn rejected_with(found: &Result<PlacedOrder, PlaceOrderError>, expected: Rejection) -> Checked {
    holds(
        &format!("the rejection {expected:?}"),
        found,
        |found| matches!(found, Err(PlaceOrderError::Rejected(why)) if *why == expected),
    )
}

async fn a_small_order_is_fulfilled_at_once_and_goes_on_the_tab(
    factory: &dyn StoreFactory,
) -> Checked {
    let market = Market::open(factory).await?;
    let listing = market.list(10, 1_50).await?;
    let request = market.order(listing, 2, 7)?;
    let placed = market.place(request.clone()).await?;
    equal("replayed", placed.replayed, false)?;
    let service_name = market.listing(listing).await?.details.service_name;
    let expected = Order {
        id: request.order_id,
        buyer_id: market.buyer,
        seller_id: market.seller,
        listing_id: listing,
        service_name: service_name.clone(),
        units: request.units,
        price_per_unit: usd(1_50),
        total: usd(3_00),
        route: PaymentRoute::Tab,
        state: OrderState::Fulfilled,
        lapses_at: None,
        token_id: Some(request.token_id),
        payment_url: None,
        tab_carried: None,
        refunded: usd(0),
        paid_at: None,
        created_at: at(7),
        fulfilled_at: Some(at(7)),
        closed_at: None,
    };
    equal("the order", &placed.order, &expected)?;
    equal(
        "the order, read",
        market.find(&placed.order).await?,
        expected,
    )?;
    let token = Token {
        id: request.token_id,
        order_id: request.order_id,
        listing_id: listing,
        buyer_id: market.buyer,
        seller_id: market.seller,
        service_name,
        units: request.units,
        state: TokenState::Active,
        expires_at: at(TOKEN.saturating_add(7)),
        created_at: at(7),
        revealed_at: None,
        service_changes: ServiceChanges::default(),
        gateway: None,
    };
    equal("the token", market.token(&placed.order).await?, token)?;
    market.tab_is(3_00).await?;
    market.has_available(listing, 8).await?;
    market.has_sold(listing, 2, 3_00).await
}

async fn a_larger_order_awaits_payment_and_holds_its_units(factory: &dyn StoreFactory) -> Checked {
    let market = Market::open(factory).await?;
    let listing = market.list(10, 2_50).await?;
    let order = market.buy(listing, 2, 7).await?;
    equal("state", order.state, OrderState::AwaitingPayment)?;
    equal("route", order.route, PaymentRoute::Checkout)?;
    let lapses_at = at(RESERVATION.saturating_add(7));
    equal("end of the reservation", order.lapses_at, Some(lapses_at))?;
    let times = (order.token_id, order.fulfilled_at, order.closed_at);
    equal("token, fulfilment and end", times, (None, None, None))?;
    equal("the order, read", market.find(&order).await?, order)?;
    market.tab_is(0).await?;
    market.has_available(listing, 8).await?;
    market.has_sold(listing, 0, 0).await
}

async fn an_order_needs_a_listing_and_a_buyer(factory: &dyn StoreFactory) -> Checked {
    let market = Market::open(factory).await?;
    let listing = market.list(10, 1_00).await?;
    let mut request = market.order(listing, 1, 1)?;
    request.listing_id = ListingId::mint(at(0), &market.ids);
    holds("ListingNotFound", &market.place(request).await, |found| {
        matches!(found, Err(PlaceOrderError::ListingNotFound))
    })?;
    let mut request = market.order(listing, 1, 1)?;
    request.authority = Authority::Account(market.unknown_account());
    holds("Unauthenticated", &market.place(request).await, |found| {
        matches!(found, Err(PlaceOrderError::Unauthenticated))
    })?;
    market.has_available(listing, 10).await
}

async fn the_terms_of_a_listing_are_those_of_later_orders(factory: &dyn StoreFactory) -> Checked {
    let market = Market::open(factory).await?;
    let mut new = market.new_listing(20, 1_00)?;
    new.details.max_units_per_order = Some(Units::new(2)?);
    let listing = market.publish(new).await?.id;
    let too_many = market.place(market.order(listing, 3, 1)?).await;
    let most = Units::new(2)?;
    rejected_with(&too_many, Rejection::TooManyUnits { most })?;
    market.has_available(listing, 20).await?;
    let small = market.buy(listing, 2, 1).await?;
    equal("route", small.route, PaymentRoute::Tab)?;
    let terms = ListingEdit {
        details: DetailsEdit {
            pay_first: Change::To(true),
            max_units_per_order: Change::To(None),
            ..DetailsEdit::default()
        },
        ..ListingEdit::default()
    };
    market.edit(market.seller, listing, terms).await?;
    let paid_first = market.buy(listing, 3, 6).await?;
    equal(
        "route, paid first",
        paid_first.route,
        PaymentRoute::Checkout,
    )?;
    market.tab_is(2_00).await
}

async fn an_order_at_another_price_than_was_shown_is_rejected(
    factory: &dyn StoreFactory,
) -> Checked {
    let market = Market::open(factory).await?;
    let listing = market.list(10, 1_00).await?;
    let mut request = market.order(listing, 1, 1)?;
    request.expected_price = Some(usd(99));
    let found = market.place(request).await;
    rejected_with(&found, Rejection::PriceChanged { now: usd(1_00) })?;
    let too_many = market.place(market.order(listing, 11, 1)?).await;
    let available = market.listing(listing).await?.available;
    rejected_with(&too_many, Rejection::InsufficientUnits { available })?;
    market.has_available(listing, 10).await?;
    market.tab_is(0).await
}

async fn without_a_checkout_a_larger_order_is_rejected(factory: &dyn StoreFactory) -> Checked {
    let terms = OrderTerms {
        checkout: Checkout::Unavailable,
        ..terms()
    };
    let market = Market::with(factory, terms).await?;
    let listing = market.list(10, 5_00).await?;
    let found = market.place(market.order(listing, 1, 1)?).await;
    rejected_with(&found, Rejection::PaymentsUnavailable)?;
    market.has_available(listing, 10).await
}
