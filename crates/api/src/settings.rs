use udam_domain::money::Currency;
use udam_domain::policy::TabLimits;
use udam_web::GatewayAddress;

/// Currency and tab limit of the marketplace, the address of its gateway, and the listener that `/readyz` and `/metrics`
/// are on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiSettings {
    /// The one currency of all prices.
    pub currency: Currency,
    /// Largest tabs of buyers.
    pub tab_limits: TabLimits,
    /// Address at which listings are called that are sold through the gateway.
    pub gateway: GatewayAddress,
    /// Listener of `/readyz` and `/metrics`.
    pub operations: OperationsOn,
}

/// Listener of `/readyz` and `/metrics`. `/healthz` is served everywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OperationsOn {
    /// Beside the public API.
    PublicListener,
    /// On the admin listener only.
    AdminListener,
}

/// Rules for reading requests that depend on settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct WireRules {
    /// Currency that amounts are read in.
    pub(crate) currency: Currency,
    /// Whether logging in takes a password.
    pub(crate) password_required: bool,
    /// Whether listings can be sold through a gateway.
    pub(crate) has_gateway: bool,
}
