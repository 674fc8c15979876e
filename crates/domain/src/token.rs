//! Tokens: a buyer's access to a seller's service, from fulfilment until it expires or is revoked.

use strum::{Display, EnumString, IntoStaticStr, VariantArray};

use crate::audit::Actor;
use crate::id::{AccountId, ListingId, OrderId, TokenId};
use crate::listing::{ApiKey, EndpointUrl, SealedKey, ServiceName};
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
}

impl Token {
    /// The status at `now`.
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

/// Request to reveal the key that a token grants access to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RevealKey {
    /// The token.
    pub token_id: TokenId,
    /// The acting account, which must be its buyer.
    pub buyer: Actor,
    /// Time of the request.
    pub at: Timestamp,
}

/// Sealed key and endpoint that a token grants access to.
#[derive(Debug, Clone)]
pub struct SealedAccess {
    /// The listing that the key was sealed for; it opens for no other.
    pub listing_id: ListingId,
    /// The seller's key, sealed.
    pub key: SealedKey,
    /// Address of the service, if the seller gives one.
    pub endpoint_url: Option<EndpointUrl>,
}

/// Key and endpoint that a token grants access to.
#[derive(Debug, Clone)]
pub struct Access {
    /// The seller's key.
    pub api_key: ApiKey,
    /// Address of the service, if the seller gives one.
    pub endpoint_url: Option<EndpointUrl>,
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
