//! The one buyer of the sandbox.

use serde_json::{Value, json};

/// Last four digits of the card.
pub(super) const LAST4: &str = "4242";

pub(super) const EMAIL: &str = "buyer@sandbox.invalid";

pub(super) const NAME: &str = "Sandbox Buyer";

/// Billing address.
pub(super) fn address() -> Value {
    json!({
        "city": null,
        "country": "US",
        "line1": null,
        "line2": null,
        "postal_code": "10001",
        "state": null,
    })
}
