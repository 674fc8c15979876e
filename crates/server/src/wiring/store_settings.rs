use udam_storefront::StorefrontSettings;

use udam_config::MarketplaceSettings;
use udam_web::GatewayAddress;
use url::Url;

/// The storefront's part of the settings.
pub(super) fn store_settings(settings: &MarketplaceSettings) -> StorefrontSettings {
    let orders = &settings.orders;
    StorefrontSettings {
        public_url: public_url(settings).cloned(),
        gateway: gateway_address(settings),
        currency: orders.currency(),
        small_order_limit: orders.small_order_limit(),
        tab_limits: orders.tab_limits(),
        smallest_charge: orders.charges().smallest,
    }
}

/// Address of the gateway: below the public URL, or else wherever a client has connected.
pub(super) fn gateway_address(settings: &MarketplaceSettings) -> GatewayAddress {
    public_url(settings).map_or(GatewayAddress::at_host_of_request("http"), |url| {
        GatewayAddress::at(url.as_str())
    })
}

pub(super) fn public_url(settings: &MarketplaceSettings) -> Option<&Url> {
    let paid_at = settings
        .payments()
        .map(|payments| &payments.stripe.public_url);
    settings.http.public_url.as_ref().or(paid_at)
}
