use std::num::NonZeroU32;

use super::cases;
use crate::audit::Actor;
use crate::conformance::check::{Checked, equal, holds, some};
use crate::conformance::join::join_all;
use crate::conformance::market::Market;
use crate::conformance::stores::StoreFactory;
use crate::conformance::values::{at, text, usd};
use crate::id::ListingId;
use crate::listing::{
    CatalogueQuery, Change, Description, DetailsEdit, Listing, ListingEdit, ListingState, Price,
    SealedKey, Sort, StockChange,
};
use crate::order::{Order, Rejection};
use crate::page::PageRequest;
use crate::ports::{EditListingError, PlaceOrderError, PublishListingError, StoreError};
use crate::units::{Stock, Units};

cases! {
    a_published_listing_is_on_sale:
        "A published listing is found as it was published, on sale, with nothing sold.",
    a_listing_needs_a_seller:
        "Publishing for an unknown account fails, and publishes nothing.",
    an_edit_changes_what_it_names_and_keeps_the_rest:
        "A field with `Change::Keep` stays as it is.",
    only_its_seller_edits_a_listing:
        "Editing fails with `NotYours` for another account, and with `NotFound` for an unknown listing.",
    an_edit_that_lists_too_many_units_changes_nothing:
        "`StockChange::delta` counts all units of the listing; an edit that fails changes no field.",
    setting_the_stock_leaves_held_and_sold_units_alone:
        "The stock changes by `StockChange::delta` over the units available.",
    orders_keep_the_price_they_were_placed_at:
        "A new price is that of later orders alone.",
    a_listing_off_sale_sells_nothing_and_is_not_in_the_catalogue:
        "A paused listing rejects orders, and is found by its id and by its seller alone.",
    a_page_of_long_listings_ends_early_and_the_next_goes_on:
        "Pages of listings are bounded by `Page::of_long_items`, and together have each listing once.",
    the_ids_of_listings_on_sale_are_read_page_by_page:
        "`on_sale` returns ids in ascending order, and `on_sale_boundaries` those after which pages begin.",
    units_that_are_added_while_others_are_bought_are_all_there:
        "Edits and orders at once lose no units.",
}

fn edit() -> ListingEdit<SealedKey> {
    ListingEdit::default()
}

async fn a_published_listing_is_on_sale(factory: &dyn StoreFactory) -> Checked {
    let market = Market::open(factory).await?;
    let mut new = market.new_listing(10, 1_50)?;
    new.details.pay_first = true;
    new.details.max_units_per_order = Some(Units::new(7)?);
    let published = market.publish(new.clone()).await?;
    equal("details", &published.details, &new.details)?;
    equal("units available", published.available, new.units)?;
    equal("state", published.state, ListingState::Active)?;
    equal("id of the seller", published.seller.id, market.seller)?;
    equal(
        "name of the seller",
        published.seller.name.as_str(),
        "seller",
    )?;
    equal("time of publication", published.created_at, new.listed_at)?;
    equal(
        "the listing, read",
        market.listing(new.id).await?,
        published,
    )?;
    market.has_sold(new.id, 0, 0).await
}

async fn a_listing_needs_a_seller(factory: &dyn StoreFactory) -> Checked {
    let market = Market::open(factory).await?;
    let mut new = market.new_listing(10, 1_50)?;
    new.seller = Actor::from(market.unknown_account());
    let id = new.id;
    let published = market.publish(new).await;
    holds("StoreError::Failed", &published, |found| {
        matches!(
            found,
            Err(PublishListingError::Unavailable(StoreError::Failed(_)))
        )
    })?;
    equal(
        "the listing",
        market.stores.listing_reader.find(id).await?,
        None,
    )
}

async fn an_edit_changes_what_it_names_and_keeps_the_rest(factory: &dyn StoreFactory) -> Checked {
    let market = Market::open(factory).await?;
    let id = market.list(10, 1_50).await?;
    let before = market.listing(id).await?;
    let unchanged = market.edit(market.seller, id, edit()).await?;
    equal("the listing after an empty edit", &unchanged, &before)?;
    let renamed = ListingEdit {
        details: DetailsEdit {
            service_name: Change::To(text("Tides")?),
            description: Change::To(None),
            pay_first: Change::To(true),
            max_units_per_order: Change::To(Some(Units::MAX)),
            ..DetailsEdit::default()
        },
        ..edit()
    };
    let edited = market.edit(market.seller, id, renamed).await?;
    let mut expected = before;
    expected.details.service_name = text("Tides")?;
    expected.details.description = None;
    expected.details.pay_first = true;
    expected.details.max_units_per_order = Some(Units::MAX);
    equal("the edited listing", &edited, &expected)?;
    equal("the listing, read", market.listing(id).await?, expected)
}

