use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::{Value, json};

/// The password of everybody whose password does not matter.
pub const PASSWORD: &str = "correct horse battery";

/// An address that nobody else has: tests share servers.
#[must_use]
pub fn fresh_email(name: &str) -> String {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    format!(
        "{name}-{}@example.com",
        NEXT.fetch_add(1, Ordering::Relaxed)
    )
}

/// What a seller says of a weather service with so many units at one dollar each. Tests change what
/// matters to them.
#[must_use]
pub fn weather(units: u32) -> Value {
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
