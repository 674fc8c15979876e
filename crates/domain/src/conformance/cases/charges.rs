use super::cases;
use crate::conformance::check::{Checked, equal, holds, some};
use crate::conformance::market::Market;
use crate::conformance::stores::StoreFactory;
use crate::conformance::values::{RESERVATION, at, terms, text, usd};
use crate::id::OrderId;
use crate::listing::{Change, DetailsEdit, ListingEdit};
use crate::order::{Authority, OrderState, PlaceOrder, ReturnedUnits};
use crate::payment::{Charge, ChargedOrder, CheckoutSession, ProviderReference};
use crate::policy::{ChargeLimits, OrderTerms, Unchargeable};
use crate::ports::OpenChargeError;

cases! {
    a_charge_is_for_its_order_and_the_tab_and_its_order_lapses_with_it:
        "The charge of an order carries the tab, and the order's reservation lapses when it expires.",
    a_charge_is_the_same_however_often_it_is_asked_for:
        "Later calls return the first charge with its session, whatever is on the tab by then.",
    a_charge_keeps_the_name_of_what_it_is_for:
        "A charge keeps the name that the service had when it was made; its order has the present one.",
    what_one_charge_carries_no_other_carries:
        "Small orders belong to one charge; a tab that is carried whole has `NothingOwed`.",
    a_charge_of_the_tab_is_asked_for_again_until_it_expires:
        "`charge_tab` returns a charge that can still be paid, and a new one otherwise.",
    an_order_that_cannot_be_charged_is_canceled:
        "On `Unchargeable`, the order is canceled, its units are on sale, and there is no charge.",
    a_tab_that_cannot_be_charged_stays:
        "On `Unchargeable`, the tab stays as it is.",
    a_charge_is_for_the_buyer_of_an_order_that_awaits_payment:
        "`charge_order` fails with `NotFound` for others, and with `InvalidState` in another state.",
    the_first_session_of_a_charge_stands:
        "`record_session` keeps the first session, and shows its URL on the order.",
}

async fn a_charge_is_for_its_order_and_the_tab_and_its_order_lapses_with_it(
    factory: &dyn StoreFactory,
) -> Checked {
    let market = Market::open(factory).await?;
    let listing = market.list(20, 2_00).await?;
    market.buy(listing, 1, 1).await?;
    market.buy(listing, 2, 2).await?;
    let order = market.buy(listing, 4, 3).await?;
    let charge = market.charge(&order, 100).await?;
    let expires_at = at(RESERVATION.saturating_add(100));
    let expected = Charge {
        id: charge.id,
        buyer_id: market.buyer,
        order: Some(ChargedOrder {
            id: order.id,
            service_name: order.service_name.clone(),
            units: order.units,
            total: usd(8_00),
        }),
        tab: usd(6_00),
        expires_at,
        session: None,
    };
    equal("the charge", charge, expected)?;
    let order = market.find(&order).await?;
    equal("end of the reservation", order.lapses_at, Some(expires_at))?;
    equal("the tab in its payment", order.tab_carried, Some(usd(6_00)))?;
    let request = market.order(listing, 4, 101)?;
    let authority = Authority::Account(market.other);
    let second = market
        .place(PlaceOrder {
            authority,
            ..request
        })
        .await?;
    let second = second.order;
    equal("the tab without a charge", second.tab_carried, None)?;
    market.charge(&second, 102).await?;
    let reader = &market.stores.order_reader;
    let second = reader.find(second.id, market.other).await?;
    let second = some("the second order", second)?;
    equal(
        "an empty tab in its payment",
        second.tab_carried,
        Some(usd(0)),
    )?;
    // What is owed stays on the tab until it is paid.
    market.tab_is(6_00).await
}

async fn a_charge_is_the_same_however_often_it_is_asked_for(factory: &dyn StoreFactory) -> Checked {
    let market = Market::open(factory).await?;
    let listing = market.list(20, 2_00).await?;
    let order = market.buy(listing, 4, 1).await?;
    let mut first = market.charge(&order, 2).await?;
    market.buy(listing, 1, 3).await?;
    let again = market.charge(&order, 4).await?;
    equal("the charge", &again, &first)?;
    first.session = Some(market.open_session(&first).await?);
    let again = market.charge(&order, 5).await?;
    equal("the charge with its session", again, first)
}

async fn a_charge_keeps_the_name_of_what_it_is_for(factory: &dyn StoreFactory) -> Checked {
    let market = Market::open(factory).await?;
    let listing = market.list(20, 2_00).await?;
    let order = market.buy(listing, 4, 1).await?;
    let first = market.charge(&order, 2).await?;
    let renamed = ListingEdit {
        details: DetailsEdit {
            service_name: Change::To(text("Tides")?),
            ..DetailsEdit::default()
        },
        ..ListingEdit::default()
    };
    market.edit(market.seller, listing, renamed).await?;
    let again = market.charge(&order, 3).await?;
    equal("the charge", again, first)?;
    let order = market.find(&order).await?;
    equal("name of the order", order.service_name, text("Tides")?)
}

async fn what_one_charge_carries_no_other_carries(factory: &dyn StoreFactory) -> Checked {
    let market = Market::open(factory).await?;
    let listing = market.list(20, 2_00).await?;
    let none = market.ask_to_charge_tab(1).await;
    let nothing_owed = |found: &Result<Charge, OpenChargeError>| {
        matches!(found, Err(OpenChargeError::NothingOwed))
    };
    holds("NothingOwed, with an empty tab", &none, nothing_owed)?;
    market.buy(listing, 1, 1).await?;
    market.check_out(listing, 4, 2).await?;
    let none = market.ask_to_charge_tab(3).await;
    holds("NothingOwed, as all is carried", &none, nothing_owed)?;
    market.buy(listing, 2, 4).await?;
    let second = market.ask_to_charge_tab(5).await?;
    equal("the tab in a second charge", second.tab, usd(4_00))
}

