use super::cases;
use crate::conformance::check::{Checked, equal, some};
use crate::conformance::join::join_all;
use crate::conformance::market::{Market, dispute, payment_of};
use crate::conformance::stores::StoreFactory;
use crate::conformance::values::{TOKEN, at, usd};
use crate::listing::{Change, DetailsEdit, ListingEdit, ServiceChanges};
use crate::order::OrderState;
use crate::payment::DisputeState;
use crate::token::TokenState;

cases! {
    revoking_leaves_the_order_of_a_buyer_and_of_a_revealed_token_as_it_is:
        "Revoking changes neither the order nor the tab, unless `refund_by_revoking` says so.",
    a_seller_who_revokes_an_unrevealed_token_lifts_the_debt:
        "`refund_by_revoking`: an order on the tab is refunded off it; a repeat changes nothing.",
    a_seller_who_revokes_an_unrevealed_token_owes_the_payment_back:
        "`refund_by_revoking`: a paid order is owed back through the provider, once.",
    a_revocation_during_a_dispute_holds_the_money_until_its_end:
        "`give_back_revoked`: what is owed is held while the payment is disputed, and owed once it is won.",
    revealing_and_revoking_at_once_refunds_what_was_not_revealed:
        "Of `reveal` and `revoke` at once, one comes first: a key that was revealed is not refunded.",
    a_token_knows_what_its_seller_has_changed_since_the_order:
        "`Token::service_changes` has the changes of its listing since its order, and no earlier ones.",
}

async fn revoking_leaves_the_order_of_a_buyer_and_of_a_revealed_token_as_it_is(
    factory: &dyn StoreFactory,
) -> Checked {
    let market = Market::open(factory).await?;
    let listing = market.list(10, 1_00).await?;
    let given_up = market.buy(listing, 1, 1).await?;
    let token = market.token(&given_up).await?;
    market.revoke(&token, market.buyer, 2).await?;
    let revealed = market.buy(listing, 1, 1).await?;
    let token = market.token(&revealed).await?;
    market.reveal(&token, market.buyer, 2).await?;
    let token = market.token(&revealed).await?;
    equal("first revealed", token.revealed_at, Some(at(2)))?;
    market.revoke(&token, market.seller, 3).await?;
    let expired = market.buy(listing, 1, 1).await?;
    let token = market.token(&expired).await?;
    let late = TOKEN.saturating_add(1);
    market.revoke(&token, market.seller, late).await?;
    for order in [given_up, revealed, expired] {
        let now = market.is_in(&order, OrderState::Fulfilled).await?;
        equal("the order", now, order)?;
    }
    market.owes_nothing(4).await?;
    market.tab_is(3_00).await
}

async fn a_seller_who_revokes_an_unrevealed_token_lifts_the_debt(
    factory: &dyn StoreFactory,
) -> Checked {
    let market = Market::open(factory).await?;
    let listing = market.list(10, 1_00).await?;
    let order = market.buy(listing, 1, 1).await?;
    market.buy(listing, 2, 1).await?;
    let token = market.token(&order).await?;
    for second in [2, 3] {
        let revoked = market.revoke(&token, market.seller, second).await?;
        equal("state of the token", revoked.state, TokenState::Revoked)?;
    }
    let refunded = market.is_in(&order, OrderState::Refunded).await?;
    equal("its end", refunded.closed_at, Some(at(2)))?;
    market.tab_is(2_00).await?;
    market.has_available(listing, 7).await?;
    market.has_sold(listing, 3, 2_00).await?;
    market.owes_nothing(4).await
}

async fn a_seller_who_revokes_an_unrevealed_token_owes_the_payment_back(
    factory: &dyn StoreFactory,
) -> Checked {
    let market = Market::open(factory).await?;
    let listing = market.list(20, 10_00).await?;
    let (order, charge) = market.buy_and_pay(listing, 1, 1).await?;
    let token = market.token(&order).await?;
    for second in [2, 3] {
        market.revoke(&token, market.seller, second).await?;
    }
    market.is_in(&order, OrderState::Refunded).await?;
    let owed = market.owed(4).await?;
    let found: Vec<_> = owed
        .iter()
        .map(|due| (due.payment.clone(), due.amount))
        .collect();
    let expected = vec![(payment_of(charge.id), usd(10_00))];
    equal("refunds owed", found, expected)
}

async fn a_revocation_during_a_dispute_holds_the_money_until_its_end(
    factory: &dyn StoreFactory,
) -> Checked {
    let market = Market::open(factory).await?;
    let listing = market.list(20, 10_00).await?;
    let (order, charge) = market.buy_and_pay(listing, 1, 1).await?;
    let token = market.token(&order).await?;
    market
        .apply(dispute(&charge, DisputeState::Open)?, 2)
        .await?;
    market.revoke(&token, market.seller, 3).await?;
    market.is_in(&order, OrderState::Refunded).await?;
    market.owes_nothing(4).await?;
    market
        .apply(dispute(&charge, DisputeState::Won)?, 5)
        .await?;
    market.token_is(&order, TokenState::Revoked).await?;
    let due = some("a refund that is owed", market.owed(6).await?.pop())?;
    equal("amount", due.amount, usd(10_00))
}

async fn revealing_and_revoking_at_once_refunds_what_was_not_revealed(
    factory: &dyn StoreFactory,
) -> Checked {
    let market = Market::open(factory).await?;
    let listing = market.list(20, 1_00).await?;
    let mut kept = 0;
    for _ in 0..6 {
        let order = market.buy(listing, 1, 1).await?;
        let token = market.token(&order).await?;
        let (market, token) = (&market, &token);
        let both = join_all([true, false].map(|reveal| async move {
            if reveal {
                market.reveal(token, market.buyer, 2).await.is_ok()
            } else {
                market.revoke(token, market.seller, 2).await.is_ok()
            }
        }))
        .await;
        let state = market.find(&order).await?.state;
        let revealed = both.first().copied().unwrap_or_default();
        let expected = if revealed {
            OrderState::Fulfilled
        } else {
            OrderState::Refunded
        };
        equal("state of the order", state, expected)?;
        kept = i64::from(revealed).saturating_add(kept);
    }
    market.tab_is(kept.saturating_mul(1_00)).await
}

async fn a_token_knows_what_its_seller_has_changed_since_the_order(
    factory: &dyn StoreFactory,
) -> Checked {
    let market = Market::open(factory).await?;
    let listing = market.list(10, 1_00).await?;
    let before = market.buy(listing, 1, 1).await?;
    let renamed = ListingEdit {
        details: DetailsEdit {
            description: Change::To(None),
            ..DetailsEdit::default()
        },
        ..ListingEdit::default()
    };
    market.edit(market.seller, listing, renamed).await?;
    let none = ServiceChanges::default();
    let changes = market.token(&before).await?.service_changes;
    equal("changes of the service", changes, none)?;
    let moved = ListingEdit {
        details: DetailsEdit {
            endpoint_url: Change::To(None),
            ..DetailsEdit::default()
        },
        ..ListingEdit::default()
    };
    market.edit(market.seller, listing, moved).await?;
    let moved = ServiceChanges {
        endpoint_at: Some(at(5)),
        key_at: None,
    };
    let changes = market.token(&before).await?.service_changes;
    equal("changes of the service", changes, moved)?;
    let after = market.buy(listing, 1, 6).await?;
    let changes = market.token(&after).await?.service_changes;
    equal("changes of the service", changes, none)
}
