//! Adapters of the marketplace's cryptographic ports, over `ring` and `argon2`, and of the clock and
//! the source of randomness.
//!
//! | Port | Adapter |
//! |---|---|
//! | `KeyVault` | [`RingKeyVault`], with the operator's [`MasterKeys`] |
//! | `PasswordHasher` | [`Argon2PasswordHasher`] |
//! | `CommonPasswords` | [`CommonPasswordList`], which is bundled |
//! | `AccessKeyVault` | [`RingKeyVault`] as well |
//! | `SessionMint` | [`Sha256SessionMint`] |
//! | `LinkMint` | [`Sha256LinkMint`] |
//! | `UnsubscribeMint` | [`HmacUnsubscribeMint`] |
//! | `AccessKeyMint` | [`Sha256AccessKeyMint`] |
//! | `AccountKeyMint` | [`Sha256AccountKeyMint`] |
//! | `OneTimeCodes` | [`RingOneTimeCodes`] |
//! | `ChallengeMint` | [`Sha256ChallengeMint`] |
//! | `FactorVault` | [`RingKeyVault`] as well |
//! | `AuditAuthenticator` | [`HmacAuditKeys`] |
//! | `ReceiptSigner` | [`Ed25519ReceiptSigner`]; [`verify_receipt`] is its counterpart |
//! | `Clock`, `Entropy` | [`SystemClock`], [`SystemEntropy`] |
//!
//! The pages in `docs` record the decisions: what is sealed, hashed and encoded how, and why.
//!
//! Storage, settings, HTTP and rules of the marketplace do not belong here, nor does a second source
//! of randomness. A secret leaves this crate only through a method called `expose`.

mod access_key_mint;
mod account_key_mint;
mod audit_keys;
mod base32;
mod base62;
mod bearer;
mod challenge_mint;
mod cipher;
mod common_passwords;
mod derived_key;
mod link_mint;
mod master_keys;
mod one_time_codes;
mod passwords;
mod receipts;
mod session_mint;
mod system;
mod unsubscribe_mint;
mod vault;

pub use access_key_mint::Sha256AccessKeyMint;
pub use account_key_mint::Sha256AccountKeyMint;
pub use audit_keys::{AuditKeysError, HmacAuditKeys};
pub use challenge_mint::Sha256ChallengeMint;
pub use common_passwords::CommonPasswordList;
pub use link_mint::Sha256LinkMint;
pub use master_keys::{MasterKey, MasterKeys, ParseMasterKeysError};
pub use one_time_codes::RingOneTimeCodes;
pub use passwords::{Argon2Cost, Argon2PasswordHasher, Argon2SetupError, HashingLimits};
pub use receipts::{
    Ed25519ReceiptSigner, ParseReceiptKeysError, ReceiptKeySet, ReceiptSignerError,
    VerifyReceiptError, verify_receipt,
};
pub use session_mint::Sha256SessionMint;
pub use system::{SystemClock, SystemEntropy};
pub use unsubscribe_mint::{HmacUnsubscribeMint, UnsubscribeKeysError};
pub use vault::RingKeyVault;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
