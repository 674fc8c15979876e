use std::sync::Arc;

use udam_domain::Marketplace;
use udam_domain::money::{Currency, Money};
use udam_domain::policy::TabLimits;
use udam_web::{Admission, GatewayAddress, ListingQuality};
use url::Url;

use crate::development::{Development, DevelopmentTexts};
use crate::format;

/// The use cases, settings and dependencies of all pages.
pub struct Storefront {
    pub(crate) marketplace: Marketplace,
    pub(crate) settings: StorefrontSettings,
    pub(crate) dependencies: StorefrontDependencies,
    /// Quality of the services of listings, as measured lately.
    pub(crate) quality: ListingQuality,
}

/// The admission control that a storefront shares with the other adapters, and its additions in
/// development.
pub struct StorefrontDependencies {
    /// Client addresses and rate limits, shared with the other adapters.
    pub admission: Arc<Admission>,
    /// Additions of a development server; `None` in production.
    pub development: Option<Development>,
}

/// The operator's settings that pages depend on.
#[derive(Debug, Clone)]
pub struct StorefrontSettings {
    /// Base of absolute URLs; `None` takes the `Host` of each request.
    pub public_url: Option<Url>,
    /// Address at which listings are called that are sold through the gateway.
    pub gateway: GatewayAddress,
    /// Currency of all prices.
    pub currency: Currency,
    /// Orders with a total below this are fulfilled immediately, if the tab has room.
    pub small_order_limit: Money,
    /// Largest amounts on buyers' tabs.
    pub tab_limits: TabLimits,
    /// Smallest amount that the payment provider can charge.
    pub smallest_charge: Money,
}

impl StorefrontSettings {
    /// The total below which an order is fulfilled immediately, as shown; `None` if every order is paid first.
    pub(crate) fn immediate_below(&self) -> Option<String> {
        let limit = self.small_order_limit;
        (limit.minor() > 0).then(|| format::money(limit))
    }
}

/// Kind of a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    /// Cookies travel over TLS only.
    Production,
    /// Cookies travel over plain HTTP, too.
    Development,
}

impl Storefront {
    /// A storefront over these use cases.
    #[must_use]
    pub fn new(
        marketplace: Marketplace,
        settings: StorefrontSettings,
        dependencies: StorefrontDependencies,
    ) -> Self {
        Self {
            marketplace,
            settings,
            dependencies,
            quality: ListingQuality::default(),
        }
    }

    /// Whether this is a development server.
    pub(crate) const fn stage(&self) -> Stage {
        match self.dependencies.development {
            Some(_) => Stage::Development,
            None => Stage::Production,
        }
    }

    /// Whether browsers must reach it through TLS: cookies travel over nothing else.
    #[must_use]
    pub fn needs_tls(&self) -> bool {
        self.stage() == Stage::Production
    }

    /// Texts of the development mode; `None` in production.
    pub(crate) fn development_texts(&self) -> Option<DevelopmentTexts> {
        let development = self.dependencies.development.as_ref();
        development.map(|development| development.texts)
    }
}
