//! Tokens.

pub(crate) mod calls;
pub(crate) mod find;
pub(crate) mod keys;
pub(crate) mod list;
pub(crate) mod reveal;
pub(crate) mod revoke;
pub(crate) mod usage;
