use super::cases;
use crate::conformance::check::{Checked, equal, some};
use crate::conformance::market::{Market, paid};
use crate::conformance::stores::StoreFactory;
use crate::conformance::values::{at, usd};
use crate::id::{ChargeId, OrderId};
use crate::money::Money;
use crate::order::{Order, TabCarrier};
use crate::page::{PageLimit, PageRequest};
use crate::payment::{CarryingCharge, ChargeState, TabOrder};

cases! {
    a_tab_has_the_orders_that_it_is_owed_for:
        "Orders are on the tab from their placing until a payment clears them or they are refunded, and sum to it.",
    a_tab_names_what_carries_its_orders:
        "An order on the tab is carried by the open charge of an order or of the tab, or by none.",
    a_charge_that_carries_the_tab_is_read_by_its_buyer_alone:
        "`charge` and `open_charges` return what a charge asks for, to its buyer only.",
    what_a_payment_has_cleared_is_read_with_it:
        "Paid charges have the time of their payment and the orders that they have cleared, refunded since or not.",
    orders_on_the_tab_and_paid_charges_are_paged_the_newest_first:
        "Pages are sorted by id, the newest first, and the last has no next.",
}

/// The buyer's orders on the tab, the newest first.
async fn orders(market: &Market) -> Checked<Vec<TabOrder>> {
    let reader = &market.stores.tab_reader;
    let page = reader.orders(market.buyer, PageRequest::default());
    Ok(page.await?.items)
}

/// The buyer's orders on the tab, the newest first, and what carries each.
async fn on_tab(market: &Market) -> Checked<Vec<(OrderId, Option<TabCarrier>)>> {
    let found = orders(market).await?.into_iter();
    Ok(found.map(|it| (it.order.id, it.carried_by)).collect())
}

/// Fails unless the orders on the tab sum to it.
async fn adds_up(market: &Market) -> Checked {
    let mut totals = orders(market).await?.into_iter().map(|it| it.order.total);
    let sum = totals.try_fold(usd(0), Money::checked_add)?;
    market.tab_is(sum.minor()).await
}

async fn a_tab_has_the_orders_that_it_is_owed_for(factory: &dyn StoreFactory) -> Checked {
    let market = Market::open(factory).await?;
    let listing = market.list(50, 1_00).await?;
    equal("an empty tab", on_tab(&market).await?, Vec::new())?;
    let first = market.buy(listing, 1, 1).await?;
    let second = market.buy(listing, 2, 2).await?;
    equal(
        "two orders",
        on_tab(&market).await?,
        vec![(second.id, None), (first.id, None)],
    )?;
    adds_up(&market).await?;
    market.take_back(&first, 3).await?;
    equal("one order", on_tab(&market).await?, vec![(second.id, None)])?;
    adds_up(&market).await?;
    let (order, charge) = market.check_out(listing, 6, 4).await?;
    adds_up(&market).await?;
    let third = market.buy(listing, 3, 5).await?;
    adds_up(&market).await?;
    market.apply(paid(&charge)?, 6).await?;
    equal(
        "what came later",
        on_tab(&market).await?,
        vec![(third.id, None)],
    )?;
    adds_up(&market).await?;
    let paid_at = |order: Order| order.paid_at;
    for paid in [&order, &second] {
        equal(
            "time of the payment",
            paid_at(market.find(paid).await?),
            Some(at(6)),
        )?;
    }
    equal(
        "time of no payment",
        paid_at(market.find(&third).await?),
        None,
    )
}

async fn a_tab_names_what_carries_its_orders(factory: &dyn StoreFactory) -> Checked {
    let market = Market::open(factory).await?;
    let listing = market.list(50, 1_00).await?;
    let first = market.buy(listing, 1, 1).await?;
    let (order, _) = market.check_out(listing, 6, 2).await?;
    let second = market.buy(listing, 2, 3).await?;
    market.ask_to_charge_tab(4).await?;
    let third = market.buy(listing, 3, 5).await?;
    let carried = vec![
        (third.id, None),
        (second.id, Some(TabCarrier::Tab)),
        (first.id, Some(TabCarrier::Order(order.id))),
    ];
    equal("three orders", on_tab(&market).await?, carried)?;
    market.cancel(market.buyer, order.id, 6).await?;
    let carried = vec![
        (third.id, None),
        (second.id, Some(TabCarrier::Tab)),
        (first.id, None),
    ];
    equal("after the cancellation", on_tab(&market).await?, carried)
}

