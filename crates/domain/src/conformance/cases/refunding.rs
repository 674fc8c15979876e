use super::cases;
use crate::conformance::check::{Checked, equal, holds, some};
use crate::conformance::market::{Market, by_operator, given_back, paid, payment_of, sent};
use crate::conformance::stores::StoreFactory;
use crate::conformance::values::{at, usd};
use crate::id::RefundId;
use crate::order::{OrderState, ReturnedUnits};
use crate::payment::{PaymentEventKind, ProviderReference, RefundOutcome};
use crate::ports::{Applied, ChangeOrderError};
use crate::token::TokenState;

cases! {
    refunding_an_unpaid_small_order_takes_it_off_the_tab:
        "`give_back` off the tab; the token is revoked, and the units stay sold.",
    a_refund_puts_units_back_on_sale_if_the_seller_says_so:
        "`ReturnedUnits` says whether the units are for sale again.",
    only_its_seller_refunds_an_order_and_only_once_it_is_fulfilled:
        "Refunding fails with `NotFound` for others and with `InvalidState` before fulfilment.",
    refunding_a_paid_order_owes_its_total_through_the_provider_once:
        "`give_back` through the provider; a repeat owes nothing more.",
    a_refund_owes_no_more_than_is_left_of_the_payment:
        "What an operator has given back at the provider is not owed again.",
    refunding_a_cleared_small_order_owes_its_part_of_the_charge:
        "An order that a charge has cleared is refunded out of that charge.",
    a_refund_that_was_given_is_owed_no_more_and_shows_on_its_order:
        "`reverse`: the provider's report ends what is owed, and the order shows it as refunded.",
    a_refund_that_fails_is_owed_again_under_another_id:
        "`reverse`: a refund that fails later shows on its order no more, and is owed by a new refund.",
    a_refused_refund_is_claimed_by_nobody_until_it_is_retried:
        "`postpone_refund`: at once after the first refusal, then after an hour, and more.",
    what_an_operator_gives_back_is_not_owed_again:
        "`reverse`: a refund at the provider covers the owed refund of the order that it is for.",
    a_second_payment_of_a_charge_is_owed_back_whole:
        "`settle`: a charge is paid once; the reports of the second payment's refund are followed.",
}

async fn refunding_an_unpaid_small_order_takes_it_off_the_tab(
    factory: &dyn StoreFactory,
) -> Checked {
    let market = Market::open(factory).await?;
    let listing = market.list(20, 2_00).await?;
    let order = market.buy(listing, 1, 1).await?;
    market.buy(listing, 2, 2).await?;
    let refunded = market.take_back(&order, 3).await?;
    let found = (refunded.state, refunded.closed_at);
    equal("state and end", found, (OrderState::Refunded, Some(at(3))))?;
    equal("the order, read", &market.find(&order).await?, &refunded)?;
    market.tab_is(4_00).await?;
    market.token_is(&order, TokenState::Revoked).await?;
    market.has_available(listing, 17).await?;
    let again = market.take_back(&order, 4).await?;
    equal("the order, refunded again", again, refunded)?;
    market.tab_is(4_00).await?;
    market.owes_nothing(5).await?;
    let charge = market.ask_to_charge_tab(6).await?;
    equal("the charge of the tab", charge.tab, usd(4_00))
}

async fn a_refund_puts_units_back_on_sale_if_the_seller_says_so(
    factory: &dyn StoreFactory,
) -> Checked {
    let market = Market::open(factory).await?;
    let listing = market.list(20, 1_00).await?;
    let (kept, returned) = (
        market.buy(listing, 1, 1).await?,
        market.buy(listing, 3, 2).await?,
    );
    market.take_back(&kept, 3).await?;
    market.has_available(listing, 16).await?;
    let units = ReturnedUnits::ForSale;
    market.refund(market.seller, returned.id, 4, units).await?;
    market.has_available(listing, 19).await?;
    market.has_sold(listing, 1, 0).await
}

