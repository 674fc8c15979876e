use super::cases;
use crate::conformance::check::{Checked, equal, some};
use crate::conformance::market::{Market, paid};
use crate::conformance::stores::StoreFactory;
use crate::conformance::values::{at, usd};
use crate::id::OrderId;
use crate::order::{DailySales, Order, OrderState, ReturnedUnits, SalesPeriod};
use crate::page::{Page, PageLimit, PageRequest};
use crate::time::day_of;

cases! {
    an_order_is_read_by_its_buyer_and_its_seller_alone:
        "`OrderReader::find` returns an order to its buyer and its seller, and `None` to others.",
    orders_are_paged_the_newest_first:
        "Pages of orders are sorted by id, the newest first, and the last has no next.",
    sales_have_the_buyer_s_name_and_are_those_of_a_period:
        "Sales are orders that were placed in the period, with the public name of the buyer.",
    daily_sales_count_what_is_sold_on_the_day_it_was_placed:
        "Units and revenue of a day are those of its orders now, and of all days those of the listings.",
}

const DAY: i64 = 86_400;

async fn sales_have_the_buyer_s_name_and_are_those_of_a_period(
    factory: &dyn StoreFactory,
) -> Checked {
    let market = Market::open(factory).await?;
    let listing = market.list(10, 1_00).await?;
    let mut oldest_first = Vec::new();
    for second in [10, 20, 30] {
        oldest_first.push(market.buy(listing, 1, second).await?.id);
    }
    let reader = &market.stores.order_reader;
    let sold = async |from: Option<i64>, before: Option<i64>| -> Checked<Vec<OrderId>> {
        let period = SalesPeriod {
            from: from.map(at),
            before: before.map(at),
        };
        let page = reader.of_seller(market.seller, period, PageRequest::default());
        let mut sales = page.await?.items;
        sales.reverse();
        for sale in &sales {
            equal("the buyer", sale.buyer.as_str(), "buyer")?;
        }
        Ok(sales.iter().map(|sale| sale.order.id).collect())
    };
    let slice = |from, to| oldest_first.get(from..to).unwrap_or_default().to_vec();
    equal("all sales", sold(None, None).await?, slice(0, 3))?;
    equal(
        "from the second on",
        sold(Some(20), None).await?,
        slice(1, 3),
    )?;
    equal("before the third", sold(None, Some(30)).await?, slice(0, 2))?;
    equal("between both", sold(Some(20), Some(30)).await?, slice(1, 2))?;
    equal(
        "an empty period",
        sold(Some(20), Some(20)).await?,
        Vec::new(),
    )?;
    let other = reader.of_seller(market.buyer, SalesPeriod::default(), PageRequest::default());
    equal("sales of another account", other.await?.items, Vec::new())
}

async fn an_order_is_read_by_its_buyer_and_its_seller_alone(factory: &dyn StoreFactory) -> Checked {
    let market = Market::open(factory).await?;
    let listing = market.list(10, 1_00).await?;
    let order = market.buy(listing, 1, 1).await?;
    let reader = &market.stores.order_reader;
    for viewer in [market.buyer, market.seller] {
        let found = reader.find(order.id, viewer).await?;
        equal("the order", &some("the order", found)?, &order)?;
    }
    let found = reader.find(order.id, market.other).await?;
    equal("the order, for another account", found, None)
}

async fn orders_are_paged_the_newest_first(factory: &dyn StoreFactory) -> Checked {
    let market = Market::open(factory).await?;
    let listing = market.list(10, 1_00).await?;
    let mut newest_first = Vec::new();
    for second in [1, 2, 3] {
        newest_first.insert(0, market.buy(listing, 1, second).await?.id);
    }
    let reader = &market.stores.order_reader;
    let limit = some("a limit of 2", PageLimit::new(2))?;
    let ids = |orders: &[Order]| orders.iter().map(|order| order.id).collect::<Vec<_>>();
    let first = PageRequest { after: None, limit };
    for seller in [false, true] {
        let page = async |request| {
            if seller {
                let always = SalesPeriod::default();
                let sales = reader.of_seller(market.seller, always, request).await?;
                let orders = sales.items.into_iter().map(|sale| sale.order);
                Ok(Page {
                    items: orders.collect(),
                    next: sales.next,
                })
            } else {
                reader.of_buyer(market.buyer, request).await
            }
        };
        let found = page(first).await?;
        let mut paged = ids(&found.items);
        equal("orders of the first page", paged.len(), 2)?;
        equal("its next", found.next, paged.last().copied())?;
        let after = found.next;
        let found = page(PageRequest { after, limit }).await?;
        equal("the next of the last page", found.next, None)?;
        paged.extend(ids(&found.items));
        equal("all orders", &paged, &newest_first)?;
    }
    Ok(())
}

async fn daily_sales_count_what_is_sold_on_the_day_it_was_placed(
    factory: &dyn StoreFactory,
) -> Checked {
    let market = Market::open(factory).await?;
    let listing = market.list(40, 1_00).await?;
    market.buy(listing, 1, 1).await?;
    let canceled = market.buy(listing, 5, 2).await?;
    market.cancel(market.buyer, canceled.id, 3).await?;
    let refunded = market.buy(listing, 2, 4).await?;
    market.take_back(&refunded, 5).await?;
    let returned = market.buy(listing, 3, 6).await?;
    market
        .refund(market.seller, returned.id, 7, ReturnedUnits::ForSale)
        .await?;
    // Paid when its units had been sold to another: it never had a token.
    let (late, charge) = market.check_out(listing, 24, 8).await?;
    market.cancel(market.seller, late.id, 9).await?;
    let all = market.listing(listing).await?.available.get();
    let (held, _) = market.check_out(listing, all.into(), 10).await?;
    market.apply(paid(&charge)?, 11).await?;
    market.is_in(&late, OrderState::Refunded).await?;
    market.cancel(market.buyer, held.id, 12).await?;
    // Two days later, so that there is a day without sales.
    let later = DAY.saturating_mul(2);
    market.buy(listing, 2, later).await?;
    market.buy_and_pay(listing, 6, later).await?;
    let day = |seconds, units, revenue| DailySales {
        day: day_of(at(seconds)),
        units,
        revenue: usd(revenue),
    };
    let reader = &market.stores.order_reader;
    let found = reader.daily_sales(market.seller, at(0)).await?;
    // The refunded units stay sold, and are no revenue.
    let expected = vec![day(1, 3, 1_00), day(later, 8, 8_00)];
    equal("sales", found, expected)?;
    market.has_sold(listing, 11, 9_00).await?;
    let found = reader.daily_sales(market.seller, at(later)).await?;
    equal(
        "sales since the second day",
        found,
        vec![day(later, 8, 8_00)],
    )?;
    let found = reader.daily_sales(market.buyer, at(0)).await?;
    equal("sales of another account", found, Vec::new())
}
