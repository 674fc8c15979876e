use super::cases;
use crate::conformance::check::{Checked, equal};
use crate::conformance::market::{Market, expired, failed, paid, paid_with};
use crate::conformance::stores::StoreFactory;
use crate::conformance::values::{TOKEN, at, usd};
use crate::id::ChargeId;
use crate::order::OrderState;
use crate::payment::{PaymentAlert, PaymentEventKind, ProviderReference};
use crate::ports::Applied;
use crate::token::TokenState;

cases! {
    a_payment_fulfils_its_order_and_clears_the_tab_it_carries:
        "`settle`: the order gets its token, the tab falls by what is cleared, and nothing is owed.",
    a_payment_of_the_tab_alone_clears_it:
        "`settle` of a charge for the tab alone.",
    an_event_is_applied_once:
        "A repeat of an event id changes nothing, and neither does another event about the same payment.",
    an_event_about_an_unknown_charge_is_ignored_and_recorded:
        "An event about no charge of ours is `Ignored`, and its id is recorded.",
    a_payment_of_another_amount_fulfils_nothing_and_raises_one_alert:
        "A mismatch is an `Alert`, once; the charge can still be paid with the right amount.",
    a_failed_payment_cancels_its_order_and_an_expired_session_ends_it:
        "`end_charge`: the order moves, its units are on sale, and the charge carries nothing.",
    the_end_of_a_charge_that_was_paid_changes_nothing:
        "An end that comes after the payment is `Ignored`.",
}

async fn a_payment_fulfils_its_order_and_clears_the_tab_it_carries(
    factory: &dyn StoreFactory,
) -> Checked {
    let market = Market::open(factory).await?;
    let listing = market.list(20, 2_00).await?;
    market.buy(listing, 1, 1).await?;
    let (order, charge) = market.check_out(listing, 4, 2).await?;
    market.buy(listing, 1, 3).await?;
    market.tab_is(4_00).await?;
    let event = market.event(paid(&charge)?, 10);
    let token_id = event.token_id;
    equal("result", market.receive(event).await?, Applied::Done)?;
    let order = market.is_in(&order, OrderState::Fulfilled).await?;
    let found = (
        order.token_id,
        order.fulfilled_at,
        order.lapses_at,
        order.payment_url.clone(),
    );
    let expected = (Some(token_id), Some(at(10)), None, None);
    equal("token, fulfilment, reservation and URL", found, expected)?;
    let token = market.token(&order).await?;
    equal("state of the token", token.state, TokenState::Active)?;
    let expires_at = at(TOKEN.saturating_add(10));
    equal("expiry of the token", token.expires_at, expires_at)?;
    market.tab_is(2_00).await?;
    market.has_available(listing, 14).await?;
    market.has_sold(listing, 6, 12_00).await?;
    market.owes_nothing(20).await?;
    equal("charges overdue", market.overdue(5_000).await?, Vec::new())
}

async fn a_payment_of_the_tab_alone_clears_it(factory: &dyn StoreFactory) -> Checked {
    let market = Market::open(factory).await?;
    let listing = market.list(20, 2_00).await?;
    market.buy(listing, 2, 1).await?;
    let charge = market.ask_to_charge_tab(2).await?;
    market.open_session(&charge).await?;
    market.buy(listing, 1, 3).await?;
    let applied = market.apply(paid(&charge)?, 4).await?;
    equal("result", applied, Applied::Done)?;
    market.tab_is(2_00).await?;
    market.owes_nothing(5).await?;
    let rest = market.ask_to_charge_tab(6).await?;
    equal("the next charge of the tab", rest.tab, usd(2_00))
}

