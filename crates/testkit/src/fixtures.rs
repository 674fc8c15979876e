use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::{Value, json};

/// Password of every account whose password does not matter.
pub const PASSWORD: &str = "correct horse battery";

/// An email address that no other account of this process has: tests share servers.
#[must_use]
pub fn unique_email(name: &str) -> String {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    format!(
        "{name}-{}@example.com",
        NEXT.fetch_add(1, Ordering::Relaxed)
    )
}

/// A valid body of `POST /v1/listings`: a weather service at 1.00 a unit. Tests change the fields that
/// matter to them.
#[must_use]
pub fn weather_listing(units: u32) -> Value {
    json!({
        "service_name": "Weather by the hour",
        "description": "Forecasts for every airport.",
        "endpoint_url": "https://weather.example.com/v1",
        "api_key": "sk-weather-1",
        "price_per_unit": "1.00",
        "unit_description": "1,000 forecasts",
        "available_units": units,
    })
}
