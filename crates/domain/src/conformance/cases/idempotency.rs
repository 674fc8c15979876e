use super::cases;
use crate::conformance::check::{Checked, equal, holds};
use crate::conformance::join::join_all;
use crate::conformance::market::Market;
use crate::conformance::stores::StoreFactory;
use crate::conformance::values::{text, usd};
use crate::id::ListingId;
use crate::listing::{Change, DetailsEdit, ListingEdit, ListingState, Price, StockChange};
use crate::order::{Authority, OrderState, PlaceOrder};
use crate::ports::PlaceOrderError;
use crate::units::{Stock, Units};

cases! {
    a_repeated_key_returns_the_order_it_has_made_as_it_is_now:
        "A repeat returns the first order as it is now, even if the listing is paused, dearer or sold out.",
    a_key_that_was_used_for_something_else_is_refused:
        "The same key for another listing or number of units fails with `IdempotencyKeyReused`.",
    a_key_belongs_to_its_buyer:
        "Another buyer's order under the same key is an order of its own.",
    a_rejected_order_leaves_its_key_unused:
        "After an error, the key is as good as new.",
    repeats_at_once_place_one_order:
        "A repeat that comes while the first is under way returns its order.",
}

fn keyed(market: &Market, listing: ListingId, units: i64, seconds: i64) -> Checked<PlaceOrder> {
    let mut order = market.order(listing, units, seconds)?;
    order.idempotency_key = Some(text("monday")?);
    Ok(order)
}

async fn a_repeated_key_returns_the_order_it_has_made_as_it_is_now(
    factory: &dyn StoreFactory,
) -> Checked {
    let market = Market::open(factory).await?;
    let listing = market.list(6, 1_00).await?;
    let first = market.place(keyed(&market, listing, 6, 1)?).await?.order;
    equal("state", first.state, OrderState::AwaitingPayment)?;
    let edit = ListingEdit {
        state: Change::To(ListingState::Paused),
        details: DetailsEdit {
            price_per_unit: Change::To(Price::new(usd(2_00))?),
            ..DetailsEdit::default()
        },
        ..ListingEdit::default()
    };
    market.edit(market.seller, listing, edit).await?;
    let again = market.place(keyed(&market, listing, 6, 2)?).await?;
    equal("replayed", again.replayed, true)?;
    equal("the order", &again.order, &first)?;
    market.cancel(market.buyer, first.id, 3).await?;
    let again = market.place(keyed(&market, listing, 6, 4)?).await?;
    let found = (again.order.id, again.order.state);
    equal("id and state", found, (first.id, OrderState::Canceled))?;
    market.has_available(listing, 6).await
}

async fn a_key_that_was_used_for_something_else_is_refused(factory: &dyn StoreFactory) -> Checked {
    let market = Market::open(factory).await?;
    let listing = market.list(10, 1_00).await?;
    let other = market.list(10, 1_00).await?;
    market.place(keyed(&market, listing, 1, 1)?).await?;
    for (listing, units) in [(listing, 2), (other, 1)] {
        let found = market.place(keyed(&market, listing, units, 2)?).await;
        holds("IdempotencyKeyReused", &found, |found| {
            matches!(found, Err(PlaceOrderError::IdempotencyKeyReused))
        })?;
    }
    market.has_available(listing, 9).await?;
    market.has_available(other, 10).await
}

async fn a_key_belongs_to_its_buyer(factory: &dyn StoreFactory) -> Checked {
    let market = Market::open(factory).await?;
    let listing = market.list(10, 1_00).await?;
    market.place(keyed(&market, listing, 1, 1)?).await?;
    let mut order = keyed(&market, listing, 1, 2)?;
    order.authority = Authority::Account(market.other);
    let placed = market.place(order).await?;
    let found = (placed.replayed, placed.order.buyer_id);
    equal("replayed, and buyer", found, (false, market.other))
}

async fn a_rejected_order_leaves_its_key_unused(factory: &dyn StoreFactory) -> Checked {
    let market = Market::open(factory).await?;
    let listing = market.list(1, 1_00).await?;
    let rejected = market.place(keyed(&market, listing, 2, 1)?).await;
    holds("a rejection", &rejected, |found| {
        matches!(found, Err(PlaceOrderError::Rejected(_)))
    })?;
    let more = ListingEdit {
        stock: StockChange::Add(Stock::from(Units::MIN)),
        ..ListingEdit::default()
    };
    market.edit(market.seller, listing, more).await?;
    let placed = market.place(keyed(&market, listing, 2, 6)?).await?;
    equal("replayed", placed.replayed, false)
}

async fn repeats_at_once_place_one_order(factory: &dyn StoreFactory) -> Checked {
    let market = Market::open(factory).await?;
    let listing = market.list(10, 1_00).await?;
    let orders = [1, 2, 3, 4, 5, 6].map(|second| keyed(&market, listing, 1, second));
    let orders = orders.into_iter().collect::<Checked<Vec<_>>>()?;
    let placed = join_all(orders.into_iter().map(|order| market.place(order))).await;
    let placed = placed.into_iter().collect::<Result<Vec<_>, _>>()?;
    let first_ones = placed.iter().filter(|placed| !placed.replayed).count();
    equal("orders that were not replayed", first_ones, 1)?;
    let mut ids: Vec<_> = placed.iter().map(|placed| placed.order.id).collect();
    ids.dedup();
    equal("different orders", ids.len(), 1)?;
    market.tab_is(1_00).await?;
    market.has_available(listing, 9).await
}
