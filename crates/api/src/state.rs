use std::sync::Arc;

use actix_web::web::Bytes;
use metrics_exporter_prometheus::PrometheusHandle;
use udam_domain::Marketplace;
use udam_web::{Admission, Health, ListingQuality, PasswordlessLogIn};

use crate::settings::{ApiSettings, WireRules};

/// The API: its use cases, settings and dependencies.
pub struct Api {
    pub(crate) marketplace: Marketplace,
    pub(crate) settings: ApiSettings,
    pub(crate) dependencies: ApiDependencies,
    /// The OpenAPI document, as JSON.
    pub(crate) document: Bytes,
    /// Quality of the services of listings, as measured lately.
    pub(crate) quality: ListingQuality,
}

/// Dependencies of the API besides the use cases.
pub struct ApiDependencies {
    /// Shared with the other adapters: a client has one allowance.
    pub admission: Arc<Admission>,
    /// Check behind `/readyz`.
    pub health: Arc<Health>,
    /// Renders the metrics of the installed recorder.
    pub metrics: PrometheusHandle,
    /// Logs in without a password; `None` in production.
    pub passwordless: Option<Arc<dyn PasswordlessLogIn>>,
}

impl Api {
    pub(crate) const fn wire_rules(&self) -> WireRules {
        WireRules {
            currency: self.settings.currency,
            password_required: self.dependencies.passwordless.is_none(),
            has_gateway: self.marketplace.gateway.is_some(),
        }
    }
}
