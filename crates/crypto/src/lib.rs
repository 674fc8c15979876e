//! The cryptography of the marketplace, the clock and chance: adapters of the domain's ports over
//! `ring` and `argon2`.
//!
//! [`RingKeyVault`] seals sellers' keys under the [`MasterKeys`] an operator holds; `cipher` is the
//! one place that calls the cipher. [`Argon2PasswordHasher`] hashes passwords, and lets only a few
//! through at a time. [`Sha256SessionMint`] makes session tokens and tells them from typos.
//! [`SystemClock`] and [`SystemEntropy`] are where time and chance enter.
//!
//! Why things are sealed, hashed and encoded as they are is told in this crate's `docs` folder.
//!
//! What may not live here: storage, settings, HTTP, any rule of the marketplace, and any second
//! source of randomness. A secret leaves this crate only through a method called `expose`.

mod cipher;
mod master_keys;
mod passwords;
mod session_mint;
mod system;
mod vault;

pub use master_keys::{MasterKey, MasterKeys, ParseMasterKeysError};
pub use passwords::{Argon2Cost, Argon2PasswordHasher, Argon2SetupError, HashingLimits};
pub use session_mint::Sha256SessionMint;
pub use system::{SystemClock, SystemEntropy};
pub use vault::RingKeyVault;
