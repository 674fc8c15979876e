//! Listings: what sellers offer, how it is changed, and how it is searched for.

mod callable;
mod catalogue;
mod change;
mod details;
mod edit;
mod endpoint_url;
mod key;
mod price;
mod private_host;
mod public_address;
mod publication;
mod service_changes;

use strum::{Display, EnumString, IntoStaticStr, VariantArray};

use crate::account::AccountName;
use crate::audit::Actor;
use crate::id::{AccountId, ListingId};
use crate::money::Money;
use crate::time::Timestamp;
use crate::units::Stock;

pub use callable::{NotCallable, check_callable, check_callable_key, unchecked_key};
pub use catalogue::{CataloguePosition, CatalogueQuery, SearchText, Sort};
pub use change::Change;
pub use details::*;
pub use edit::{EditListing, ListingEdit, StockChange};
pub use endpoint_url::EndpointUrl;
pub use key::{ApiKey, ApiKeyError, KeyId, KeyIdError, SealedKey};
pub use price::{Price, PriceError};
pub use public_address::is_public_address;
pub use publication::{SellerSnapshot, TooManyListings, may_publish};
pub use service_changes::ServiceChanges;

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
    /// Suspended by an operator, or of a suspended seller: not in the catalogue, and its tokens grant no access.
    Suspended,
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
    /// Description, price and address of the service, and terms of its orders.
    pub details: ListingDetails,
    /// Number of units that can be bought now.
    pub available: Stock,
    /// Stored state.
    pub state: ListingState,
    /// Whether an operator has suspended it, or its seller.
    pub is_suspended: bool,
    /// Time of publication, UTC.
    pub created_at: Timestamp,
}

impl Listing {
    /// Length of all its texts together, in bytes, by which pages of listings are bounded.
    #[must_use]
    pub fn text_length(&self) -> usize {
        let seller = self.seller.name.as_str().len();
        seller.saturating_add(self.details.text_length())
    }

    /// The status that clients see.
    #[must_use]
    pub const fn status(&self) -> ListingStatus {
        match self.state {
            _ if self.is_suspended => ListingStatus::Suspended,
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
    /// The acting account, which becomes its seller.
    pub seller: Actor,
    /// Description, price and address of the service, and terms of its orders.
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
    /// Number of units of its orders that [are sold](crate::order::OrderState::is_sold).
    pub units_sold: u64,
    /// Sum of the totals of fulfilled orders.
    pub revenue: Money,
}