async fn only_its_seller_edits_a_listing(factory: &dyn StoreFactory) -> Checked {
    let market = Market::open(factory).await?;
    let id = market.list(10, 1_50).await?;
    let pause = || ListingEdit {
        state: Change::To(ListingState::Paused),
        ..edit()
    };
    let found = market.edit(market.other, id, pause()).await;
    holds("NotYours", &found, |found| {
        matches!(found, Err(EditListingError::NotYours))
    })?;
    let state = market.listing(id).await?.state;
    equal("state of the listing", state, ListingState::Active)?;
    let unknown = ListingId::mint(at(0), &market.ids);
    let found = market.edit(market.seller, unknown, pause()).await;
    holds("NotFound", &found, |found| {
        matches!(found, Err(EditListingError::NotFound))
    })
}

async fn an_edit_that_lists_too_many_units_changes_nothing(factory: &dyn StoreFactory) -> Checked {
    let market = Market::open(factory).await?;
    let id = market.list(10, 1_00).await?;
    market.buy(id, 4, 1).await?;
    let before = market.listing(id).await?;
    // 6 are available, and 10 are listed: the 4 that were sold may come back.
    for stock in [StockChange::Set(Stock::MAX), StockChange::Add(Stock::MAX)] {
        let too_many = ListingEdit {
            stock,
            details: DetailsEdit {
                service_name: Change::To(text("Tides")?),
                ..DetailsEdit::default()
            },
            ..edit()
        };
        let found = market.edit(market.seller, id, too_many).await;
        holds(
            "TooManyUnits",
            &found,
            |found| matches!(found, Err(EditListingError::TooManyUnits(change)) if *change == stock),
        )?;
        equal("the listing", &market.listing(id).await?, &before)?;
    }
    Ok(())
}

async fn setting_the_stock_leaves_held_and_sold_units_alone(factory: &dyn StoreFactory) -> Checked {
    let market = Market::open(factory).await?;
    let id = market.list(20, 1_00).await?;
    let sold = market.buy(id, 4, 1).await?;
    let held = market.buy(id, 6, 2).await?;
    market.has_available(id, 10).await?;
    let set = |count| -> Checked<ListingEdit<SealedKey>> {
        Ok(ListingEdit {
            stock: StockChange::Set(Stock::new(count)?),
            ..edit()
        })
    };
    let edited = market.edit(market.seller, id, set(3)?).await?;
    equal("units available", edited.available.get(), 3)?;
    market.cancel(market.buyer, held.id, 6).await?;
    market.has_available(id, 9).await?;
    market.has_sold(id, 4, sold.total.minor()).await
}

async fn orders_keep_the_price_they_were_placed_at(factory: &dyn StoreFactory) -> Checked {
    let market = Market::open(factory).await?;
    let id = market.list(20, 1_00).await?;
    let order = market.buy(id, 2, 1).await?;
    let dearer = ListingEdit {
        details: DetailsEdit {
            price_per_unit: Change::To(Price::new(usd(1_25))?),
            ..DetailsEdit::default()
        },
        ..edit()
    };
    market.edit(market.seller, id, dearer).await?;
    let prices = |order: &Order| (order.price_per_unit, order.total);
    let now = market.find(&order).await?;
    equal(
        "price and total of the order",
        prices(&now),
        (usd(1_00), usd(2_00)),
    )?;
    let later = market.buy(id, 2, 6).await?;
    equal(
        "price and total of a later order",
        prices(&later),
        (usd(1_25), usd(2_50)),
    )
}

async fn a_listing_off_sale_sells_nothing_and_is_not_in_the_catalogue(
    factory: &dyn StoreFactory,
) -> Checked {
    let market = Market::open(factory).await?;
    let id = market.list(20, 1_00).await?;
    let other = market.list(0, 1_00).await?;
    let pause = ListingEdit {
        state: Change::To(ListingState::Paused),
        ..edit()
    };
    market.edit(market.seller, id, pause).await?;
    let rejected = market.place(market.order(id, 1, 6)?).await;
    holds("ListingUnavailable", &rejected, |found| {
        let unavailable = Rejection::ListingUnavailable;
        matches!(found, Err(PlaceOrderError::Rejected(why)) if *why == unavailable)
    })?;
    let catalogue = market
        .stores
        .listing_reader
        .search(CatalogueQuery::default());
    let ids = |listings: Vec<Listing>| listings.iter().map(|found| found.id).collect::<Vec<_>>();
    equal("the catalogue", ids(catalogue.await?.items), vec![other])?;
    some("the listing", market.stores.listing_reader.find(id).await?)?;
    market.has_sold(id, 0, 0).await
}

