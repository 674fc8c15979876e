use crate::money::Currency;

/// The terms that listings are published and edited on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListingPolicy {
    /// Currency of all prices, the one of [`OrderPolicy::currency`](super::OrderPolicy::currency).
    pub currency: Currency,
    /// Addresses that services may have.
    pub endpoints: Endpoints,
}

/// Addresses that services may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Endpoints {
    /// Those that buyers anywhere can reach, as far as the address tells.
    Public,
    /// Any, such as `localhost` in development.
    Any,
}
