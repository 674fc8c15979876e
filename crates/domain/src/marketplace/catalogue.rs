use std::num::NonZeroU32;
use std::sync::Arc;

use thiserror::Error;

use crate::audit::Actor;
use crate::id::ListingId;
use crate::listing::{
    ApiKey, Change, EditListing, EndpointUrl, Listing, ListingDetails, ListingEdit, NewListing,
    NotCallable, Price, TooManyListings, check_callable, check_callable_key,
};
use crate::money::Currency;
use crate::opaque_debug::opaque_debug;
use crate::policy::{Endpoints, ListingPolicy};
use crate::ports::{
    Clock, EditListingError, Entropy, KeyVault, ListingIndex, ListingStore, MailLinkStore,
    PublishListingError, StoreError, VaultError,
};
use crate::text::{HiddenCharacters, check_visible};
use crate::units::Stock;

/// Publishing and changing listings, and listing all of them for a sitemap.
#[derive(Clone)]
pub struct Catalogue {
    store: Arc<dyn ListingStore>,
    index: Arc<dyn ListingIndex>,
    vault: Arc<dyn KeyVault>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    policy: ListingPolicy,
    /// Knows whose address is verified; `None` if sellers need none that is.
    verified: Option<Arc<dyn MailLinkStore>>,
}

/// The ports that [`Catalogue`] needs.
#[derive(Clone)]
pub struct CataloguePorts {
    /// Publishes and changes listings.
    pub store: Arc<dyn ListingStore>,
    /// Reads the ids of all listings on sale.
    pub index: Arc<dyn ListingIndex>,
    /// Seals sellers' keys.
    pub vault: Arc<dyn KeyVault>,
    /// Time at which listings are published and changed.
    pub clock: Arc<dyn Clock>,
    /// Source of identifiers.
    pub entropy: Arc<dyn Entropy>,
}

/// Asks for a listing.
#[derive(Debug, Clone)]
pub struct PublishListing {
    /// Description, price and address of the service, and terms of its orders.
    pub details: ListingDetails,
    /// Key that grants access to the service; it is stored sealed.
    pub api_key: ApiKey,
    /// Number of units on sale.
    pub units: Stock,
}

/// The price is in another currency than the marketplace settles in. Nobody could buy at it: amounts are
/// never converted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a price must be in {settled}, which is what the marketplace settles in, not in {given}")]
pub struct OtherCurrency {
    /// Currency of the price.
    pub given: Currency,
    /// Currency that the marketplace settles in.
    pub settled: Currency,
}

/// Only the seller's own machine or network reaches the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the address of a service must be one that buyers can reach, not a private one")]
pub struct PrivateEndpoint;

