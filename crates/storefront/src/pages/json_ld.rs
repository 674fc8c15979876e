//! A listing in the vocabulary of schema.org, for search engines.

use serde_json::json;
use udam_domain::listing::{Listing, ListingState};

/// The listing as a `Product` with its `Offer` (schema.org/Product, schema.org/Offer), for a `script`
/// element.
pub(super) fn product(listing: &Listing, url: &str) -> String {
    let details = &listing.details;
    let price = details.price_per_unit.amount();
    let on_sale = listing.state == ListingState::Active;
    let availability = match (on_sale, listing.available.is_empty()) {
        (true, false) => "https://schema.org/InStock",
        (true, true) => "https://schema.org/SoldOut",
        (false, _) => "https://schema.org/Discontinued",
    };
    let product = json!({
        "@context": "https://schema.org",
        "@type": "Product",
        "name": details.service_name.as_str(),
        "description": details.description.as_ref().map_or_else(
            || details.unit_description.as_str(),
            |text| text.as_str(),
        ),
        "sku": listing.id.to_string(),
        "url": url,
        "offers": {
            "@type": "Offer",
            "url": url,
            "price": price.to_string(),
            "priceCurrency": price.currency().code(),
            "availability": availability,
            "seller": { "@type": "Organization", "name": listing.seller.name.as_str() },
        },
    });
    // No value may end the `script` element.
    product
        .to_string()
        .replace('<', "\\u003c")
        .replace('>', "\\u003e")
        .replace('&', "\\u0026")
}
