use super::cases;
use crate::conformance::check::{Checked, equal, holds};
use crate::conformance::market::{Market, dispute_closed, disputed, paid};
use crate::conformance::stores::StoreFactory;
use crate::order::OrderState;
use crate::ports::RevealKeyError;
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
    market.apply(disputed(charge.id), 5).await?;
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
    market.apply(dispute_closed(charge.id, true), 7).await?;
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
    market.apply(disputed(charge.id), 4).await?;
    market.apply(dispute_closed(charge.id, false), 5).await?;
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
    market.apply(disputed(charge.id), 2).await?;
    let token = market.token(&order).await?;
    market.revoke(&token, market.seller, 3).await?;
    market.apply(dispute_closed(charge.id, true), 4).await?;
    market.token_is(&order, TokenState::Revoked).await
}

async fn the_end_of_a_dispute_stands_if_its_beginning_comes_later(
    factory: &dyn StoreFactory,
) -> Checked {
    let market = Market::open(factory).await?;
    let listing = market.list(20, 10_00).await?;
    let (order, charge) = market.buy_and_pay(listing, 1, 1).await?;
    market.apply(dispute_closed(charge.id, true), 3).await?;
    market.apply(disputed(charge.id), 2).await?;
    market.token_is(&order, TokenState::Active).await
}
