//! The tab.

pub(crate) mod checkout;
pub(crate) mod orders;
pub(crate) mod payments;
pub(crate) mod show;
