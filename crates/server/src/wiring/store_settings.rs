use udam_storefront::StorefrontSettings;

use udam_config::MarketplaceSettings;

/// The storefront's part of the settings.
pub(super) fn store_settings(settings: &MarketplaceSettings) -> StorefrontSettings {
    let orders = &settings.orders;
    let paid_at = settings
        .payments()
        .map(|payments| &payments.stripe.public_url);
    StorefrontSettings {
        public_url: settings.http.public_url.as_ref().or(paid_at).cloned(),
        currency: orders.currency(),
        small_order_limit: orders.small_order_limit(),
        tab_limits: orders.tab_limits(),
        smallest_charge: orders.charges().smallest,
    }
}
