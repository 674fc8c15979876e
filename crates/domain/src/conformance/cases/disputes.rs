use super::cases;
use crate::conformance::check::{Checked, equal, holds};
use crate::conformance::market::{Market, dispute, dispute_of, paid};
use crate::conformance::stores::StoreFactory;
use crate::conformance::values::usd;
use crate::order::{OrderState, ReturnedUnits};
use crate::payment::DisputeState::{Closed, Inquiry, Lost, Open, Won};
use crate::ports::{Applied, ChangeOrderError, RevealKeyError};
use crate::token::TokenState;

cases! {
    tokens_are_suspended_while_their_payment_is_disputed:
        "`reverse`: an open dispute suspends all tokens of the charge; one that is won restores them.",
    a_lost_dispute_refunds_the_orders_and_owes_nothing:
        "`reverse`: a lost dispute refunds every order of the charge, and revokes its token.",
    a_token_that_was_revoked_during_a_dispute_stays_revoked:
        "`TokenChange`: a token in another state than `from` stays as it is.",
    the_end_of_a_dispute_stands_if_its_beginning_comes_later:
        "`reverse`: a dispute that has ended is not opened by a late event.",
    a_token_is_suspended_while_any_of_several_disputes_is_open:
        "`Dispute`: each dispute has its own state; inquiries suspend nothing.",
    a_dispute_that_is_won_on_appeal_restores_its_orders:
        "`reverse`: what a lost dispute has taken is restored once it is lost no more.",
    a_dispute_of_a_part_takes_no_more_than_its_amount:
        "`reverse`: of several orders, a dispute takes those that it is about.",
    a_disputed_order_is_not_refunded:
        "Refunding fails with `DisputeOpen` while a dispute is open, and changes nothing.",
}

async fn tokens_are_suspended_while_their_payment_is_disputed(
    factory: &dyn StoreFactory,
) -> Checked {
    let market = Market::open(factory).await?;
    let listing = market.list(20, 2_00).await?;
    let small = market.buy(listing, 1, 1).await?;
    let (order, charge) = market.check_out(listing, 4, 2).await?;
    let unrelated = market.buy(listing, 1, 3).await?;
    market.apply(paid(&charge)?, 4).await?;
    market.apply(dispute(&charge, Open)?, 5).await?;
    for order in [&small, &order] {
        let token = market.token(order).await?;
        equal("state of the token", token.state, TokenState::Suspended)?;
        let found = market.reveal(&token, market.buyer, 6).await;
        holds("Suspended", &found, |found| {
            matches!(found, Err(RevealKeyError::Suspended))
        })?;
        market.is_in(order, OrderState::Fulfilled).await?;
    }
    market.token_is(&unrelated, TokenState::Active).await?;
    market.apply(dispute(&charge, Won)?, 7).await?;
    for order in [&small, &order] {
        let token = market.token(order).await?;
        market.reveal(&token, market.buyer, 8).await?;
    }
    Ok(())
}

async fn a_lost_dispute_refunds_the_orders_and_owes_nothing(factory: &dyn StoreFactory) -> Checked {
    let market = Market::open(factory).await?;
    let listing = market.list(20, 2_00).await?;
    let (small, order, charge) = market.pay_order_and_tab(listing).await?;
    market.apply(dispute(&charge, Open)?, 4).await?;
    market.apply(dispute(&charge, Lost)?, 5).await?;
    for order in [&small, &order] {
        market.is_in(order, OrderState::Refunded).await?;
        market.token_is(order, TokenState::Revoked).await?;
    }
    market.owes_nothing(6).await?;
    market.tab_is(0).await?;
    market.has_sold(listing, 5, 0).await
}

async fn a_token_that_was_revoked_during_a_dispute_stays_revoked(
    factory: &dyn StoreFactory,
) -> Checked {
    let market = Market::open(factory).await?;
    let listing = market.list(20, 10_00).await?;
    let (order, charge) = market.buy_and_pay(listing, 1, 1).await?;
    market.apply(dispute(&charge, Open)?, 2).await?;
    let token = market.token(&order).await?;
    market.revoke(&token, market.seller, 3).await?;
    market.apply(dispute(&charge, Won)?, 4).await?;
    market.token_is(&order, TokenState::Revoked).await
}

