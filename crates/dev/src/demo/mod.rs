//! Demo data of a new development marketplace, created through the use cases.

mod goods;
mod people;

use std::cmp::Ordering;

use thiserror::Error;
use udam_domain::account::{Email, Origin};
use udam_domain::id::{AccountId, ListingId};
use udam_domain::listing::{
    CatalogueQuery, Change, DetailsEdit, EndpointUrl, Listing, ListingEdit, OwnListing, Sort,
};
use udam_domain::marketplace::{
    Accounts, Catalogue, ChangeListingError, PublishError, RegisterError,
};
use udam_domain::money::{Currency, Money};
use udam_domain::page::{PageLimit, PageRequest};
use udam_domain::policy::OrderPolicy;
use udam_domain::{ListingReader, StoreError};
use url::Url;

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
    /// The address of a demo service was not changed.
    #[error("changing the address of a demo listing failed")]
    Move(#[from] ChangeListingError),
    /// The store could not be asked.
    #[error("looking at the demo data failed")]
    Unavailable(#[from] StoreError),
    /// A demo account or listing breaks a rule of the marketplace.
    #[error("{0} is no valid demo data")]
    Invalid(&'static str),
}

/// Addresses of the demo accounts. Nobody reads mail there, so that no link verifies them.
#[must_use]
pub fn addresses() -> Vec<Email> {
    let people = SELLERS.iter().chain(&BUYERS);
    people.filter_map(DemoAccount::email).collect()
}

/// Inserts the demo accounts and listings that are missing. Those that are sold call by call are called at `upstream`;
/// listings that were, at another port, are called there from now on.
///
/// # Errors
/// [`DemoError`]; what is in stays in, and the next start goes on from there.
pub async fn seed(
    accounts: &Accounts,
    catalogue: &Catalogue,
    listings: &dyn ListingReader,
    currency: Currency,
    upstream: &Url,
) -> Result<(), DemoError> {
    for buyer in &BUYERS {
        account_of(buyer, accounts).await?;
    }
    for seller in &SELLERS {
        let id = account_of(seller, accounts).await?;
        let own = listings_of(id, listings).await?;
        for (listing, endpoint) in moved(seller, &own, upstream) {
            let edit = ListingEdit {
                details: DetailsEdit {
                    endpoint_url: Change::To(Some(endpoint)),
                    ..DetailsEdit::default()
                },
                ..ListingEdit::default()
            };
            catalogue.edit(id.into(), listing, edit).await?;
        }
        for good in missing(seller, &own) {
            let listing = good.listing(currency, upstream);
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

async fn listings_of(
    id: AccountId,
    listings: &dyn ListingReader,
) -> Result<Vec<OwnListing>, StoreError> {
    let page = PageRequest {
        after: None,
        limit: PageLimit::MAX,
    };
    Ok(listings.of_seller(id, page).await?.items)
}

/// Demo listings that the seller lacks. None if the seller has as many listings as the demo has: a
/// listing that was renamed while trying things out must not be added again.
fn missing(seller: &DemoAccount, own: &[OwnListing]) -> Vec<&'static Good> {
    let is_listed = |good: &&Good| own.iter().any(|own| is_of(own, good));
    let missing = seller.sells.iter().filter(|good| !is_listed(good));
    let room = seller.sells.len().saturating_sub(own.len());
    missing.take(room).collect()
}

/// Demo listings that are called at another port than the demo services have now, and where to call them.
fn moved(
    seller: &DemoAccount,
    own: &[OwnListing],
    upstream: &Url,
) -> Vec<(ListingId, EndpointUrl)> {
    let moved = own.iter().filter_map(|own| {
        let good = seller.sells.iter().find(|good| is_of(own, good))?;
        let (before, now) = (
            own.listing.details.endpoint_url.as_ref()?,
            good.endpoint(upstream)?,
        );
        // One that was changed to another service while trying things out stays.
        let mut earlier = Url::parse(before.as_str()).ok()?;
        earlier.set_port(upstream.port()).ok()?;
        let is_moved = *before != now && earlier.as_str() == now.as_str();
        is_moved.then_some((own.listing.id, now))
    });
    moved.collect()
}

fn is_of(own: &OwnListing, good: &Good) -> bool {
    own.listing.details.service_name.as_str() == good.service_name
}

/// The cheapest listing whose unit goes on a tab, and the cheapest whose unit is paid for first; `None`
/// if there is none.
#[derive(Debug, Default)]
pub struct SuggestedListings {
    /// Path and query of a call of `small` that works, if it is a demo listing that is sold call by call.
    pub call: Option<&'static str>,
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
    let call = small.as_ref().and_then(example_call);
    Ok(SuggestedListings { call, small, large })
}

fn example_call(listing: &Listing) -> Option<&'static str> {
    listing.details.gateway.as_ref()?;
    let mut goods = SELLERS.iter().flat_map(|seller| seller.sells);
    let name = listing.details.service_name.as_str();
    goods.find(|good| good.service_name == name)?.example()
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
