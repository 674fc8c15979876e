//! Tokens: a buyer's access to a seller's service, from fulfilment until it expires or is revoked.

use strum::{Display, EnumString, IntoStaticStr, VariantArray};

use crate::audit::Actor;
use crate::gateway::{AccessKey, FirstAccessKey, TermsVersion, TokenUnits};
use crate::id::{AccountId, ListingId, OrderId, RefundId, TokenId};
use crate::listing::{ApiKey, EndpointUrl, SealedKey, ServiceChanges, ServiceName};
use crate::time::Timestamp;
use crate::units::Units;

/// The stored state of a token. That it has expired is no state: see [`Token::status`].
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Display, EnumString, IntoStaticStr, VariantArray,
)]
#[strum(serialize_all = "snake_case")]
pub enum TokenState {
    /// Grants access until it expires.
    Active,
    /// Grants no access while its payment is disputed.
    Suspended,
    /// Grants no access any more.
    Revoked,
}

impl TokenState {
    /// The state that revoking puts the token in; `None` if it is in that state already.
    #[must_use]
    pub const fn revoke(self) -> Option<Self> {
        match self {
            Self::Active | Self::Suspended => Some(Self::Revoked),
            Self::Revoked => None,
        }
    }

    /// The status at `now` of a token in this state that expires at `expires_at`.
    #[must_use]
    pub fn status(self, expires_at: Timestamp, now: Timestamp) -> TokenStatus {
        match self {
            Self::Revoked => TokenStatus::Revoked,
            _ if expires_at <= now => TokenStatus::Expired,
            Self::Suspended => TokenStatus::Suspended,
            Self::Active => TokenStatus::Active,
        }
    }
}

/// The status of a token at some instant: its state, or that it has expired.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Display, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum TokenStatus {
    /// Grants access.
    Active,
    /// See [`TokenState::Suspended`].
    Suspended,
    /// See [`TokenState::Revoked`].
    Revoked,
    /// Grants no access any more: [`Token::expires_at`] has passed.
    Expired,
}

/// A token. The key that it reveals is no part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Identifier, drawn when its order was placed or paid.
    pub id: TokenId,
    /// The order that it was issued for; there is one token per order.
    pub order_id: OrderId,
    /// The listing whose key it reveals.
    pub listing_id: ListingId,
    /// The account that holds it.
    pub buyer_id: AccountId,
    /// The account that sold it, which may revoke it.
    pub seller_id: AccountId,
    /// Name of the service, as the listing has it now.
    pub service_name: ServiceName,
    /// Number of units that were bought.
    pub units: Units,
    /// Stored state.
    pub state: TokenState,
    /// Time from which it grants no access, UTC.
    pub expires_at: Timestamp,
    /// Time of issue, UTC.
    pub created_at: Timestamp,
    /// Time at which its key was first revealed, UTC; `None` if it never was.
    pub revealed_at: Option<Timestamp>,
    /// Changes of the service since its order was placed.
    pub service_changes: ServiceChanges,
    /// Its calls through the gateway; `None` if it reveals the seller's key instead.
    pub gateway: Option<TokenGateway>,
}

/// The part of a token that is used through the gateway.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TokenGateway {
    /// Version of the listing's terms that it was bought under.
    pub terms: TermsVersion,
    /// Its units.
    pub units: TokenUnits,
}

impl Token {
    /// The status at `now`.
    #[must_use]
    pub fn status(&self, now: Timestamp) -> TokenStatus {
        self.state.status(self.expires_at, now)
    }

    /// Changes of the service that its buyer has to know of at `now`: none once it grants no access.
    #[must_use]
    pub fn changes_to_know(&self, now: Timestamp) -> ServiceChanges {
        match self.status(now) {
            TokenStatus::Active => self.service_changes,
            TokenStatus::Suspended | TokenStatus::Revoked | TokenStatus::Expired => {
                ServiceChanges::default()
            }
        }
    }
}

/// Request to reveal the key that a token grants access to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevealKey {
    /// The token.
    pub token_id: TokenId,
    /// The acting account, which must be its buyer.
    pub buyer: Actor,
    /// Time of the request.
    pub at: Timestamp,
    /// Access key to be stored if the token is used through the gateway and has none; `None` = there should be one.
    pub first_key: Option<FirstAccessKey>,
}

/// What a token grants access to, sealed.
#[derive(Debug, Clone)]
pub enum SealedAccess {
    /// The service itself.
    Service {
        /// The listing that the key was sealed for; it opens for no other.
        listing_id: ListingId,
        /// The seller's key, sealed.
        key: SealedKey,
        /// Address of the service, if the seller gives one.
        endpoint_url: Option<EndpointUrl>,
    },
    /// The service through the gateway.
    Gateway {
        /// The listing that is called.
        listing_id: ListingId,
        /// The token's first access key, sealed for the token.
        key: SealedKey,
    },
}

/// What a token grants access to.
#[derive(Debug, Clone)]
pub enum Access {
    /// The service itself.
    Service {
        /// The seller's key.
        api_key: ApiKey,
        /// Address of the service, if the seller gives one.
        endpoint_url: Option<EndpointUrl>,
    },
    /// The service through the gateway.
    Gateway {
        /// The listing that is called.
        listing_id: ListingId,
        /// The token's first access key.
        access_key: AccessKey,
    },
}

/// Request to revoke a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RevokeToken {
    /// The token.
    pub token_id: TokenId,
    /// The acting account, which must be its buyer or its seller.
    pub by: Actor,
    /// Time of the request.
    pub at: Timestamp,
    /// Identifier of the refund, should its order's money have to go back through the provider.
    pub refund_id: RefundId,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{account_id, at, listing_id, order_id, token_id, units};

    fn token(state: TokenState) -> Token {
        Token {
            id: token_id(1),
            order_id: order_id(1),
            listing_id: listing_id(1),
            buyer_id: account_id(1),
            seller_id: account_id(2),
            service_name: "Weather".parse().unwrap(),
            units: units(1),
            state,
            expires_at: at(60),
            created_at: at(0),
            revealed_at: None,
            service_changes: ServiceChanges {
                endpoint_at: Some(at(30)),
                key_at: None,
            },
            gateway: None,
        }
    }

    #[test]
    fn a_token_is_revoked_once_from_any_state() {
        for state in [TokenState::Active, TokenState::Suspended] {
            assert_eq!(state.revoke(), Some(TokenState::Revoked));
        }
        assert_eq!(TokenState::Revoked.revoke(), None);
    }

    #[test]
    fn a_token_expires_on_the_instant_and_stays_revoked() {
        let status = |state, seconds| token(state).status(at(seconds));
        assert_eq!(status(TokenState::Active, 59), TokenStatus::Active);
        assert_eq!(status(TokenState::Active, 60), TokenStatus::Expired);
        assert_eq!(status(TokenState::Suspended, 59), TokenStatus::Suspended);
        assert_eq!(status(TokenState::Suspended, 60), TokenStatus::Expired);
        assert_eq!(status(TokenState::Revoked, 60), TokenStatus::Revoked);
    }

    #[test]
    fn changes_of_a_service_concern_who_has_access_to_it() {
        let changes = |state, seconds| token(state).changes_to_know(at(seconds));
        assert_eq!(changes(TokenState::Active, 59).endpoint_at, Some(at(30)));
        let none = ServiceChanges::default();
        assert_eq!(changes(TokenState::Active, 60), none);
        assert_eq!(changes(TokenState::Revoked, 59), none);
    }
}
