use strum::{Display, EnumString, IntoStaticStr, VariantArray};
use uuid::Uuid;

use super::Role;
use crate::account::{Account, Email};
use crate::id::{AccountId, ChargeId, ListingId, OrderId, TokenId};
use crate::listing::{EndpointUrl, ListingState, ServiceName};
use crate::money::Money;
use crate::order::Order;
use crate::page::Page;
use crate::payment::{ChargeState, EventId, ProviderReference};
use crate::time::Timestamp;
use crate::token::TokenState;
use crate::units::{Stock, Units};

/// Subject of a story.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoryId {
    /// An account.
    Account(AccountId),
    /// An order, with its payment and its token.
    Order(OrderId),
    /// A listing.
    Listing(ListingId),
    /// An event of the payment provider's.
    Event(EventId),
}

/// A page of what has happened, the newest first.
pub type History = Page<StoryEntry, StoryPosition>;

/// An order as operators see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderStory {
    /// The order.
    pub order: Order,
    /// Address of its buyer.
    pub buyer: Email,
    /// Address of its seller.
    pub seller: Email,
    /// The charge that it belongs to; `None` if there is none.
    pub charge: Option<ChargeFacts>,
    /// Its token; `None` until it is fulfilled.
    pub token: Option<TokenFacts>,
    /// Events of the order, its payment and its token.
    pub history: History,
}

/// A charge as operators see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChargeFacts {
    /// Its identifier.
    pub id: ChargeId,
    /// Its state.
    pub state: ChargeState,
    /// Amount that it asks for.
    pub total: Money,
    /// Part of the amount that is for orders on the tab.
    pub tab: Money,
    /// The provider's id of its session; `None` until one is opened.
    pub session: Option<ProviderReference>,
    /// The provider's id of its payment; `None` until it is paid.
    pub payment: Option<ProviderReference>,
    /// Whether its session may still be paid.
    pub may_be_paid: bool,
    /// Sum that the provider has reported as refunded.
    pub refunded: Money,
    /// Creation time, UTC.
    pub created_at: Timestamp,
    /// End of its session, UTC.
    pub expires_at: Timestamp,
    /// Time at which its payment arrived, UTC; `None` until then.
    pub paid_at: Option<Timestamp>,
}

/// A token as operators see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenFacts {
    /// Its identifier.
    pub id: TokenId,
    /// Its stored state.
    pub state: TokenState,
    /// Number of its units.
    pub units: Units,
    /// Units that are left; `None` of a token that was not used through the gateway.
    pub left: Option<u32>,
    /// Time at which it was issued, UTC.
    pub created_at: Timestamp,
    /// Its end, UTC.
    pub expires_at: Timestamp,
    /// Time at which it was first revealed, UTC; `None` if it never was.
    pub revealed_at: Option<Timestamp>,
}

/// An account as operators see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountStory {
    /// The account.
    pub account: Account,
    /// Time of registration, UTC.
    pub created_at: Timestamp,
    /// Time at which its address was verified, UTC; `None` if it was not.
    pub email_verified_at: Option<Timestamp>,
    /// Time of its suspension, UTC; `None` if it is not suspended.
    pub suspended_at: Option<Timestamp>,
    /// Its role; `None` if it has none.
    pub role: Option<Role>,
    /// Amount on its tab.
    pub tab: Money,
    /// Time of the oldest order on its tab that is not paid, UTC; `None` if there is none.
    pub owed_since: Option<Timestamp>,
    /// Time at which its first payment arrived, UTC; `None` if none has.
    pub paid_at: Option<Timestamp>,
    /// Actions by it and about it.
    pub history: History,
}

/// A listing as operators see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListingStory {
    /// Its identifier.
    pub id: ListingId,
    /// Account of its seller.
    pub seller_id: AccountId,
    /// Address of its seller.
    pub seller: Email,
    /// Name of the service.
    pub service_name: ServiceName,
    /// Address of the service; `None` if it has none.
    pub endpoint_url: Option<EndpointUrl>,
    /// Price of one unit.
    pub price: Money,
    /// Stored state.
    pub state: ListingState,
    /// Whether its units are used through the gateway.
    pub through_gateway: bool,
    /// Time of its suspension, UTC; `None` if it is not suspended by itself.
    pub suspended_at: Option<Timestamp>,
    /// Time of the suspension of its seller, UTC; `None` if the seller is not suspended.
    pub seller_suspended_at: Option<Timestamp>,
    /// Units that can be bought.
    pub available: Stock,
    /// Units of orders that await payment.
    pub held: Stock,
    /// Units that are sold.
    pub sold: u64,
    /// Sum of the totals of fulfilled orders.
    pub revenue: Money,
    /// Time of publication, UTC.
    pub created_at: Timestamp,
    /// Actions about it.
    pub history: History,
}

/// Source of an entry of a story.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Display,
    EnumString,
    IntoStaticStr,
    VariantArray,
)]
#[strum(serialize_all = "snake_case")]
pub enum StorySource {
    /// The audit trail.
    Audit,
    /// An order.
    Order,
    /// A charge and its payment.
    Payment,
    /// A token.
    Token,
    /// A refund.
    Refund,
    /// A dispute.
    Dispute,
    /// An event of the payment provider's.
    Event,
    /// An alert.
    Alert,
    /// A complaint.
    Complaint,
    /// A mail.
    Mail,
    /// A change of the units on sale.
    Stock,
}

impl StorySource {
    /// Its number, by which entries of one time are sorted.
    #[must_use]
    pub fn number(self) -> u8 {
        let place = Self::VARIANTS.iter().position(|known| *known == self);
        let place = place.and_then(|place| u8::try_from(place).ok());
        place.map_or(u8::MAX, |place| place.saturating_add(1))
    }

    /// The source with this number.
    #[must_use]
    pub fn of_number(number: u8) -> Option<Self> {
        let place = usize::from(number.checked_sub(1)?);
        Self::VARIANTS.get(place).copied()
    }
}

/// Something that has happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoryEntry {
    /// Place in the story.
    pub position: StoryPosition,
    /// Identifier of what it is about, as clients know it, or the provider's.
    pub id: Option<String>,
    /// Kind of happening, in snake case, such as `order_refunded`.
    pub what: String,
    /// The state before, of what an operator has changed; `None` of all else.
    pub was: Option<String>,
    /// The state of it by now, or that an operator has made of it; `None` if it has none.
    pub state: Option<String>,
    /// Amount of it; `None` if it has none.
    pub amount: Option<Money>,
    /// The provider's id of it; `None` if it has none.
    pub reference: Option<ProviderReference>,
    /// The account that has acted; `None` if none has.
    pub by: Option<AccountId>,
    /// Reason, finding or error, without secrets; `None` if nobody has said any.
    pub note: Option<String>,
}

/// Place of an entry in its story: entries are sorted by time, then source, then key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StoryPosition {
    /// Time at which it happened, UTC, in microseconds.
    pub at: Timestamp,
    /// Kind of record that it was read from.
    pub source: StorySource,
    /// Key, unique among entries of its time and source.
    pub key: Uuid,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_has_a_number_of_its_own_in_the_order_of_sources() {
        let numbers: Vec<u8> = StorySource::VARIANTS
            .iter()
            .map(|source| source.number())
            .collect();
        assert_eq!(numbers, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
        for &source in StorySource::VARIANTS {
            assert_eq!(StorySource::of_number(source.number()), Some(source));
        }
        assert!(StorySource::Audit < StorySource::Stock);
        for number in [0, 12, u8::MAX] {
            assert_eq!(StorySource::of_number(number), None);
        }
    }
}
