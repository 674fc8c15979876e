//! The ports: what the marketplace needs of the world, one trait per role.
//!
//! Every method is one atomic step: it happens whole or not at all, whatever fails around it, and no
//! transaction crosses a port. What each promises is said here, once; adapters do not repeat it.
//! With the feature `mocks`, each trait `X` comes with a `MockX`.

mod account_store;
mod cryptography;
mod environment;
mod error;
mod listing_index;
mod listing_store;
mod metrics;
mod order_store;
mod payment_error;
mod payment_gateway;
mod payment_store;
mod sealed_key_store;
mod session_store;
mod sweep_trigger;
mod token_store;

pub use account_store::*;
pub use cryptography::*;
pub use environment::*;
pub use error::*;
pub use listing_index::*;
pub use listing_store::*;
pub use metrics::*;
pub use order_store::*;
pub use payment_error::*;
pub use payment_gateway::*;
pub use payment_store::*;
pub use sealed_key_store::*;
pub use session_store::*;
pub use sweep_trigger::*;
pub use token_store::*;