async fn a_charge_that_carries_the_tab_is_read_by_its_buyer_alone(
    factory: &dyn StoreFactory,
) -> Checked {
    let market = Market::open(factory).await?;
    let listing = market.list(50, 1_00).await?;
    let reader = &market.stores.tab_reader;
    let (_, without) = market.check_out(listing, 6, 1).await?;
    equal(
        "a charge without the tab",
        reader.charge(without.id, market.buyer).await?,
        None,
    )?;
    market.apply(paid(&without)?, 2).await?;
    market.buy(listing, 2, 3).await?;
    let (order, charge) = market.check_out(listing, 6, 4).await?;
    let expected = CarryingCharge {
        id: charge.id,
        order_id: Some(order.id),
        tab: usd(2_00),
        total: usd(8_00),
        state: ChargeState::Open,
        payment_url: market.find(&order).await?.payment_url,
        expires_at: charge.expires_at,
        paid_at: None,
    };
    equal(
        "the open charges",
        &reader.open_charges(market.buyer).await?,
        &vec![expected.clone()],
    )?;
    let found = reader.charge(charge.id, market.buyer).await?;
    equal("the charge", &some("the charge", found)?, &expected)?;
    let found = reader.charge(charge.id, market.seller).await?;
    equal("the charge, for another account", found, None)?;
    let found = reader.open_charges(market.seller).await?;
    equal("open charges of another account", found, Vec::new())?;
    market.apply(paid(&charge)?, 5).await?;
    let found = some("the charge", reader.charge(charge.id, market.buyer).await?)?;
    let paid = CarryingCharge {
        state: ChargeState::Paid,
        payment_url: None,
        paid_at: Some(at(5)),
        ..expected
    };
    equal("the paid charge", found, paid)?;
    equal(
        "no open charge",
        reader.open_charges(market.buyer).await?,
        Vec::new(),
    )
}

async fn what_a_payment_has_cleared_is_read_with_it(factory: &dyn StoreFactory) -> Checked {
    let market = Market::open(factory).await?;
    let listing = market.list(50, 1_00).await?;
    let reader = &market.stores.tab_reader;
    let cleared = async |charge: ChargeId, buyer| -> Checked<Vec<OrderId>> {
        let page = reader.cleared_orders(charge, buyer, PageRequest::default());
        Ok(page.await?.items.iter().map(|order| order.id).collect())
    };
    let first = market.buy(listing, 1, 1).await?;
    let second = market.buy(listing, 2, 2).await?;
    let (_, charge) = market.check_out(listing, 6, 3).await?;
    equal(
        "before the payment",
        cleared(charge.id, market.buyer).await?,
        Vec::new(),
    )?;
    market.apply(paid(&charge)?, 4).await?;
    market.take_back(&first, 5).await?;
    let both = vec![second.id, first.id];
    equal(
        "the cleared orders",
        cleared(charge.id, market.buyer).await?,
        both,
    )?;
    let found = cleared(charge.id, market.other).await?;
    equal("those of another account", found, Vec::new())
}

async fn orders_on_the_tab_and_paid_charges_are_paged_the_newest_first(
    factory: &dyn StoreFactory,
) -> Checked {
    let market = Market::open(factory).await?;
    let listing = market.list(50, 1_00).await?;
    let reader = &market.stores.tab_reader;
    let (mut orders, mut charges) = (Vec::new(), Vec::new());
    for second in [10, 20, 30] {
        market.buy(listing, 2, second).await?;
        let charge = market.ask_to_charge_tab(second.saturating_add(1)).await?;
        market.open_session(&charge).await?;
        market
            .apply(paid(&charge)?, second.saturating_add(2))
            .await?;
        charges.insert(0, charge.id);
    }
    for second in [40, 50, 60] {
        orders.insert(0, market.buy(listing, 1, second).await?.id);
    }
    let limit = some("a limit of 2", PageLimit::new(2))?;
    let first = reader
        .orders(market.buyer, PageRequest { after: None, limit })
        .await?;
    let mut paged: Vec<_> = first.items.iter().map(|found| found.order.id).collect();
    equal("its next", first.next, paged.last().copied())?;
    let after = first.next;
    let last = reader
        .orders(market.buyer, PageRequest { after, limit })
        .await?;
    equal("the next of the last page", last.next, None)?;
    paged.extend(last.items.iter().map(|found| found.order.id));
    equal("the orders on the tab", paged, orders)?;
    let first = reader
        .paid_charges(market.buyer, PageRequest { after: None, limit })
        .await?;
    let mut paged: Vec<_> = first.items.iter().map(|charge| charge.id).collect();
    equal("its next", first.next, paged.last().copied())?;
    let after = first.next;
    let last = reader
        .paid_charges(market.buyer, PageRequest { after, limit })
        .await?;
    equal("the next of the last page", last.next, None)?;
    paged.extend(last.items.iter().map(|charge| charge.id));
    equal("the paid charges", paged, charges)?;
    let none = reader
        .paid_charges(market.seller, PageRequest::default())
        .await?;
    equal("those of another account", none.items, Vec::new())
}
