//! The headers that pass, in either direction, and those that do not.

mod caching;
mod hop_by_hop;
mod location;
mod request;
mod response;

pub(crate) use location::Addresses;
pub(crate) use request::forwarded;
pub(crate) use response::passed_on;

/// Beginning of the names of headers that are this gateway's, in lower case.
pub(crate) const OURS: &str = "udam-";
