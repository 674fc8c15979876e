//! Who did what to whom: the record that an action on secrets or money leaves behind.

use std::net::IpAddr;

use crate::id::AccountId;
use crate::time::Timestamp;

/// An action that is only done if its record is written with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AuditAction {
    /// A session was opened.
    LoggedIn,
    /// A password was changed, and every other session ended.
    PasswordChanged,
    /// A seller's key was opened for a buyer.
    KeyRevealed,
    /// A seller put another key in the place of a listing's.
    KeyReplaced,
    /// A key was sealed anew under the active master key.
    KeyRotated,
    /// A token was revoked.
    TokenRevoked,
    /// An order was refunded.
    OrderRefunded,
}

impl AuditAction {
    /// The name that storage keeps.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::LoggedIn => "logged_in",
            Self::PasswordChanged => "password_changed",
            Self::KeyRevealed => "key_revealed",
            Self::KeyReplaced => "key_replaced",
            Self::KeyRotated => "key_rotated",
            Self::TokenRevoked => "token_revoked",
            Self::OrderRefunded => "order_refunded",
        }
    }
}

/// Who is acting, from where, and when: what every audited request carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Actor {
    /// The account that acts.
    pub account_id: AccountId,
    /// Where the request came from, as far as known.
    pub address: Option<IpAddr>,
    /// When.
    pub at: Timestamp,
}
