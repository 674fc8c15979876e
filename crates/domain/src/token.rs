//! Tokens: what a buyer holds of a seller's service, and how it is opened and revoked.

use crate::audit::Actor;
use crate::id::{AccountId, ListingId, OrderId, TokenId};
use crate::listing::{ApiKey, EndpointUrl, SealedKey, ServiceName};
use crate::time::Timestamp;
use crate::units::Units;

/// What has been made of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TokenState {
    /// It opens its key until it expires.
    Active,
    /// It opens nothing while its payment is disputed.
    Suspended,
    /// It opens nothing any more.
    Revoked,
}

impl TokenState {
    /// Every one there is.
    pub const ALL: [Self; 3] = [Self::Active, Self::Suspended, Self::Revoked];

    /// The name that storage and clients know it by.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Suspended => "suspended",
            Self::Revoked => "revoked",
        }
    }

    /// The one with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.as_str() == name)
    }
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
}

/// What a token shows as at some instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TokenStatus {
    /// It opens its key.
    Active,
    /// See [`TokenState::Suspended`].
    Suspended,
    /// See [`TokenState::Revoked`].
    Revoked,
    /// Its time is up.
    Expired,
}

impl TokenStatus {
    /// The name that clients know it by.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Suspended => "suspended",
            Self::Revoked => "revoked",
            Self::Expired => "expired",
        }
    }
}

/// A token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Its identifier.
    pub id: TokenId,
    /// The order it came with.
    pub order_id: OrderId,
    /// What it opens.
    pub listing_id: ListingId,
    /// Who holds it.
    pub buyer_id: AccountId,
    /// Who sold it.
    pub seller_id: AccountId,
    /// What the service is called.
    pub service_name: ServiceName,
    /// How many units it is good for.
    pub units: Units,
    /// What has been made of it.
    pub state: TokenState,
    /// When it expires.
    pub expires_at: Timestamp,
    /// When it was issued.
    pub created_at: Timestamp,
}

impl Token {
    /// What it shows as at `now`.
    #[must_use]
    pub fn status(&self, now: Timestamp) -> TokenStatus {
        match self.state {
            TokenState::Revoked => TokenStatus::Revoked,
            _ if self.expires_at <= now => TokenStatus::Expired,
            TokenState::Suspended => TokenStatus::Suspended,
            TokenState::Active => TokenStatus::Active,
        }
    }
}

/// Asks for a token's key. The actor must be its buyer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RevealKey {
    /// Which token.
    pub token_id: TokenId,
    /// Who asks, and when.
    pub buyer: Actor,
}

/// What a token opens, still sealed.
#[derive(Debug, Clone)]
pub struct SealedAccess {
    /// The listing whose key it is: a sealed key opens in its own place only.
    pub listing_id: ListingId,
    /// The sealed key.
    pub key: SealedKey,
    /// Where the service is reached.
    pub endpoint_url: Option<EndpointUrl>,
}

/// What a token opens.
#[derive(Debug, Clone)]
pub struct Access {
    /// The seller's key.
    pub api_key: ApiKey,
    /// Where the service is reached.
    pub endpoint_url: Option<EndpointUrl>,
}

/// Ends a token. The actor must be its buyer or its seller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RevokeToken {
    /// Which token.
    pub token_id: TokenId,
    /// Who asks, and when.
    pub by: Actor,
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::time::{SignedDuration, after};

    #[test]
    fn a_token_is_revoked_once_from_any_state() {
        for state in [TokenState::Active, TokenState::Suspended] {
            assert_eq!(state.revoke(), Some(TokenState::Revoked));
        }
        assert_eq!(TokenState::Revoked.revoke(), None);
    }

    #[test]
    fn a_token_expires_on_the_instant_and_stays_revoked() {
        let expires_at = after(Timestamp::UNIX_EPOCH, SignedDuration::from_secs(60));
        let status = |state, seconds| {
            let account = AccountId::from_uuid(Uuid::nil());
            Token {
                id: TokenId::from_uuid(Uuid::nil()),
                order_id: OrderId::from_uuid(Uuid::nil()),
                listing_id: ListingId::from_uuid(Uuid::nil()),
                buyer_id: account,
                seller_id: account,
                service_name: "Weather".parse().unwrap(),
                units: Units::new(1).unwrap(),
                state,
                expires_at,
                created_at: Timestamp::UNIX_EPOCH,
            }
            .status(after(
                Timestamp::UNIX_EPOCH,
                SignedDuration::from_secs(seconds),
            ))
        };
        assert_eq!(status(TokenState::Active, 59), TokenStatus::Active);
        assert_eq!(status(TokenState::Active, 60), TokenStatus::Expired);
        assert_eq!(status(TokenState::Suspended, 59), TokenStatus::Suspended);
        assert_eq!(status(TokenState::Suspended, 60), TokenStatus::Expired);
        assert_eq!(status(TokenState::Revoked, 60), TokenStatus::Revoked);
    }
}