async fn only_its_seller_refunds_an_order_and_only_once_it_is_fulfilled(
    factory: &dyn StoreFactory,
) -> Checked {
    let market = Market::open(factory).await?;
    let listing = market.list(20, 3_00).await?;
    let (small, large) = (
        market.buy(listing, 1, 1).await?,
        market.buy(listing, 2, 1).await?,
    );
    let units = ReturnedUnits::StaySold;
    for account in [market.buyer, market.other] {
        let found = market.refund(account, small.id, 2, units).await;
        holds("NotFound", &found, |found| {
            matches!(found, Err(ChangeOrderError::NotFound))
        })?;
    }
    let found = market.refund(market.seller, large.id, 2, units).await;
    holds("InvalidState(AwaitingPayment)", &found, |found| {
        let state = OrderState::AwaitingPayment;
        matches!(found, Err(ChangeOrderError::InvalidState(found)) if *found == state)
    })?;
    market.is_in(&small, OrderState::Fulfilled).await?;
    market.tab_is(3_00).await
}

async fn refunding_a_paid_order_owes_its_total_through_the_provider_once(
    factory: &dyn StoreFactory,
) -> Checked {
    let market = Market::open(factory).await?;
    let listing = market.list(20, 10_00).await?;
    let (order, charge) = market.buy_and_pay(listing, 1, 1).await?;
    market.take_back(&order, 3).await?;
    market.take_back(&order, 4).await?;
    let owed = market.owed(5).await?;
    let found: Vec<_> = owed
        .iter()
        .map(|due| (due.charge_id, due.payment.clone(), due.amount))
        .collect();
    let expected = vec![(charge.id, payment_of(charge.id), usd(10_00))];
    equal("refunds owed", found, expected)?;
    market.tab_is(0).await?;
    market.token_is(&order, TokenState::Revoked).await?;
    market.has_sold(listing, 1, 0).await
}

async fn a_refund_owes_no_more_than_is_left_of_the_payment(factory: &dyn StoreFactory) -> Checked {
    let market = Market::open(factory).await?;
    let listing = market.list(20, 10_00).await?;
    let (order, charge) = market.buy_and_pay(listing, 1, 1).await?;
    market.apply(given_back(charge.id, usd(4_00)), 2).await?;
    market.take_back(&order, 3).await?;
    let owed = market.owed(4).await?;
    let amounts: Vec<_> = owed.iter().map(|due| due.amount).collect();
    equal("amounts owed", amounts, vec![usd(6_00)])
}

async fn refunding_a_cleared_small_order_owes_its_part_of_the_charge(
    factory: &dyn StoreFactory,
) -> Checked {
    let market = Market::open(factory).await?;
    let listing = market.list(20, 2_00).await?;
    let (small, order, charge) = market.pay_order_and_tab(listing).await?;
    market.take_back(&small, 4).await?;
    let owed = market.owed(5).await?;
    let found: Vec<_> = owed.iter().map(|due| (due.charge_id, due.amount)).collect();
    equal("refunds owed", found, vec![(charge.id, usd(2_00))])?;
    market.tab_is(0).await?;
    market.is_in(&order, OrderState::Fulfilled).await.map(drop)
}

async fn a_refund_that_was_given_is_owed_no_more_and_shows_on_its_order(
    factory: &dyn StoreFactory,
) -> Checked {
    let market = Market::open(factory).await?;
    let listing = market.list(20, 2_00).await?;
    let small = market.buy(listing, 1, 1).await?;
    let charge = market.ask_to_charge_tab(2).await?;
    market.apply(paid(&charge)?, 3).await?;
    market.take_back(&small, 4).await?;
    equal(
        "refunded so far",
        market.find(&small).await?.refunded,
        usd(0),
    )?;
    let due = some("a refund that is owed", market.owed(5).await?.pop())?;
    let given = sent(&due, "re_1", RefundOutcome::Given);
    for second in [6, 7] {
        market.apply(given.clone(), second).await?;
    }
    market.owes_nothing(1_000).await?;
    equal("refunded", market.find(&small).await?.refunded, usd(2_00))?;
    market.apply(given_back(charge.id, usd(2_00)), 8).await?;
    equal("refunded", market.find(&small).await?.refunded, usd(2_00))
}

