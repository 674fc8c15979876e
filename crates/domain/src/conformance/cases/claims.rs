use super::cases;
use crate::conformance::check::{Checked, equal};
use crate::conformance::join::join_all;
use crate::conformance::market::{Market, claim_at};
use crate::conformance::stores::StoreFactory;
use crate::conformance::values::RESERVATION;

cases! {
    a_refund_that_is_claimed_is_returned_to_nobody_else_until_the_claim_ends:
        "Claimed refunds are free again at the end of the claim, inclusive.",
    an_overdue_charge_that_is_claimed_is_returned_to_nobody_else_until_the_claim_ends:
        "Claimed charges are free again at the end of the claim, inclusive.",
    two_claims_at_once_share_the_work:
        "Two calls at once never claim the same work.",
    a_claim_takes_the_oldest_up_to_its_limit:
        "Refunds are claimed by id, up to the limit.",
}

/// Length of the claims of a case, in seconds.
const CLAIM: i64 = 30;

async fn a_refund_that_is_claimed_is_returned_to_nobody_else_until_the_claim_ends(
    factory: &dyn StoreFactory,
) -> Checked {
    let market = Market::open(factory).await?;
    let listing = market.list(20, 10_00).await?;
    let (order, _) = market.buy_and_pay(listing, 1, 1).await?;
    market.take_back(&order, 2).await?;
    let owed = market.owed(100).await?;
    equal("refunds claimed", owed.len(), 1)?;
    let end = CLAIM.saturating_add(100);
    market.owes_nothing(end.saturating_sub(1)).await?;
    equal("refunds after the claim", market.owed(end).await?, owed)
}

async fn an_overdue_charge_that_is_claimed_is_returned_to_nobody_else_until_the_claim_ends(
    factory: &dyn StoreFactory,
) -> Checked {
    let market = Market::open(factory).await?;
    let listing = market.list(20, 10_00).await?;
    market.check_out(listing, 1, 1).await?;
    let start = RESERVATION.saturating_add(1);
    let overdue = market.overdue(start).await?;
    equal("charges claimed", overdue.len(), 1)?;
    let end = start.saturating_add(CLAIM);
    let during = market.overdue(end.saturating_sub(1)).await?;
    equal("charges during the claim", during, Vec::new())?;
    equal(
        "charges after the claim",
        market.overdue(end).await?,
        overdue,
    )
}

async fn two_claims_at_once_share_the_work(factory: &dyn StoreFactory) -> Checked {
    let market = Market::open(factory).await?;
    let listing = market.list(20, 10_00).await?;
    for second in [1, 2, 3, 4] {
        let (order, _) = market.buy_and_pay(listing, 1, second).await?;
        market.take_back(&order, 5).await?;
    }
    let claims = join_all([(); 2].map(|()| market.owed(10))).await;
    let mut claimed = claims.into_iter().collect::<Checked<Vec<_>>>()?.concat();
    claimed.sort_by_key(|due| due.id);
    claimed.dedup();
    equal("refunds claimed by both", claimed.len(), 4)?;
    market.owes_nothing(11).await
}

async fn a_claim_takes_the_oldest_up_to_its_limit(factory: &dyn StoreFactory) -> Checked {
    let market = Market::open(factory).await?;
    let listing = market.list(20, 10_00).await?;
    let mut charges = Vec::new();
    for second in [1, 2, 3] {
        let (order, charge) = market.buy_and_pay(listing, 1, second).await?;
        market.take_back(&order, second).await?;
        charges.push(charge.id);
    }
    let mut claimed = Vec::new();
    for limit in [2, 2] {
        let owed = market.stores.backlog.refunds_owed(claim_at(10, limit));
        let owed = owed.await?;
        claimed.push(owed.len());
        let found: Vec<_> = owed.iter().map(|due| due.charge_id).collect();
        let expected: Vec<_> = charges.drain(..found.len().min(charges.len())).collect();
        equal("charges of the refunds", found, expected)?;
    }
    equal("refunds claimed at a time", claimed, vec![2, 1])
}
