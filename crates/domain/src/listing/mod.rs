//! Listings: what sellers offer, how it is changed, and how it is searched for.

mod catalogue;
mod details;
mod edit;
mod key;

use strum::{Display, EnumString, IntoStaticStr, VariantArray};

use crate::account::AccountName;
use crate::id::{AccountId, ListingId};
use crate::money::Money;
use crate::time::Timestamp;
use crate::units::Stock;

pub use catalogue::{CataloguePosition, CatalogueQuery, SearchText, Sort};
pub use details::{Description, EndpointUrl, Price, PriceError, ServiceName, UnitDescription};
pub use edit::{Change, EditListing, ListingEdit, StockChange};
pub use key::{ApiKey, ApiKeyError, KeyId, KeyIdError, SealedKey};

/// The stored state of a listing, which its seller sets. That it is sold out is no state: see
/// [`Listing::status`].
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Display, EnumString, IntoStaticStr, VariantArray,
)]
#[strum(serialize_all = "snake_case")]
pub enum ListingState {
    /// On sale.
    Active,
    /// Off sale for now; not in the catalogue.
    Paused,
    /// Off sale for good, unless its seller reactivates it; not in the catalogue.
    Archived,
}

/// The status of a listing: its state, or that it is sold out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Display, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum ListingStatus {
    /// On sale, with units left.
    Active,
    /// On sale, but no units are left; active again as soon as units come back.
    SoldOut,
    /// See [`ListingState::Paused`].
    Paused,
    /// See [`ListingState::Archived`].
    Archived,
}

/// Description, price and address of the service that a listing grants access to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListingDetails {
    /// Name of the service.
    pub service_name: ServiceName,
    /// Description of the service, if the seller gives one.
    pub description: Option<Description>,
    /// Address of the service, if the seller gives one.
    pub endpoint_url: Option<EndpointUrl>,
    /// Price of one unit.
    pub price_per_unit: Price,
    /// Meaning of one unit, such as "1,000 requests".
    pub unit_description: UnitDescription,
}

/// The seller of a listing, as anyone may see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seller {
    /// Account of the seller.
    pub id: AccountId,
    /// Name of the account.
    pub name: AccountName,
}

/// A listing, as anyone may see it. The key of the service is no part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing {
    /// Identifier, drawn when it was published.
    pub id: ListingId,
    /// Its seller.
    pub seller: Seller,
    /// Description, price and address of the service.
    pub details: ListingDetails,
    /// Number of units that can be bought now.
    pub available: Stock,
    /// Stored state.
    pub state: ListingState,
    /// Time of publication, UTC.
    pub created_at: Timestamp,
}

impl Listing {
    /// The status that clients see.
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
    /// Identifier, for which its key is sealed.
    pub id: ListingId,
    /// Account of the seller.
    pub seller_id: AccountId,
    /// Description, price and address of the service.
    pub details: ListingDetails,
    /// Number of units on sale.
    pub units: Stock,
    /// Key of the service, sealed.
    pub sealed_key: SealedKey,
    /// Time of publication, UTC.
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
    /// Number of units of fulfilled orders, without those that refunds returned.
    pub units_sold: u64,
    /// Sum of the totals of fulfilled orders.
    pub revenue: Money,
}