async fn a_refund_that_fails_is_owed_again_under_another_id(factory: &dyn StoreFactory) -> Checked {
    let market = Market::open(factory).await?;
    let listing = market.list(20, 2_00).await?;
    let (small, _, _) = market.pay_order_and_tab(listing).await?;
    market.take_back(&small, 4).await?;
    let due = some("a refund that is owed", market.owed(5).await?.pop())?;
    let pending = sent(&due, "re_1", RefundOutcome::Pending);
    market.apply(pending, 6).await?;
    equal("refunded", market.find(&small).await?.refunded, usd(2_00))?;
    let failed = sent(&due, "re_1", RefundOutcome::Failed);
    let applied = market.apply(failed.clone(), 7).await?;
    holds(
        "one alert",
        &applied,
        |applied| matches!(applied, Applied::Alert(alerts) if alerts.len() == 1),
    )?;
    equal("refunded", market.find(&small).await?.refunded, usd(0))?;
    let again = some("the refund that is owed", market.owed(8).await?.pop())?;
    equal("amount", again.amount, usd(2_00))?;
    holds("another id", &again.id, |id| *id != due.id)?;
    equal("a repeat", market.apply(failed, 9).await?, Applied::Done)?;
    market.owes_nothing(10).await?;
    let state = market.find(&small).await?.state;
    equal("state", state, OrderState::Refunded)
}

async fn a_refused_refund_is_claimed_by_nobody_until_it_is_retried(
    factory: &dyn StoreFactory,
) -> Checked {
    let market = Market::open(factory).await?;
    let listing = market.list(20, 10_00).await?;
    let (order, _) = market.buy_and_pay(listing, 1, 1).await?;
    market.take_back(&order, 2).await?;
    let backlog = &market.stores.backlog;
    for (refused, next) in [(10, 11), (11, 3_611), (3_611, 10_811)] {
        let due = some("a refund that is owed", market.owed(refused).await?.pop())?;
        let is_owed = backlog.postpone_refund(due.id, at(refused)).await?;
        equal("whether it is owed", is_owed, true)?;
        if next > refused.saturating_add(1) {
            market.owes_nothing(next.saturating_sub(1)).await?;
        }
    }
    let due = some("a refund that is owed", market.owed(10_811).await?.pop())?;
    let given = sent(&due, "re_1", RefundOutcome::Given);
    market.apply(given, 10_812).await?;
    for id in [due.id, RefundId::mint(at(0), &market.ids)] {
        let is_owed = backlog.postpone_refund(id, at(10_813)).await?;
        equal("whether it is owed", is_owed, false)?;
    }
    market.owes_nothing(100_000).await
}

async fn what_an_operator_gives_back_is_not_owed_again(factory: &dyn StoreFactory) -> Checked {
    let market = Market::open(factory).await?;
    let listing = market.list(20, 2_00).await?;
    let (small, order, charge) = market.pay_order_and_tab(listing).await?;
    market.take_back(&order, 4).await?;
    let kind = by_operator(charge.id, "re_1", usd(8_00), RefundOutcome::Given);
    market.apply(kind, 5).await?;
    market.owes_nothing(6).await?;
    equal("refunded", market.find(&order).await?.refunded, usd(8_00))?;
    equal("refunded", market.find(&small).await?.refunded, usd(0))?;
    market.is_in(&small, OrderState::Fulfilled).await?;
    // It did not reach the buyer after all.
    let kind = by_operator(charge.id, "re_1", usd(8_00), RefundOutcome::Failed);
    market.apply(kind, 7).await?;
    let due = some("a refund that is owed", market.owed(8).await?.pop())?;
    equal("amount", due.amount, usd(8_00))
}

async fn a_second_payment_of_a_charge_is_owed_back_whole(factory: &dyn StoreFactory) -> Checked {
    let market = Market::open(factory).await?;
    let listing = market.list(20, 10_00).await?;
    let (order, charge) = market.buy_and_pay(listing, 1, 1).await?;
    let second = ProviderReference::new(format!("pi_second_{}", charge.id));
    let mut kind = paid(&charge)?;
    if let PaymentEventKind::Paid { payment, .. } = &mut kind {
        payment.reference = second.clone();
    }
    let applied = market.apply(kind.clone(), 2).await?;
    holds(
        "one alert",
        &applied,
        |applied| matches!(applied, Applied::Alert(alerts) if alerts.len() == 1),
    )?;
    equal("a repeat", market.apply(kind, 3).await?, Applied::Repeated)?;
    let owed = market.owed(4).await?;
    equal("refunds owed", owed.len(), 1)?;
    let due = some("a refund that is owed", owed.into_iter().next())?;
    equal(
        "payment and amount",
        (&due.payment, due.amount),
        (&second, usd(10_00)),
    )?;
    market
        .apply(sent(&due, "re_1", RefundOutcome::Given), 5)
        .await?;
    let now = market.is_in(&order, OrderState::Fulfilled).await?;
    equal("refunded", now.refunded, usd(0))?;
    market.token_is(&order, TokenState::Active).await?;
    market.owes_nothing(1_000).await
}
