//! Contents of notices of business.

use crate::id::{ListingId, TokenId};
use crate::listing::ServiceName;
use crate::money::Money;
use crate::time::{Date, Timestamp};
use crate::units::{Stock, Units};

/// A listing whose last unit was ordered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SoldOut {
    /// The listing.
    pub listing_id: ListingId,
    /// Its name.
    pub service_name: ServiceName,
    /// Units that orders hold which await payment: they go back on sale if it does not come.
    pub held: Stock,
}

/// A token of which few units are left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitsLow {
    /// The token.
    pub token_id: TokenId,
    /// The listing, of which more can be bought.
    pub listing_id: ListingId,
    /// Name of the listing.
    pub service_name: ServiceName,
    /// Units that are left.
    pub left: Stock,
    /// Units that were bought.
    pub bought: Units,
}

/// The tokens of an account that expire on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokensExpiring {
    /// The day, UTC.
    pub day: Date,
    /// The tokens, [`MOST_LINES`](Self::MOST_LINES) at most.
    pub lines: Vec<ExpiringToken>,
    /// Number of further tokens.
    pub further: u64,
}

/// A token that expires soon.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpiringToken {
    /// The token.
    pub token_id: TokenId,
    /// Name of the listing.
    pub service_name: ServiceName,
    /// Time of expiry, UTC.
    pub expires_at: Timestamp,
    /// Units left of a token that is used call by call; `None` if it reveals a key.
    pub left: Option<Stock>,
}

/// The sales of a seller on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SaleDigest {
    /// The day, UTC.
    pub day: Date,
    /// Number of orders.
    pub orders: u64,
    /// Units sold.
    pub units: u64,
    /// Sum of their prices.
    pub revenue: Money,
    /// The listings, those with the highest revenue first, [`MOST_LINES`](Self::MOST_LINES) at most.
    pub lines: Vec<ListingSales>,
    /// Number of further listings.
    pub further: u64,
}

/// The sales of a listing on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListingSales {
    /// Name of the listing.
    pub service_name: ServiceName,
    /// Units sold.
    pub units: u64,
    /// Sum of their prices.
    pub revenue: Money,
}

impl TokensExpiring {
    /// Most tokens that the mail lists.
    pub const MOST_LINES: usize = 50;
}

impl SaleDigest {
    /// Most listings that the mail lists.
    pub const MOST_LINES: usize = 20;
}
