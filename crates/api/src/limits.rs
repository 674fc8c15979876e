use udam_domain::account::Scope;
use udam_web::RateLimitClass;
use udam_web::body::BodyLimit;

use super::cross_origin::CrossOrigin;
use super::query_string::Queries;

/// Limits on the requests to an endpoint.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// Allowance that they draw on.
    pub(super) class: RateLimitClass,
    /// Whether they may have a query string.
    pub(super) queries: Queries,
    /// Largest body.
    pub(super) body: BodyLimit,
    /// Whether the payment provider signs them; if so, no body is read without a signature that may hold.
    pub(super) signed: bool,
    /// Whether scripts of other sites may read the responses.
    pub(super) cross_origin: CrossOrigin,
}

impl Limits {
    /// The usual limits of an endpoint.
    pub(super) const DEFAULT: Self = Self {
        class: RateLimitClass::General,
        queries: Queries::Refused,
        body: BodyLimit::Client,
        signed: false,
        cross_origin: CrossOrigin::Refused,
    };
}

/// Credential that the caller of an endpoint needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Credential {
    /// Nothing, or what the call itself looks at.
    Nothing,
    /// A session. An API key is refused.
    Session,
    /// A session, or an API key that may read.
    Read,
    /// A session, or an API key that may buy.
    Buy,
    /// A session, or an API key that may sell.
    Sell,
}

impl Credential {
    /// The scope that an API key needs; `None` if none is accepted.
    pub(super) const fn scope(self) -> Option<Scope> {
        match self {
            Self::Nothing | Self::Session => None,
            Self::Read => Some(Scope::Read),
            Self::Buy => Some(Scope::Buy),
            Self::Sell => Some(Scope::Sell),
        }
    }
}