async fn a_page_of_long_listings_ends_early_and_the_next_goes_on(
    factory: &dyn StoreFactory,
) -> Checked {
    let market = Market::open(factory).await?;
    let longest = "\u{1f600}".repeat(Description::MAX_LENGTH);
    let mut newest_first = Vec::new();
    for _ in 0..5 {
        let mut new = market.new_listing(1, 1_00)?;
        new.details.description = Some(text(&longest)?);
        newest_first.insert(0, market.publish(new).await?.id);
    }
    let reader = &market.stores.listing_reader;
    for sort in [Sort::Newest, Sort::Price] {
        let mut query = CatalogueQuery {
            sort,
            ..CatalogueQuery::default()
        };
        let (mut found, mut lengths) = (Vec::new(), Vec::new());
        loop {
            let page = reader.search(query.clone()).await?;
            lengths.push(page.items.len());
            found.extend(page.items.iter().map(|listing| listing.id));
            query.page.after = page.next;
            if page.next.is_none() {
                break;
            }
        }
        equal("lengths of the pages", lengths, vec![2, 2, 1])?;
        equal("the catalogue", &found, &newest_first)?;
    }
    let mut request = PageRequest::default();
    let (mut found, mut lengths) = (Vec::new(), Vec::new());
    loop {
        let page = reader.of_seller(market.seller, request).await?;
        lengths.push(page.items.len());
        found.extend(page.items.iter().map(|own| own.listing.id));
        request.after = page.next;
        if page.next.is_none() {
            break;
        }
    }
    equal("lengths of the seller's pages", lengths, vec![2, 2, 1])?;
    equal("listings of the seller", found, newest_first)
}

async fn the_ids_of_listings_on_sale_are_read_page_by_page(factory: &dyn StoreFactory) -> Checked {
    let market = Market::open(factory).await?;
    let mut ids = Vec::new();
    for units in [1, 0, 2, 3, 4] {
        ids.push(market.list(units, 1_00).await?);
    }
    let archived = ListingEdit {
        state: Change::To(ListingState::Archived),
        ..edit()
    };
    let gone = ids.remove(2);
    market.edit(market.seller, gone, archived).await?;
    let index = &market.stores.listing_index;
    let first = index.on_sale(None, 3).await?;
    equal("the first page", Some(&*first), ids.get(..3))?;
    let rest = index.on_sale(first.last().copied(), 3).await?;
    equal("the second page", Some(&*rest), ids.get(3..))?;
    // Four ids: the last of the second page has no other after it.
    let two = NonZeroU32::MIN.saturating_add(1);
    let boundaries = index.on_sale_boundaries(two).await?;
    equal(
        "boundaries of pages of two",
        Some(&*boundaries),
        ids.get(1..2),
    )?;
    let boundaries = index.on_sale_boundaries(NonZeroU32::MIN).await?;
    equal(
        "boundaries of pages of one",
        Some(&*boundaries),
        ids.get(..3),
    )
}

async fn units_that_are_added_while_others_are_bought_are_all_there(
    factory: &dyn StoreFactory,
) -> Checked {
    let market = Market::open(factory).await?;
    let id = market.list(10, 10).await?;
    let orders = [1, 2, 3, 4].map(|second| market.order(id, 2, second));
    let orders = orders.into_iter().collect::<Checked<Vec<_>>>()?;
    let buying = join_all(orders.into_iter().map(|order| market.place(order)));
    let adding = join_all([(); 3].map(|()| {
        let more = Stock::new(5).map(StockChange::Add).unwrap_or_default();
        market.edit(
            market.seller,
            id,
            ListingEdit {
                stock: more,
                ..edit()
            },
        )
    }));
    let both: Vec<std::pin::Pin<Box<dyn Future<Output = bool> + Send + '_>>> = vec![
        Box::pin(async { buying.await.iter().all(Result::is_ok) }),
        Box::pin(async { adding.await.iter().all(Result::is_ok) }),
    ];
    let succeeded = join_all(both).await;
    equal("orders and edits that succeed", succeeded, vec![true, true])?;
    market.has_available(id, 17).await?;
    market.has_sold(id, 8, 80).await
}
