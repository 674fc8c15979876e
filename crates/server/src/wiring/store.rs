use actix_web::web;
use udam_domain::Marketplace;
use udam_storefront::{Storefront, StorefrontSettings};

use crate::api::{Api, ApiPremises, LoginMode};
use crate::config::MarketplaceSettings;

/// The storefront over the same use cases as the API, and with its allowances.
pub(super) fn storefront(
    marketplace: &Marketplace,
    settings: &MarketplaceSettings,
    login: LoginMode,
    api: web::Data<Api>,
) -> Storefront {
    let orders = &settings.orders;
    let paid_at = settings
        .payments()
        .map(|payments| &payments.stripe.public_url);
    let settings = StorefrontSettings {
        public_url: settings.http.public_url.as_ref().or(paid_at).cloned(),
        currency: orders.currency(),
        small_order_limit: orders.small_order_limit(),
        tab_limit: orders.tab_limit(),
        smallest_charge: orders.charges().smallest,
        stage: login.into(),
    };
    Storefront::new(
        marketplace.clone(),
        settings,
        Box::new(ApiPremises::new(api)),
    )
}
