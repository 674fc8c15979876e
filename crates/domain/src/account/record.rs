use crate::account::Account;
use crate::administration::Role;
use crate::time::Timestamp;

/// An account with all that is stored beside it, but for its orders, listings, tokens, sessions and API keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountRecord {
    /// The account.
    pub account: Account,
    /// Time of registration, UTC.
    pub registered_at: Timestamp,
    /// Time at which its address was verified, UTC; `None` if it is not.
    pub email_verified_at: Option<Timestamp>,
    /// Time since which it is suspended, UTC; `None` if it is not.
    pub suspended_at: Option<Timestamp>,
    /// Its role; `None` if it has none.
    pub role: Option<Role>,
    /// Time at which its second factor was begun, UTC; `None` if it has none.
    pub second_factor_since: Option<Timestamp>,
    /// Networks and devices that it has logged in from, and when last, UTC.
    pub places: Vec<(String, Timestamp)>,
    /// Mails of the last weeks: their kind, and when they were written, UTC.
    pub mails: Vec<(String, Timestamp)>,
}
