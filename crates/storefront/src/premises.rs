//! What the storefront shares with the other ways into the marketplace.

use std::net::IpAddr;

use actix_web::HttpRequest;
use udam_domain::account::Email;
use udam_domain::id::AccountId;

/// What the server around the storefront does for it: nobody gets a second allowance by coming in
/// through another door.
pub trait Premises: Send + Sync {
    /// Counts a call of this request's caller, and answers with the address it comes from: only the
    /// server knows which proxies it may believe.
    ///
    /// # Errors
    /// [`Wait`], if it comes too soon.
    fn admit(&self, pace: Pace, request: &HttpRequest) -> Result<Option<IpAddr>, Wait>;

    /// Counts an attempt at this account's password.
    ///
    /// # Errors
    /// [`Wait`], if there have been too many.
    fn admit_attempt(&self, email: &Email) -> Result<(), Wait>;

    /// Notes for the log whose doing the request is.
    fn acts_for(&self, request: &HttpRequest, account: AccountId);
}

/// How often calls of a kind may come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Pace {
    /// Calls that check or set a password.
    Credentials,
    /// All others.
    #[default]
    General,
}

/// It is too soon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wait {
    /// For how long, in seconds.
    pub seconds: u64,
}
