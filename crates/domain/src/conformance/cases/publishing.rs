use super::cases;
use crate::conformance::check::{Checked, equal, holds};
use crate::conformance::join::join_all;
use crate::conformance::market::Market;
use crate::conformance::stores::StoreFactory;
use crate::conformance::values::at;
use crate::id::ListingId;
use crate::listing::{Listing, NewListing};
use crate::policy::NewListingTerms;
use crate::ports::PublishListingError;
use crate::time::SignedDuration;

cases! {
    of_listings_at_once_of_a_new_account_as_many_are_published_as_may_be:
        "`may_publish`: listings of one seller at once are decided one after another.",
    a_day_and_a_paid_sale_end_the_limit_of_a_new_account:
        "`may_publish`: listings are counted by day; who has sold something that was paid is not limited.",
}

const TERMS: NewListingTerms = NewListingTerms {
    per_day: 3,
    new_for: SignedDuration::from_hours(30 * 24),
};

/// A listing of the seller's that is published at this time.
fn listing(market: &Market, seconds: i64) -> Checked<NewListing> {
    let at = at(seconds);
    Ok(NewListing {
        id: ListingId::mint(at, &market.ids),
        listed_at: at,
        ..market.new_listing(10, 10_00)?
    })
}

async fn publish(market: &Market, seconds: i64) -> Checked<Result<Listing, PublishListingError>> {
    let listing = listing(market, seconds)?;
    Ok(market.stores.listings.publish(listing, TERMS).await)
}

fn is_too_many(result: &Result<Listing, PublishListingError>) -> bool {
    matches!(result, Err(PublishListingError::TooMany(too_many)) if too_many.most == 3)
}

async fn of_listings_at_once_of_a_new_account_as_many_are_published_as_may_be(
    factory: &dyn StoreFactory,
) -> Checked {
    let market = Market::open(factory).await?;
    let listings = (0..8).map(|second| listing(&market, second));
    let listings = listings.collect::<Checked<Vec<_>>>()?;
    let store = &market.stores.listings;
    let published = join_all(listings.into_iter().map(|new| store.publish(new, TERMS))).await;
    let succeeded = published.iter().filter(|result| result.is_ok()).count();
    equal("listings that are published", succeeded, 3)?;
    let refused = published
        .iter()
        .filter(|result| is_too_many(result))
        .count();
    equal("listings that are refused", refused, 5)
}

async fn a_day_and_a_paid_sale_end_the_limit_of_a_new_account(
    factory: &dyn StoreFactory,
) -> Checked {
    const DAY: i64 = 86_400;

    let market = Market::open(factory).await?;
    let first = publish(&market, 0).await??.id;
    for second in [1, 2] {
        publish(&market, second).await??;
    }
    holds("TooMany", &publish(&market, 3).await?, is_too_many)?;
    for second in [DAY, DAY, DAY] {
        publish(&market, second).await??;
    }
    holds("TooMany", &publish(&market, DAY).await?, is_too_many)?;
    market.buy_and_pay(first, 1, DAY).await?;
    publish(&market, DAY).await??;
    Ok(())
}
