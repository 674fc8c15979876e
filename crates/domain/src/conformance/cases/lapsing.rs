use super::cases;
use crate::conformance::check::{Checked, equal};
use crate::conformance::join::join_all;
use crate::conformance::market::Market;
use crate::conformance::stores::StoreFactory;
use crate::conformance::values::{RESERVATION, at};
use crate::order::OrderState;

cases! {
    a_reservation_ends_when_it_lapses_and_not_before:
        "`release_lapsed` ends what `release` says is over: on the instant, not before.",
    a_session_that_may_be_paid_holds_its_units_for_the_grace:
        "A reservation whose session may still be paid is ended once it is out of grace.",
    a_reservation_whose_session_was_ended_waits_no_longer:
        "A charge without a session that can be paid holds no units past the lapse.",
    those_that_lapsed_first_end_first_up_to_the_limit:
        "`release_lapsed` ends up to its limit, the first to lapse first.",
    reservations_are_ended_once_by_two_at_once:
        "Two calls at once never end one reservation twice.",
}

/// Seconds for which [`SweepPolicy::default`](crate::policy::SweepPolicy) waits for the provider.
const GRACE: i64 = 60;

/// The lapse of a reservation that was made after so many seconds.
const fn lapse(seconds: i64) -> i64 {
    seconds.saturating_add(RESERVATION)
}

async fn a_reservation_ends_when_it_lapses_and_not_before(factory: &dyn StoreFactory) -> Checked {
    let market = Market::open(factory).await?;
    let listing = market.list(20, 10_00).await?;
    let order = market.buy(listing, 3, 1).await?;
    let early = market.release(lapse(0), 100).await?;
    equal("orders released early", early, Vec::new())?;
    let released = market.release(lapse(1), 100).await?;
    equal("orders released", released, vec![order.id])?;
    let expired = market.is_in(&order, OrderState::Expired).await?;
    let times = (expired.lapses_at, expired.closed_at);
    equal("reservation and end", times, (None, Some(at(lapse(1)))))?;
    market.has_available(listing, 20).await?;
    let again = market.release(lapse(2), 100).await?;
    equal("orders released again", again, Vec::new())
}

async fn a_session_that_may_be_paid_holds_its_units_for_the_grace(
    factory: &dyn StoreFactory,
) -> Checked {
    let market = Market::open(factory).await?;
    let listing = market.list(20, 10_00).await?;
    let (order, _) = market.check_out(listing, 3, 1).await?;
    let out_of_grace = lapse(1).saturating_add(GRACE);
    let waiting = market.release(out_of_grace.saturating_sub(1), 100).await?;
    equal("orders released within the grace", waiting, Vec::new())?;
    market.has_available(listing, 17).await?;
    let released = market.release(out_of_grace, 100).await?;
    equal("orders released", released, vec![order.id])?;
    market.has_available(listing, 20).await?;
    // Its session may still be paid: the provider has said nothing.
    let overdue = market.overdue(out_of_grace).await?.len();
    equal("charges overdue", overdue, 1)
}

async fn a_reservation_whose_session_was_ended_waits_no_longer(
    factory: &dyn StoreFactory,
) -> Checked {
    let market = Market::open(factory).await?;
    let listing = market.list(20, 10_00).await?;
    let order = market.buy(listing, 3, 1).await?;
    // A charge without a session: the provider has never been asked.
    market.charge(&order, 2).await?;
    let released = market.release(lapse(2), 100).await?;
    equal("orders released", released, vec![order.id])?;
    market.has_available(listing, 20).await
}

async fn those_that_lapsed_first_end_first_up_to_the_limit(factory: &dyn StoreFactory) -> Checked {
    let market = Market::open(factory).await?;
    let listing = market.list(20, 10_00).await?;
    let later = market.buy(listing, 1, 9).await?;
    let first = market.buy(listing, 1, 3).await?;
    let second = market.buy(listing, 1, 5).await?;
    let released = market.release(lapse(9), 2).await?;
    equal("the first two", released, vec![first.id, second.id])?;
    let released = market.release(lapse(9), 2).await?;
    equal("the rest", released, vec![later.id])
}

async fn reservations_are_ended_once_by_two_at_once(factory: &dyn StoreFactory) -> Checked {
    let market = Market::open(factory).await?;
    let listing = market.list(20, 10_00).await?;
    for second in [1, 2, 3] {
        market.buy(listing, 2, second).await?;
    }
    let calls = join_all([(); 2].map(|()| market.release(lapse(3), 100))).await;
    let released = calls.into_iter().collect::<Checked<Vec<_>>>()?.concat();
    equal("orders released by both", released.len(), 3)?;
    market.has_available(listing, 20).await
}
