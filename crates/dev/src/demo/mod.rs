//! Demo data of a new development marketplace, created through the use cases.

mod goods;
mod people;

use std::cmp::Ordering;

use thiserror::Error;
use udam_domain::account::Origin;
use udam_domain::id::AccountId;
use udam_domain::listing::{CatalogueQuery, Listing, Sort};
use udam_domain::marketplace::{Accounts, Catalogue, PublishError, RegisterError};
use udam_domain::money::{Currency, Money};
use udam_domain::page::{PageLimit, PageRequest};
use udam_domain::policy::OrderPolicy;
use udam_domain::{ListingReader, StoreError};

use goods::Good;

pub(crate) use people::{BUYERS, DemoAccount, PASSWORD, SELLERS};

/// Why the demo data could not be inserted.
#[derive(Debug, Error)]
pub enum DemoError {
    /// An account was not registered.
    #[error("registering a demo account failed")]
    Register(#[from] RegisterError),
    /// A listing was not published.
    #[error("publishing a demo listing failed")]
    Publish(#[from] PublishError),
    /// The store could not be asked.
    #[error("looking at the demo data failed")]
    Unavailable(#[from] StoreError),
    /// A demo account or listing breaks a rule of the marketplace.
    #[error("{0} is no valid demo data")]
    Invalid(&'static str),
}

/// Inserts the demo accounts and listings that are missing.
///
/// # Errors
/// [`DemoError`]; what is in stays in, and the next start goes on from there.
pub async fn seed(
    accounts: &Accounts,
    catalogue: &Catalogue,
    listings: &dyn ListingReader,
    currency: Currency,
) -> Result<(), DemoError> {
    for buyer in &BUYERS {
        account_of(buyer, accounts).await?;
    }
    for seller in &SELLERS {
        let id = account_of(seller, accounts).await?;
        for good in missing(seller, id, listings).await? {
            let listing = good.listing(currency);
            let listing = listing.ok_or(DemoError::Invalid(good.service_name))?;
            catalogue.publish(id.into(), listing).await?;
        }
    }
    Ok(())
}

async fn account_of(person: &DemoAccount, accounts: &Accounts) -> Result<AccountId, DemoError> {
    let registration = person.registration();
    let registration = registration.ok_or(DemoError::Invalid(person.email))?;
    if let Some(known) = accounts.find(&registration.email).await? {
        return Ok(known.id);
    }
    let registered = accounts.register(registration, Origin::default()).await?;
    Ok(registered.signed_in.account.id)
}

/// Demo listings that the seller lacks. None if the seller has as many listings as the demo has: a
/// listing that was renamed while trying things out must not be added again.
async fn missing(
    seller: &DemoAccount,
    id: AccountId,
    listings: &dyn ListingReader,
) -> Result<Vec<&'static Good>, StoreError> {
    let page = PageRequest {
        after: None,
        limit: PageLimit::MAX,
    };
    let own = listings.of_seller(id, page).await?.items;
    let is_listed = |good: &&Good| {
        own.iter()
            .any(|own| own.listing.details.service_name.as_str() == good.service_name)
    };
    let missing = seller.sells.iter().filter(|good| !is_listed(good));
    let room = seller.sells.len().saturating_sub(own.len());
    Ok(missing.take(room).collect())
}

/// The cheapest listing whose unit goes on a tab, and the cheapest whose unit is paid for first; `None`
/// if there is none.
#[derive(Debug, Default)]
pub struct SuggestedListings {
    /// One unit of it goes on a tab.
    pub small: Option<Listing>,
    /// One unit of it has to be paid for.
    pub large: Option<Listing>,
}

/// Finds the cheapest listing that a tab can carry, and the cheapest that has to be paid first.
///
/// # Errors
/// [`StoreError`]
pub async fn suggest_listings(
    listings: &dyn ListingReader,
    policy: &OrderPolicy,
) -> Result<SuggestedListings, DemoError> {
    let limit = policy.small_order_limit();
    let small = cheapest(listings, None).await?.filter(|listing| {
        let price = listing.details.price_per_unit.amount();
        price.compare(limit).is_ok_and(Ordering::is_lt)
    });
    let large = cheapest(listings, Some(limit)).await?;
    Ok(SuggestedListings { small, large })
}

async fn cheapest(
    listings: &dyn ListingReader,
    min_price: Option<Money>,
) -> Result<Option<Listing>, StoreError> {
    let query = CatalogueQuery {
        min_price,
        in_stock: Some(true),
        sort: Sort::Price,
        ..Default::default()
    };
    Ok(listings.search(query).await?.items.into_iter().next())
}

#[cfg(test)]
mod tests;
