//! The use cases: what people do on the marketplace, each over the ports it needs.
//!
//! A service that embeds only a part takes that part: [`Orders`] alone places orders.

mod accounts;
mod catalogue;
mod key_rotation;
mod orders;
mod payments;
mod purchase;
mod reconciliation;
mod sessions;
mod tokens;
mod webhooks;

use std::sync::Arc;

use crate::ports::{Clock, Entropy};

pub use accounts::{
    Accounts, ChangePasswordError, LogInError, OpenedSession, Register, RegisterError,
};
pub use catalogue::{Catalogue, ChangeListingError, PublishError, PublishListing};
pub use key_rotation::{KeyRotation, RotateKeysError, Rotated};
pub use orders::{BuyUnits, OrderPorts, Orders};
pub use payments::Payments;
pub use purchase::{CheckoutOutcome, Purchase};
pub use reconciliation::{Reconciliation, Sweep, SweepError};
pub use sessions::Sessions;
pub use tokens::{OpenTokenError, Tokens};
pub use webhooks::{WebhookPorts, Webhooks};

/// All use cases together.
#[derive(Clone)]
pub struct Marketplace {
    /// Registering, logging in, changing a password.
    pub accounts: Accounts,
    /// Being signed in, and ceasing to be.
    pub sessions: Sessions,
    /// Publishing, changing and finding listings.
    pub catalogue: Catalogue,
    /// Placing orders, paying for them, canceling and refunding them.
    pub orders: Orders,
    /// Opening and revoking tokens.
    pub tokens: Tokens,
    /// Charges and events of the payment provider; `None` without a provider.
    pub payments: Option<Payments>,
    /// Receiving the provider's webhooks; `None` without a provider.
    pub webhooks: Option<Webhooks>,
    /// The clock that all use cases go by.
    pub clock: Arc<dyn Clock>,
    /// Source of unpredictable bytes.
    pub entropy: Arc<dyn Entropy>,
}
