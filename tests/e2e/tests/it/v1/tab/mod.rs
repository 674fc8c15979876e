//! The tab.

pub(crate) mod checkout;
pub(crate) mod show;
