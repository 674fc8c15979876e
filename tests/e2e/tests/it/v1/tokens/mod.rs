//! Tokens.

pub(crate) mod find;
pub(crate) mod list;
pub(crate) mod reveal;
pub(crate) mod revoke;
