//! The keys that sellers' API keys are sealed under. The operator holds them, the database does not.

mod key;
mod parse;
mod ring;

pub use key::MasterKey;
pub use parse::ParseMasterKeysError;
pub use ring::MasterKeys;