/// Why a listing was not published.
#[derive(Debug, Error)]
pub enum PublishError {
    /// Its price is in another currency than the marketplace settles in.
    #[error(transparent)]
    Currency(#[from] OtherCurrency),
    /// Buyers cannot reach its service.
    #[error(transparent)]
    Endpoint(#[from] PrivateEndpoint),
    /// The gateway cannot call its service.
    #[error(transparent)]
    NotCallable(#[from] NotCallable),
    /// The name of its service has characters that cannot be seen.
    #[error(transparent)]
    Hidden(#[from] HiddenCharacters),
    /// The address of its seller is not verified.
    #[error("the email address of the seller is not verified")]
    EmailUnverified,
    /// Its seller is new, and has published enough for a day.
    #[error(transparent)]
    TooMany(#[from] TooManyListings),
    /// Another seller has a name that looks like that of its seller.
    #[error("another seller has a name that looks like that of the seller")]
    NameTaken,
    /// An operator has suspended its seller.
    #[error("the seller is suspended")]
    Suspended,
    /// Its key could not be sealed.
    #[error("publishing a listing failed")]
    Vault(#[from] VaultError),
    /// The store failed.
    #[error("publishing a listing failed")]
    Unavailable(#[from] StoreError),
}

impl From<PublishListingError> for PublishError {
    fn from(error: PublishListingError) -> Self {
        match error {
            PublishListingError::TooMany(error) => Self::TooMany(error),
            PublishListingError::NameTaken => Self::NameTaken,
            PublishListingError::Suspended => Self::Suspended,
            PublishListingError::Unavailable(error) => Self::Unavailable(error),
        }
    }
}

/// Why a listing was not changed.
#[derive(Debug, Error)]
pub enum ChangeListingError {
    /// Its new price is in another currency than the marketplace settles in.
    #[error(transparent)]
    Currency(#[from] OtherCurrency),
    /// Buyers cannot reach its service.
    #[error(transparent)]
    Endpoint(#[from] PrivateEndpoint),
    /// The new name of its service has characters that cannot be seen.
    #[error(transparent)]
    Hidden(#[from] HiddenCharacters),
    /// Its new key could not be sealed.
    #[error("changing a listing failed")]
    Vault(#[from] VaultError),
    /// The edit was refused, or the store failed.
    #[error(transparent)]
    Edit(#[from] EditListingError),
}

impl Catalogue {
    /// The use cases over these ports.
    #[must_use]
    pub fn new(ports: CataloguePorts, policy: ListingPolicy) -> Self {
        Self {
            store: ports.store,
            index: ports.index,
            vault: ports.vault,
            clock: ports.clock,
            entropy: ports.entropy,
            policy,
            verified: None,
        }
    }

    /// Has only sellers publish whose address is verified.
    #[must_use]
    pub fn of_verified_sellers(self, verified: Arc<dyn MailLinkStore>) -> Self {
        Self {
            verified: Some(verified),
            ..self
        }
    }

    /// Publishes a listing of the actor's with its key sealed.
    ///
    /// # Errors
    /// [`PublishError`]
    pub async fn publish(
        &self,
        seller: Actor,
        request: PublishListing,
    ) -> Result<Listing, PublishError> {
        self.check(request.details.price_per_unit)?;
        self.check_endpoint(request.details.endpoint_url.as_ref())?;
        check_callable(&request.details, false, self.policy.endpoints)?;
        if request.details.gateway.is_some() {
            check_callable_key(&request.api_key)?;
        }
        check_visible(request.details.service_name.as_str())?;
        if let Some(verified) = &self.verified
            && !verified.is_verified(seller.account_id).await?
        {
            return Err(PublishError::EmailUnverified);
        }
        let now = self.clock.now();
        let id = ListingId::mint(now, self.entropy.as_ref());
        let listing = NewListing {
            id,
            seller,
            details: request.details,
            units: request.units,
            sealed_key: self.vault.seal(id, &request.api_key).await?,
            listed_at: now,
        };
        let published = self.store.publish(listing, self.policy.new_listings);
        Ok(published.await?)
    }

    /// Changes a listing of the actor's.
    ///
    /// # Errors
    /// [`ChangeListingError`]
    pub async fn edit(
        &self,
        seller: Actor,
        listing_id: ListingId,
        edit: ListingEdit<ApiKey>,
    ) -> Result<Listing, ChangeListingError> {
        if let Change::To(price) = edit.details.price_per_unit {
            self.check(price)?;
        }
        if let Change::To(endpoint) = &edit.details.endpoint_url {
            self.check_endpoint(endpoint.as_ref())?;
        }
        if let Change::To(name) = &edit.details.service_name {
            check_visible(name.as_str())?;
        }
        let seal = async |key| self.vault.seal(listing_id, &key).await;
        let edit = edit.map_key(seal).await?;
        let edit = EditListing {
            listing_id,
            edit,
            callable_key: None,
            seller,
            endpoints: self.policy.endpoints,
            at: self.clock.now(),
        };
        self.store_edit(edit).await
    }

    /// Stores an edit. Of a key that the gateway is to call with, the store knows the sealed form alone: it asks, and is told.
    async fn store_edit(&self, mut edit: EditListing) -> Result<Listing, ChangeListingError> {
        loop {
            match self.store.edit(edit.clone()).await {
                Err(EditListingError::UncheckedKey(key))
                    if edit.callable_key.as_ref() != Some(&key) =>
                {
                    let opened = self.vault.open(edit.listing_id, &key).await?;
                    check_callable_key(&opened).map_err(EditListingError::from)?;
                    edit.callable_key = Some(key);
                }
                edited => return Ok(edited?),
            }
        }
    }

    fn check(&self, price: Price) -> Result<(), OtherCurrency> {
        let (given, settled) = (price.amount().currency(), self.policy.currency);
        if given == settled {
            Ok(())
        } else {
            Err(OtherCurrency { given, settled })
        }
    }

    fn check_endpoint(&self, endpoint: Option<&EndpointUrl>) -> Result<(), PrivateEndpoint> {
        let is_private = endpoint.is_some_and(EndpointUrl::is_private);
        if is_private && self.policy.endpoints == Endpoints::Public {
            Err(PrivateEndpoint)
        } else {
            Ok(())
        }
    }

    /// The listing after which each page of a sitemap with `size` listings a page begins; `None` for the
    /// first page. It reads the ids of all listings on sale.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn sitemap(&self, size: NonZeroU32) -> Result<Vec<Option<ListingId>>, StoreError> {
        let boundaries = self.index.on_sale_boundaries(size).await?;
        let first = std::iter::once(None);
        Ok(first.chain(boundaries.into_iter().map(Some)).collect())
    }

    /// The listings of the sitemap's page that begins after `after`.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn sitemap_page(
        &self,
        after: Option<ListingId>,
        size: NonZeroU32,
    ) -> Result<Vec<ListingId>, StoreError> {
        self.index.on_sale(after, size.get()).await
    }
}

opaque_debug!(Catalogue, CataloguePorts);

#[cfg(test)]
mod tests;
