//! `/v1/me`: the account, its listings and its sales.

pub(crate) mod api_keys;
pub(crate) mod audit;
pub(crate) mod calls;
pub(crate) mod delete;
mod disguise;
pub(crate) mod edit;
pub(crate) mod export;
pub(crate) mod listings;
pub(crate) mod mail_preferences;
pub(crate) mod sales;
mod seller_names;
pub(crate) mod show;
pub(crate) mod usage;
