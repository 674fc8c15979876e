use std::f64::consts::PI;
use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::http::header::CACHE_CONTROL;
use actix_web::web::Bytes;
use futures::{Stream, StreamExt, stream};
use serde::Deserialize;
use serde_json::{Value, json};
use udam_domain::time::Timestamp;

use super::answer::{Answer, Refusal};
use super::noise::{noise, rounded, share};

const SECONDS_PER_HOUR: i64 = 3_600;

#[derive(Deserialize)]
pub(super) struct Place {
    lat: f64,
    lon: f64,
}

impl Place {
    fn check(&self) -> Result<(), Refusal> {
        if self.lat.abs() <= 90.0 && self.lon.abs() <= 180.0 {
            Ok(())
        } else {
            let rule = "lat must be -90 to 90, and lon -180 to 180";
            Err(Refusal::Invalid(rule.to_owned()))
        }
    }

    /// The weather of an hour since 1970.
    fn weather(&self, hour: i64) -> Value {
        let parts = [
            format!("{:.1}", self.lat),
            format!("{:.1}", self.lon),
            hour.to_string(),
        ];
        let parts = parts.each_ref().map(String::as_str);
        let [lat, lon, hour_text] = parts;
        let hour_of_day = i32::try_from(hour.rem_euclid(24)).unwrap_or(0);
        let solar_hour = f64::from(hour_of_day) + self.lon / 15.0;
        let by_day = -5.0 * ((solar_hour - 3.0) * PI / 12.0).cos();
        let temperature = 0.45_f64.mul_add(-self.lat.abs(), 27.0) + by_day + 4.0 * share(&parts);
        let rain = share(&["rain", lat, lon, hour_text]);
        json!({
            "at": time_of(hour),
            "temperature_c": rounded(temperature, 1),
            "wind_kmh": rounded(40.0 * share(&["wind", lat, lon, hour_text]), 1),
            "precipitation_mm": if rain < 0.8 { 0.0 } else { rounded(30.0 * (rain - 0.8), 1) },
        })
    }
}

fn time_of(hour: i64) -> String {
    let time = Timestamp::from_second(hour.saturating_mul(SECONDS_PER_HOUR));
    time.unwrap_or(Timestamp::UNIX_EPOCH).to_string()
}

#[derive(Deserialize)]
pub(super) struct Forecast {
    lat: f64,
    lon: f64,
    /// Hours ahead, 1 to 240.
    hours: Option<u16>,
}

pub(super) fn forecast(asked: &Forecast, now: Timestamp) -> Answer {
    let place = Place {
        lat: asked.lat,
        lon: asked.lon,
    };
    place.check()?;
    let hours = bounded("hours", asked.hours.unwrap_or(24), 240)?;
    let first = now.as_second().div_euclid(SECONDS_PER_HOUR);
    let hourly: Vec<Value> = (0..i64::from(hours))
        .map(|ahead| place.weather(first.saturating_add(ahead)))
        .collect();
    Ok(HttpResponse::Ok().json(json!({"lat": place.lat, "lon": place.lon, "hourly": hourly})))
}

#[derive(Deserialize)]
pub(super) struct History {
    lat: f64,
    lon: f64,
    /// Days back, 1 to 12. Each costs a unit.
    days: Option<u16>,
}

/// The header by which a service declares what a call costs.
const UNITS: &str = "UDAM-Units";

/// Most days of a history.
pub(crate) const MAX_DAYS: u16 = 12;

pub(super) fn history(asked: &History, now: Timestamp) -> Answer {
    let place = Place {
        lat: asked.lat,
        lon: asked.lon,
    };
    place.check()?;
    let days = bounded("days", asked.days.unwrap_or(1), MAX_DAYS)?;
    let today = now.as_second().div_euclid(24 * SECONDS_PER_HOUR);
    let noons: Vec<Value> = (1..=i64::from(days))
        .map(|back| place.weather(today.saturating_sub(back).saturating_mul(24) + 12))
        .collect();
    Ok(HttpResponse::Ok()
        .insert_header((UNITS, days.to_string()))
        .json(json!({"lat": place.lat, "lon": place.lon, "at_noon": noons})))
}

#[derive(Deserialize)]
pub(super) struct Alerts {
    /// Number of alerts, after which the stream ends, 1 to 1,000.
    events: Option<u16>,
    /// Milliseconds between two alerts, at most 10,000.
    every_ms: Option<u16>,
}

/// A stream of server-sent events, each of which is an alert.
pub(super) fn alerts(asked: &Alerts) -> Answer {
    let events = bounded("events", asked.events.unwrap_or(10), 1_000)?;
    let every = match asked.every_ms {
        Some(0) => 0,
        other => bounded("every_ms", other.unwrap_or(1_000), 10_000)?,
    };
    let events = alert_events(events, Duration::from_millis(every.into()));
    Ok(HttpResponse::Ok()
        .content_type("text/event-stream")
        .insert_header((CACHE_CONTROL, "no-store"))
        .streaming(events.map(Ok::<_, std::convert::Infallible>)))
}

fn alert_events(events: u16, every: Duration) -> impl Stream<Item = Bytes> {
    stream::iter(1..=events).then(move |number| async move {
        if number > 1 {
            tokio::time::sleep(every).await;
        }
        Bytes::from(alert_event(number))
    })
}

fn alert_event(number: u16) -> String {
    const KINDS: [&str; 4] = ["wind", "thunderstorm", "flood", "frost"];
    const AREAS: [&str; 4] = ["coast", "mountains", "river valley", "plain"];

    let number = number.to_string();
    let chosen = |from: &'static [&'static str], of: &str| {
        let length = u32::try_from(from.len()).unwrap_or(1);
        let index = usize::try_from(noise(&[of, &number]) % length).unwrap_or(0);
        from.get(index).copied()
    };
    let data = json!({"kind": chosen(&KINDS, "kind"), "area": chosen(&AREAS, "area")});
    format!("id: {number}\nevent: alert\ndata: {data}\n\n")
}

fn bounded(name: &str, value: u16, most: u16) -> Result<u16, Refusal> {
    if (1..=most).contains(&value) {
        Ok(value)
    } else {
        Err(Refusal::Invalid(format!("{name} must be 1 to {most}")))
    }
}
