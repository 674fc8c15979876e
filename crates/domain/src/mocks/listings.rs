#![expect(
    clippy::unwrap_used,
    clippy::missing_panics_doc,
    reason = "the values are valid"
)]

use uuid::Uuid;

use crate::id::{AccountId, ListingId};
use crate::listing::{Listing, ListingDetails, ListingState, Price, Seller};
use crate::money::{Currency, Money};
use crate::time::Timestamp;
use crate::units::Stock;

/// The listing id with this number.
#[must_use]
pub fn listing_id(number: u128) -> ListingId {
    ListingId::from_uuid(Uuid::from_u128(number))
}

/// Details of a service called Weather, at 2.50 USD for 1,000 requests.
#[must_use]
pub fn listing_details() -> ListingDetails {
    ListingDetails::new(
        "Weather".parse().unwrap(),
        "1,000 requests".parse().unwrap(),
        Price::new(Money::new(2_50, Currency::USD)).unwrap(),
    )
}

/// A listing with this number and [`listing_details`], on sale with ten units, of this
/// seller, who is called Northwind.
#[must_use]
pub fn listing(number: u128, seller: AccountId) -> Listing {
    Listing {
        is_suspended: false,
        id: listing_id(number),
        seller: Seller {
            id: seller,
            name: "Northwind".parse().unwrap(),
        },
        details: listing_details(),
        available: Stock::new(10).unwrap(),
        state: ListingState::Active,
        created_at: Timestamp::UNIX_EPOCH,
    }
}
