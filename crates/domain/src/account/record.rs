use crate::account::Account;
use crate::administration::Role;
use crate::time::Timestamp;

/// What is stored of an account, beside its orders, listings, tokens and sessions.
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
    /// Networks and devices that it has logged in from, and when last, UTC.
    pub places: Vec<(String, Timestamp)>,
    /// Mails of the last weeks: their kind, and when they were written, UTC.
    pub mails: Vec<(String, Timestamp)>,
}