async fn the_end_of_a_dispute_stands_if_its_beginning_comes_later(
    factory: &dyn StoreFactory,
) -> Checked {
    let market = Market::open(factory).await?;
    let listing = market.list(20, 10_00).await?;
    let (order, charge) = market.buy_and_pay(listing, 1, 1).await?;
    market.apply(dispute(&charge, Won)?, 3).await?;
    market.apply(dispute(&charge, Open)?, 2).await?;
    market.token_is(&order, TokenState::Active).await
}

async fn a_token_is_suspended_while_any_of_several_disputes_is_open(
    factory: &dyn StoreFactory,
) -> Checked {
    let market = Market::open(factory).await?;
    let listing = market.list(20, 10_00).await?;
    let (order, charge) = market.buy_and_pay(listing, 1, 1).await?;
    let steps = [
        ("du_1", Inquiry, TokenState::Active),
        ("du_1", Closed, TokenState::Active),
        ("du_2", Open, TokenState::Suspended),
        ("du_3", Open, TokenState::Suspended),
        ("du_2", Won, TokenState::Suspended),
        ("du_3", Won, TokenState::Active),
    ];
    for ((name, state, token), second) in steps.into_iter().zip(2..) {
        let kind = dispute_of(charge.id, name, charge.total()?, state);
        market.apply(kind, second).await?;
        market.token_is(&order, token).await?;
    }
    market.is_in(&order, OrderState::Fulfilled).await.map(drop)
}

async fn a_dispute_that_is_won_on_appeal_restores_its_orders(
    factory: &dyn StoreFactory,
) -> Checked {
    let market = Market::open(factory).await?;
    let listing = market.list(20, 10_00).await?;
    let (order, charge) = market.buy_and_pay(listing, 1, 1).await?;
    for (state, second) in [(Open, 2), (Lost, 3)] {
        market.apply(dispute(&charge, state)?, second).await?;
    }
    market.is_in(&order, OrderState::Refunded).await?;
    market.has_sold(listing, 1, 0).await?;
    let applied = market.apply(dispute(&charge, Won)?, 4).await?;
    holds(
        "one alert",
        &applied,
        |applied| matches!(applied, Applied::Alert(alerts) if alerts.len() == 1),
    )?;
    let restored = market.is_in(&order, OrderState::Fulfilled).await?;
    equal("end of the order", restored.closed_at, None)?;
    market.token_is(&order, TokenState::Active).await?;
    market.has_sold(listing, 1, 10_00).await?;
    market.owes_nothing(5).await
}

async fn a_dispute_of_a_part_takes_no_more_than_its_amount(factory: &dyn StoreFactory) -> Checked {
    let market = Market::open(factory).await?;
    let listing = market.list(20, 2_00).await?;
    let (small, order, charge) = market.pay_order_and_tab(listing).await?;
    for (state, second) in [(Open, 4), (Lost, 5)] {
        let kind = dispute_of(charge.id, "du", usd(2_00), state);
        market.apply(kind, second).await?;
    }
    market.is_in(&small, OrderState::Refunded).await?;
    market.is_in(&order, OrderState::Fulfilled).await?;
    market.token_is(&order, TokenState::Active).await?;
    market.owes_nothing(6).await
}

async fn a_disputed_order_is_not_refunded(factory: &dyn StoreFactory) -> Checked {
    let market = Market::open(factory).await?;
    let listing = market.list(20, 10_00).await?;
    let (order, charge) = market.buy_and_pay(listing, 1, 1).await?;
    market.apply(dispute(&charge, Open)?, 2).await?;
    let units = ReturnedUnits::ForSale;
    let found = market.refund(market.seller, order.id, 3, units).await;
    holds("DisputeOpen", &found, |found| {
        matches!(found, Err(ChangeOrderError::DisputeOpen))
    })?;
    market.is_in(&order, OrderState::Fulfilled).await?;
    market.token_is(&order, TokenState::Suspended).await?;
    market.has_available(listing, 19).await?;
    market.apply(dispute(&charge, Won)?, 4).await?;
    market.refund(market.seller, order.id, 5, units).await?;
    equal("refunds owed", market.owed(6).await?.len(), 1)
}
