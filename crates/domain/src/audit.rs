//! Audit events: actions on secrets and money, with the account that acted.

use std::net::IpAddr;

use strum::{Display, EnumString, IntoStaticStr, VariantArray};

use crate::id::AccountId;

/// An audited action: it is written in one transaction with its audit event.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Display, EnumString, IntoStaticStr, VariantArray,
)]
#[strum(serialize_all = "snake_case")]
#[non_exhaustive]
pub enum AuditAction {
    /// A session was opened.
    LoggedIn,
    /// A password was changed, and every other session ended.
    PasswordChanged,
    /// An account changed the name that others see.
    NameChanged,
    /// A seller's key was revealed to a buyer.
    KeyRevealed,
    /// A seller replaced the key of a listing.
    KeyReplaced,
    /// A key was sealed again under the active master key.
    KeyRotated,
    /// A token was revoked.
    TokenRevoked,
    /// An order was refunded.
    OrderRefunded,
}

/// The account that acts. Use cases take it as it is: the caller has authenticated it, with a session of
/// the marketplace or in a way of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Actor {
    /// The account.
    pub account_id: AccountId,
    /// Address that the request came from, for the audit record; `None` if unknown.
    pub address: Option<IpAddr>,
}

impl From<AccountId> for Actor {
    /// The account, acting from an unknown address.
    fn from(account_id: AccountId) -> Self {
        Self {
            account_id,
            address: None,
        }
    }
}
