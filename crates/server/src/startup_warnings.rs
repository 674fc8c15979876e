//! Warnings at the start: settings that are valid, but seldom meant.

use udam_domain::policy::Endpoints;
use url::Url;

use udam_config::MarketplaceSettings;

/// Logs a warning for each setting of `udam serve` that production should not have.
pub(crate) fn warn_of_settings(settings: &MarketplaceSettings) {
    match &settings.http.public_url {
        None => tracing::warn!(
            "UDAM_PUBLIC_URL is not set: canonical addresses, the sitemap and the feed are made of \
             whatever host each visitor asks for; set it to how buyers reach the marketplace"
        ),
        Some(url) if is_plain(url) => tracing::warn!(
            %url,
            "UDAM_PUBLIC_URL is an http address: sessions of browsers need TLS, so that nobody can \
             sign in to the pages from another machine; set it to the https address of the proxy in front"
        ),
        Some(_) => {}
    }
    if settings.listings.endpoints == Endpoints::Any {
        tracing::warn!(
            "UDAM_PRIVATE_ENDPOINTS is allow: sellers can have the gateway call any machine that this one reaches; \
             leave it out unless all sellers are yours"
        );
    }
    let api_base = settings
        .payments()
        .and_then(|payments| payments.stripe.api_base.as_ref());
    if let Some(url) = api_base.filter(|url| is_plain(url)) {
        tracing::warn!(
            %url,
            "STRIPE_API_BASE is an http address: Stripe's secret key is sent in the clear, to whatever \
             listens there; leave it out to call Stripe itself"
        );
    }
}

fn is_plain(url: &Url) -> bool {
    url.scheme() == "http"
}
