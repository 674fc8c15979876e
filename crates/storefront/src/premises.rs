//! What the storefront shares with the other ways into the marketplace.

use std::net::IpAddr;

use actix_web::HttpRequest;
use udam_domain::PlaceOrderError;
use udam_domain::account::Email;
use udam_domain::id::AccountId;
use udam_domain::marketplace::CheckoutError;
use udam_domain::order::PlacedOrder;
use udam_domain::payment::CheckoutSession;

/// What the server around the storefront does for it: nobody gets a second allowance by coming in
/// through another door, and whatever is counted is counted once for all of them.
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

    /// Counts an order by what came of it.
    fn count_order(&self, outcome: &Result<PlacedOrder, PlaceOrderError>);

    /// Counts a buyer to be sent to pay by what came of it.
    fn count_checkout(&self, outcome: &Result<CheckoutSession, CheckoutError>);

    /// Has done soon what a change leaves to a sweep.
    fn sweep_soon(&self);
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
