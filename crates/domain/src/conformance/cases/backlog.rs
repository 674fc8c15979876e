use super::cases;
use crate::conformance::check::{Checked, equal};
use crate::conformance::market::{Market, expired};
use crate::conformance::stores::StoreFactory;
use crate::conformance::values::{RESERVATION, at};
use crate::id::{ChargeId, OrderId};
use crate::order::OrderState;
use crate::policy::{FindPayable, FindUnsent};

cases! {
    orders_without_a_session_are_unsent:
        "`unsent` returns orders that await payment and have no session, the first to lapse first.",
    sessions_that_can_be_paid_are_payable:
        "`payable` returns open charges whose session has not expired, page by page, by id.",
    charges_that_should_not_be_payable_are_overdue:
        "`overdue` returns closed and expired charges that may still be paid, the first to expire first.",
    closing_a_charge_ends_its_order_once:
        "`close` does what `end_charge` says; for a paid or unknown charge it does nothing.",
}

async fn unsent(market: &Market, now: i64, placed_by: i64, limit: u16) -> Checked<Vec<OrderId>> {
    let request = FindUnsent {
        now: at(now),
        placed_by: at(placed_by),
        limit,
    };
    Ok(market.stores.backlog.unsent(request).await?)
}

async fn orders_without_a_session_are_unsent(factory: &dyn StoreFactory) -> Checked {
    let market = Market::open(factory).await?;
    let listing = market.list(20, 10_00).await?;
    market.check_out(listing, 1, 1).await?;
    let later = market.buy(listing, 1, 5).await?;
    let first = market.buy(listing, 1, 2).await?;
    let canceled = market.buy(listing, 1, 3).await?;
    market.cancel(market.buyer, canceled.id, 4).await?;
    let both = vec![first.id, later.id];
    equal("orders placed by 5", unsent(&market, 10, 5, 9).await?, both)?;
    let one = vec![first.id];
    equal(
        "orders placed by 4",
        unsent(&market, 10, 4, 9).await?,
        one.clone(),
    )?;
    equal("the first of them", unsent(&market, 10, 5, 1).await?, one)?;
    // A charge without a session still needs one, and holds its order for longer.
    market.charge(&first, 8).await?;
    let both = vec![later.id, first.id];
    equal(
        "orders, one with a charge",
        unsent(&market, 10, 5, 9).await?,
        both,
    )?;
    let lapsed = RESERVATION.saturating_add(5);
    let rest = vec![first.id];
    equal(
        "orders that have not lapsed",
        unsent(&market, lapsed, 5, 9).await?,
        rest,
    )
}

async fn payable(
    market: &Market,
    now: i64,
    after: Option<ChargeId>,
    limit: u16,
) -> Checked<Vec<ChargeId>> {
    let request = FindPayable {
        now: at(now),
        after,
        limit,
    };
    let found = market.stores.backlog.payable(request).await?;
    for charge in &found {
        let session = format!("cs_{}", charge.charge_id);
        equal("the session", charge.session.as_str(), &session)?;
    }
    Ok(found.iter().map(|charge| charge.charge_id).collect())
}

async fn sessions_that_can_be_paid_are_payable(factory: &dyn StoreFactory) -> Checked {
    let market = Market::open(factory).await?;
    let listing = market.list(20, 10_00).await?;
    market.buy_and_pay(listing, 1, 1).await?;
    let unopened = market.buy(listing, 1, 1).await?;
    market.charge(&unopened, 1).await?;
    let (_, first) = market.check_out(listing, 1, 2).await?;
    let (_, second) = market.check_out(listing, 1, 3).await?;
    let (canceled, _) = market.check_out(listing, 1, 3).await?;
    market.cancel(market.buyer, canceled.id, 4).await?;
    let both = vec![first.id, second.id];
    equal("charges", payable(&market, 5, None, 9).await?, both.clone())?;
    equal("charges, again", payable(&market, 5, None, 9).await?, both)?;
    let page = payable(&market, 5, None, 1).await?;
    equal("the first page", page, vec![first.id])?;
    let page = payable(&market, 5, Some(first.id), 1).await?;
    equal("the second page", page, vec![second.id])?;
    let page = payable(&market, 5, Some(second.id), 1).await?;
    equal("the third page", page, Vec::new())?;
    let expired = RESERVATION.saturating_add(2);
    let rest = payable(&market, expired, None, 9).await?;
    equal("charges that have not expired", rest, vec![second.id])
}

async fn charges_that_should_not_be_payable_are_overdue(factory: &dyn StoreFactory) -> Checked {
    let market = Market::open(factory).await?;
    let listing = market.list(20, 10_00).await?;
    market.buy_and_pay(listing, 1, 1).await?;
    let (_, later) = market.check_out(listing, 1, 9).await?;
    let (_, first) = market.check_out(listing, 1, 2).await?;
    let unopened = market.buy(listing, 1, 3).await?;
    let unopened = market.charge(&unopened, 3).await?;
    let (_, ended) = market.check_out(listing, 1, 4).await?;
    market.apply(expired(ended.id), 5).await?;
    let before = RESERVATION.saturating_add(1);
    equal(
        "charges overdue before",
        market.overdue(before).await?,
        Vec::new(),
    )?;
    let after = RESERVATION.saturating_add(9);
    let overdue = market.overdue(after).await?;
    let found: Vec<_> = overdue
        .iter()
        .map(|overdue| (overdue.charge_id, overdue.session.is_some(), overdue.since))
        .collect();
    let expected = [(&first, true), (&unopened, false), (&later, true)];
    let expected: Vec<_> = expected
        .iter()
        .map(|(charge, opened)| (charge.id, *opened, charge.expires_at))
        .collect();
    equal("charges overdue", found, expected)
}

async fn closing_a_charge_ends_its_order_once(factory: &dyn StoreFactory) -> Checked {
    let market = Market::open(factory).await?;
    let listing = market.list(20, 10_00).await?;
    let (paid, paid_charge) = market.buy_and_pay(listing, 1, 1).await?;
    market.close(paid_charge.id, 2).await?;
    equal("the paid order", market.find(&paid).await?, paid.clone())?;
    let (order, charge) = market.check_out(listing, 1, 3).await?;
    for second in [4, 5] {
        market.close(charge.id, second).await?;
        let ended = market.is_in(&order, OrderState::Expired).await?;
        equal("end of the order", ended.closed_at, Some(at(4)))?;
        market.has_available(listing, 19).await?;
    }
    equal("charges overdue", market.overdue(5_000).await?, Vec::new())?;
    let unknown = ChargeId::mint(at(0), &market.ids);
    market.close(unknown, 6).await
}
