//! The API, by path: a route is tested in the file that its last static segment names.

pub(crate) mod admin;
pub(crate) mod auth;
pub(crate) mod calls;
pub(crate) mod listings;
pub(crate) mod me;
pub(crate) mod orders;
pub(crate) mod tab;
pub(crate) mod tokens;
pub(crate) mod webhooks;
