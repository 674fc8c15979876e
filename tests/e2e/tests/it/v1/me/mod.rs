//! What an account has.

pub(crate) mod listings;
pub(crate) mod sales;
pub(crate) mod show;
