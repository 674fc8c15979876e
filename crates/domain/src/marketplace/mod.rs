//! The use cases: what people do on the marketplace, each over the ports it needs.
//!
//! A service that embeds only a part takes that part: [`Orders`] alone places orders.

mod accounts;
mod catalogue;
mod key_rotation;
mod orders;
mod payments;
mod reconciliation;
mod sessions;
mod tokens;

pub use accounts::{
    Accounts, ChangePasswordError, LogInError, OpenedSession, Register, RegisterError,
};
pub use catalogue::{Catalogue, ChangeListingError, PublishError, PublishListing};
pub use key_rotation::{KeyRotation, RotateKeysError, Rotated};
pub use orders::{BuyUnits, Orders};
pub use payments::{CheckoutError, Payments};
pub use reconciliation::{Reconciliation, Sweep, SweepError};
pub use sessions::Sessions;
pub use tokens::{OpenTokenError, Tokens};

/// All use cases together.
#[derive(Clone)]
pub struct Marketplace {
    /// Registering, logging in, changing a password.
    pub accounts: Accounts,
    /// Being signed in, and ceasing to be.
    pub sessions: Sessions,
    /// Publishing, changing and finding listings.
    pub catalogue: Catalogue,
    /// Placing orders and taking them back.
    pub orders: Orders,
    /// Opening and revoking tokens.
    pub tokens: Tokens,
    /// Sending buyers to pay, if there is a provider.
    pub payments: Option<Payments>,
}
