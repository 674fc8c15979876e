//! Listings: what sellers offer, and how it is found.

mod catalogue;
mod details;
mod edit;
mod key;

use crate::account::AccountName;
use crate::id::{AccountId, ListingId};
use crate::money::Money;
use crate::time::Timestamp;
use crate::units::Stock;

pub use catalogue::{CataloguePosition, CatalogueQuery, SearchText, Sort};
pub use details::{Description, EndpointUrl, Price, PriceError, ServiceName, UnitDescription};
pub use edit::{Change, EditListing, ListingEdit, StockChange};
pub use key::{ApiKey, ApiKeyError, KeyId, KeyIdError, SealedKey};

/// What its seller has made of a listing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ListingState {
    /// On sale.
    Active,
    /// Off sale for now; not in the catalogue.
    Paused,
    /// Off sale for good, unless its seller thinks better of it; not in the catalogue.
    Archived,
}

impl ListingState {
    /// Every one there is.
    pub const ALL: [Self; 3] = [Self::Active, Self::Paused, Self::Archived];

    /// The name that storage and clients know it by.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Paused => "paused",
            Self::Archived => "archived",
        }
    }

    /// The one with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.as_str() == name)
    }
}

/// What a listing shows as: its state, or that there is nothing left of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ListingStatus {
    /// On sale, with units left.
    Active,
    /// On sale, but nothing is left; active again as soon as units come back.
    SoldOut,
    /// See [`ListingState::Paused`].
    Paused,
    /// See [`ListingState::Archived`].
    Archived,
}

impl ListingStatus {
    /// The name that clients know it by.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::SoldOut => "sold_out",
            Self::Paused => "paused",
            Self::Archived => "archived",
        }
    }
}

/// What a seller says of the service that a listing opens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListingDetails {
    /// What the service is called.
    pub service_name: ServiceName,
    /// What it does.
    pub description: Option<Description>,
    /// Where it is reached.
    pub endpoint_url: Option<EndpointUrl>,
    /// What one unit costs.
    pub price_per_unit: Price,
    /// What one unit is, such as "1,000 requests".
    pub unit_description: UnitDescription,
}

/// Who sells a listing, as anyone may see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seller {
    /// The seller's account.
    pub id: AccountId,
    /// What it is called.
    pub name: AccountName,
}

/// A listing, as anyone may see it. The key it opens is no part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing {
    /// Its identifier.
    pub id: ListingId,
    /// Who sells it.
    pub seller: Seller,
    /// What is sold.
    pub details: ListingDetails,
    /// How many units can be bought now.
    pub available: Stock,
    /// What its seller has made of it.
    pub state: ListingState,
    /// When it was listed.
    pub created_at: Timestamp,
}

impl Listing {
    /// What it shows as.
    #[must_use]
    pub const fn status(&self) -> ListingStatus {
        match self.state {
            ListingState::Active if self.available.is_empty() => ListingStatus::SoldOut,
            ListingState::Active => ListingStatus::Active,
            ListingState::Paused => ListingStatus::Paused,
            ListingState::Archived => ListingStatus::Archived,
        }
    }
}

/// A listing about to be published.
#[derive(Debug, Clone)]
pub struct NewListing {
    /// Its identifier.
    pub id: ListingId,
    /// Who sells it.
    pub seller_id: AccountId,
    /// What is sold.
    pub details: ListingDetails,
    /// How many units.
    pub units: Stock,
    /// The key that opens the service, sealed.
    pub sealed_key: SealedKey,
    /// When.
    pub listed_at: Timestamp,
}

impl NewListing {
    /// The state that listings are published in.
    pub const STATE: ListingState = ListingState::Active;
}

/// A listing as its seller sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnListing {
    /// The listing.
    pub listing: Listing,
    /// Units of fulfilled orders, less those that refunds gave back.
    pub units_sold: u64,
    /// What those orders came to, less refunds.
    pub revenue: Money,
}
