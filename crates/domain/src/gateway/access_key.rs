use crate::account::digest;
use crate::audit::Actor;
use crate::id::{AccessKeyId, TokenId};
use crate::listing::SealedKey;
use crate::secret::presented_secret;
use crate::text::{bounded_text, line};
use crate::time::Timestamp;
use crate::units::Units;

bounded_text!(
    /// Name that a buyer gives an access key: one line of at most 100 characters.
    AccessKeyName,
    line,
    100
);

digest!(
    /// SHA-256 of an access key, by which it is looked up.
    AccessKeyDigest
);

presented_secret!(
    /// A secret that stands for the seller's key in calls through the gateway.
    AccessKey
);

impl AccessKey {
    /// Beginning of every access key, by which people and secret scanners recognize one.
    pub const PREFIX: &'static str = "udk_";
}

/// An access key as its buyer sees it. Its secret is no part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessKeyInfo {
    /// Identifier, by which it is deleted.
    pub id: AccessKeyId,
    /// The token whose units it spends.
    pub token_id: TokenId,
    /// Name, if its buyer gave one.
    pub name: Option<AccessKeyName>,
    /// Most units that it may spend; `None` = all of the token's.
    pub max_units: Option<Units>,
    /// Units that its calls have taken and not got back; counted only if [`max_units`](Self::max_units) is set.
    pub taken_units: u32,
    /// Time from which it opens nothing, UTC; `None` = that of the token.
    pub expires_at: Option<Timestamp>,
    /// Whether it is the token's first, which is shown again when the token is revealed.
    pub is_first: bool,
    /// Time of issue, UTC.
    pub created_at: Timestamp,
}

/// An access key about to be stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewAccessKey {
    /// Identifier.
    pub id: AccessKeyId,
    /// Digest of its secret.
    pub digest: AccessKeyDigest,
}

/// The first access key of a token, stored when the token is first revealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FirstAccessKey {
    /// The key.
    pub key: NewAccessKey,
    /// Its secret, sealed for the token, so that it can be shown again.
    pub sealed: SealedKey,
}

/// Request to store a further access key of a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssueAccessKey {
    /// The token.
    pub token_id: TokenId,
    /// The acting account, which must be its buyer.
    pub buyer: Actor,
    /// The key.
    pub key: NewAccessKey,
    /// Name, if its buyer gives one.
    pub name: Option<AccessKeyName>,
    /// Most units that it may spend; `None` = all of the token's.
    pub max_units: Option<Units>,
    /// Time from which it opens nothing, UTC; `None` = that of the token.
    pub expires_at: Option<Timestamp>,
    /// Time of the request, UTC.
    pub at: Timestamp,
}

impl IssueAccessKey {
    /// Most access keys that a token may have at once.
    pub const MOST: usize = 50;

    /// The key as it stands once it is stored.
    #[must_use]
    pub fn into_info(self) -> AccessKeyInfo {
        AccessKeyInfo {
            id: self.key.id,
            token_id: self.token_id,
            name: self.name,
            max_units: self.max_units,
            taken_units: 0,
            expires_at: self.expires_at,
            is_first: false,
            created_at: self.at,
        }
    }
}

/// Request to delete an access key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeleteAccessKey {
    /// The token.
    pub token_id: TokenId,
    /// The key.
    pub key_id: AccessKeyId,
    /// The acting account, which must be the token's buyer.
    pub buyer: Actor,
    /// Time of the request, UTC.
    pub at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_access_key_and_its_digest_do_not_print() {
        let key = AccessKey::new("udk_secret".to_owned());
        assert_eq!(format!("{key:?}"), "AccessKey([redacted])");
        assert_eq!(format!("{:?}", AccessKeyDigest::new([7; 32])), "[redacted]");
    }
}