async fn an_event_is_applied_once(factory: &dyn StoreFactory) -> Checked {
    let market = Market::open(factory).await?;
    let listing = market.list(20, 10_00).await?;
    let (order, charge) = market.check_out(listing, 1, 1).await?;
    let event = market.event(paid(&charge)?, 2);
    equal(
        "first result",
        market.receive(event.clone()).await?,
        Applied::Done,
    )?;
    let fulfilled = market.find(&order).await?;
    let mut repeat = event;
    repeat.token_id = market.event(PaymentEventKind::Other, 3).token_id;
    repeat.at = at(3);
    equal("a repeat", market.receive(repeat).await?, Applied::Repeated)?;
    let again = market.apply(paid(&charge)?, 4).await?;
    equal("another event about the payment", again, Applied::Repeated)?;
    equal("the order", market.find(&order).await?, fulfilled)?;
    market.has_sold(listing, 1, 10_00).await?;
    market.owes_nothing(5).await
}

async fn an_event_about_an_unknown_charge_is_ignored_and_recorded(
    factory: &dyn StoreFactory,
) -> Checked {
    let market = Market::open(factory).await?;
    let unknown = ChargeId::mint(at(0), &market.ids);
    let unnamed = PaymentEventKind::Expired {
        charge_id: None,
        session: ProviderReference::new("cs_unknown".to_owned()),
    };
    for kind in [
        paid_with(unknown, usd(5_00)),
        unnamed,
        PaymentEventKind::Other,
    ] {
        let event = market.event(kind, 1);
        equal(
            "result",
            market.receive(event.clone()).await?,
            Applied::Ignored,
        )?;
        let ids = [event.event.id.clone()];
        let new = market.stores.event_log.unknown(&ids).await?;
        equal("events that are new", new.len(), 0)?;
        equal("a repeat", market.receive(event).await?, Applied::Repeated)?;
    }
    Ok(())
}

async fn a_payment_of_another_amount_fulfils_nothing_and_raises_one_alert(
    factory: &dyn StoreFactory,
) -> Checked {
    let market = Market::open(factory).await?;
    let listing = market.list(20, 10_00).await?;
    let (order, charge) = market.check_out(listing, 1, 1).await?;
    let event = market.event(paid_with(charge.id, usd(9_99)), 2);
    let alert = PaymentAlert::mismatch(charge.id, usd(9_99), usd(10_00));
    let applied = market.receive(event.clone()).await?;
    equal("result", applied, Applied::Alert(vec![alert]))?;
    equal("a repeat", market.receive(event).await?, Applied::Repeated)?;
    market.is_in(&order, OrderState::AwaitingPayment).await?;
    market.owes_nothing(3).await?;
    let applied = market.apply(paid(&charge)?, 4).await?;
    equal("result of the right amount", applied, Applied::Done)?;
    market.is_in(&order, OrderState::Fulfilled).await.map(drop)
}

async fn a_failed_payment_cancels_its_order_and_an_expired_session_ends_it(
    factory: &dyn StoreFactory,
) -> Checked {
    let market = Market::open(factory).await?;
    let listing = market.list(20, 2_00).await?;
    market.buy(listing, 1, 1).await?;
    for (has_failed, state) in [(true, OrderState::Canceled), (false, OrderState::Expired)] {
        let (order, charge) = market.check_out(listing, 4, 2).await?;
        equal("the tab in the charge", charge.tab, usd(2_00))?;
        let kind = if has_failed {
            failed(charge.id)
        } else {
            expired(charge.id)
        };
        equal("result", market.apply(kind, 3).await?, Applied::Done)?;
        let ended = market.is_in(&order, state).await?;
        equal("end of the order", ended.closed_at, Some(at(3)))?;
        market.has_available(listing, 19).await?;
    }
    equal("charges overdue", market.overdue(5_000).await?, Vec::new())?;
    let charge = market.ask_to_charge_tab(4).await?;
    equal("the charge of the tab", charge.tab, usd(2_00))
}

async fn the_end_of_a_charge_that_was_paid_changes_nothing(factory: &dyn StoreFactory) -> Checked {
    let market = Market::open(factory).await?;
    let listing = market.list(20, 10_00).await?;
    let (order, charge) = market.buy_and_pay(listing, 1, 1).await?;
    for kind in [failed(charge.id), expired(charge.id)] {
        equal("result", market.apply(kind, 2).await?, Applied::Ignored)?;
    }
    equal("the order", market.find(&order).await?, order.clone())?;
    market.has_available(listing, 19).await
}
