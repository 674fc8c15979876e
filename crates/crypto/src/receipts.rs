//! Receipts of calls: signed as compact JSON Web Signatures (RFC 7515) with Ed25519 (RFC 8037).

mod jwk;
mod jws;
mod key_pair;
mod signer;
mod verification;

pub use jwk::{ParseReceiptKeysError, ReceiptKeySet};
pub use signer::{Ed25519ReceiptSigner, ReceiptSignerError};
pub use verification::{VerifyReceiptError, verify_receipt};
