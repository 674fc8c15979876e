use super::cases;
use crate::conformance::check::{Checked, equal, some};
use crate::conformance::market::{Market, given_back, sent};
use crate::conformance::stores::StoreFactory;
use crate::conformance::values::usd;
use crate::order::OrderState;
use crate::payment::RefundOutcome;
use crate::ports::Applied;
use crate::token::TokenState;

cases! {
    refunds_at_the_provider_are_cumulative_and_a_smaller_sum_comes_late:
        "`reverse`: the sum given back only grows; the order stays fulfilled until all has gone back.",
    a_payment_that_went_back_whole_refunds_every_order_it_has_paid_for:
        "`reverse`: all orders of the charge are refunded, and nothing is owed for them.",
    a_refund_of_ours_that_the_provider_reports_changes_nothing_more:
        "The provider's report of a refund that was owed is no second refund.",
}

async fn refunds_at_the_provider_are_cumulative_and_a_smaller_sum_comes_late(
    factory: &dyn StoreFactory,
) -> Checked {
    let market = Market::open(factory).await?;
    let listing = market.list(20, 10_00).await?;
    let (order, charge) = market.buy_and_pay(listing, 1, 1).await?;
    for (sum, total) in [(2_00, 2_00), (5_00, 5_00), (3_00, 5_00), (5_00, 5_00)] {
        let applied = market.apply(given_back(charge.id, usd(sum)), 2).await?;
        equal("result", applied, Applied::Done)?;
        let order = market.is_in(&order, OrderState::Fulfilled).await?;
        equal("sum refunded", order.refunded, usd(total))?;
    }
    market.token_is(&order, TokenState::Active).await?;
    market.apply(given_back(charge.id, usd(10_00)), 3).await?;
    let order = market.is_in(&order, OrderState::Refunded).await?;
    equal("sum refunded", order.refunded, usd(10_00))?;
    market.token_is(&order, TokenState::Revoked).await?;
    market.owes_nothing(4).await?;
    market.has_available(listing, 19).await
}

async fn a_payment_that_went_back_whole_refunds_every_order_it_has_paid_for(
    factory: &dyn StoreFactory,
) -> Checked {
    let market = Market::open(factory).await?;
    let listing = market.list(20, 2_00).await?;
    let (small, order, charge) = market.pay_order_and_tab(listing).await?;
    market.apply(given_back(charge.id, usd(10_00)), 4).await?;
    for order in [&small, &order] {
        market.is_in(order, OrderState::Refunded).await?;
        market.token_is(order, TokenState::Revoked).await?;
    }
    market.tab_is(0).await?;
    market.owes_nothing(5).await?;
    market.has_sold(listing, 5, 0).await
}

async fn a_refund_of_ours_that_the_provider_reports_changes_nothing_more(
    factory: &dyn StoreFactory,
) -> Checked {
    let market = Market::open(factory).await?;
    let listing = market.list(20, 10_00).await?;
    let (order, charge) = market.buy_and_pay(listing, 1, 1).await?;
    let refunded = market.take_back(&order, 2).await?;
    let due = some("a refund that is owed", market.owed(3).await?.pop())?;
    market.apply(given_back(charge.id, usd(10_00)), 4).await?;
    market
        .apply(sent(&due, "re_1", RefundOutcome::Given), 5)
        .await?;
    market.owes_nothing(1_000).await?;
    let now = market.is_in(&order, OrderState::Refunded).await?;
    equal("end of the order", now.closed_at, refunded.closed_at)?;
    equal("sum refunded", now.refunded, usd(10_00))?;
    market.has_sold(listing, 1, 0).await
}