async fn a_charge_of_the_tab_is_asked_for_again_until_it_expires(
    factory: &dyn StoreFactory,
) -> Checked {
    let market = Market::open(factory).await?;
    let listing = market.list(20, 2_00).await?;
    market.buy(listing, 1, 1).await?;
    let first = market.ask_to_charge_tab(2).await?;
    let found = (first.order.is_some(), first.tab, first.expires_at);
    let expected = (false, usd(2_00), at(RESERVATION.saturating_add(2)));
    equal("order, tab and expiry", found, expected)?;
    market.buy(listing, 2, 3).await?;
    let again = market.ask_to_charge_tab(4).await?;
    equal("the charge", &again, &first)?;
    let expired = RESERVATION.saturating_add(2);
    let next = market.ask_to_charge_tab(expired).await?;
    equal("the tab in the next charge", next.tab, usd(4_00))?;
    // Its session can no longer be paid: what it carried is on the tab alone.
    market.close(first.id, expired).await?;
    market.close(next.id, expired).await?;
    let all = market.ask_to_charge_tab(expired.saturating_add(1)).await?;
    equal("the tab in the last charge", all.tab, usd(6_00))?;
    market.tab_is(6_00).await
}

/// Charges from 6.00 up, so that a small order alone cannot be charged.
fn large_charges_only() -> OrderTerms {
    let terms = terms();
    OrderTerms {
        charges: ChargeLimits {
            smallest: usd(6_00),
            ..terms.charges
        },
        ..terms
    }
}

async fn an_order_that_cannot_be_charged_is_canceled(factory: &dyn StoreFactory) -> Checked {
    let market = Market::with(factory, large_charges_only()).await?;
    let cheap = market.list(20, 2_00).await?;
    let small = market.buy(cheap, 1, 1).await?;
    let listing = market.list(20, 5_50).await?;
    let order = market.buy(listing, 1, 1).await?;
    equal("state", order.state, OrderState::AwaitingPayment)?;
    // The order could be paid together with the tab, until that was empty.
    let units = ReturnedUnits::ForSale;
    market.refund(market.seller, small.id, 1, units).await?;
    let found = market.ask_to_charge(order.id, market.buyer, 2).await;
    holds("Unchargeable(TooSmall)", &found, |found| {
        let why = Unchargeable::TooSmall;
        matches!(found, Err(OpenChargeError::Unchargeable(found)) if *found == why)
    })?;
    market.is_in(&order, OrderState::Canceled).await?;
    market.has_available(listing, 20).await?;
    equal("charges overdue", market.overdue(5_000).await?, Vec::new())
}

async fn a_tab_that_cannot_be_charged_stays(factory: &dyn StoreFactory) -> Checked {
    let market = Market::with(factory, large_charges_only()).await?;
    let listing = market.list(20, 2_00).await?;
    market.buy(listing, 1, 1).await?;
    let found = market.ask_to_charge_tab(2).await;
    holds("Unchargeable(TooSmall)", &found, |found| {
        let why = Unchargeable::TooSmall;
        matches!(found, Err(OpenChargeError::Unchargeable(found)) if *found == why)
    })?;
    market.tab_is(2_00).await?;
    market.buy(listing, 2, 3).await?;
    let charge = market.ask_to_charge_tab(4).await?;
    equal("the charge of the tab", charge.tab, usd(6_00))
}

async fn a_charge_is_for_the_buyer_of_an_order_that_awaits_payment(
    factory: &dyn StoreFactory,
) -> Checked {
    let market = Market::open(factory).await?;
    let listing = market.list(20, 2_00).await?;
    let (small, large) = (
        market.buy(listing, 1, 1).await?,
        market.buy(listing, 4, 1).await?,
    );
    let unknown = OrderId::mint(at(0), &market.ids);
    for (order, account) in [(large.id, market.other), (unknown, market.buyer)] {
        let found = market.ask_to_charge(order, account, 2).await;
        holds("NotFound", &found, |found| {
            matches!(found, Err(OpenChargeError::NotFound))
        })?;
    }
    let found = market.ask_to_charge(small.id, market.buyer, 2).await;
    holds("InvalidState(Fulfilled)", &found, |found| {
        let state = OrderState::Fulfilled;
        matches!(found, Err(OpenChargeError::InvalidState(found)) if *found == state)
    })
}

async fn the_first_session_of_a_charge_stands(factory: &dyn StoreFactory) -> Checked {
    let market = Market::open(factory).await?;
    let listing = market.list(20, 10_00).await?;
    let order = market.buy(listing, 1, 1).await?;
    let charge = market.charge(&order, 1).await?;
    let first = market.open_session(&charge).await?;
    let other = CheckoutSession {
        reference: ProviderReference::new("cs_other".to_owned()),
        url: "https://other.example.com/".to_owned(),
    };
    market
        .stores
        .payments
        .record_session(charge.id, other)
        .await?;
    let session = market.charge(&order, 2).await?.session;
    equal("the session", some("a session", session)?, first.clone())?;
    let url = market.find(&order).await?.payment_url;
    equal("the order's payment URL", url, Some(first.url))?;
    market.cancel(market.buyer, order.id, 3).await?;
    let url = market.find(&order).await?.payment_url;
    equal("the canceled order's payment URL", url, None)
}
