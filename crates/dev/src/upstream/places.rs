use actix_web::HttpResponse;
use serde::Deserialize;
use serde_json::{Value, json};

use super::answer::{Answer, Refusal};

struct City {
    name: &'static str,
    country: &'static str,
    lat: f64,
    lon: f64,
}

/// Cities with their coordinates, in degrees.
const CITIES: [City; 10] = [
    city("Amsterdam", "NL", 52.37, 4.90),
    city("Berlin", "DE", 52.52, 13.40),
    city("Buenos Aires", "AR", -34.60, -58.38),
    city("Lagos", "NG", 6.45, 3.39),
    city("London", "GB", 51.51, -0.13),
    city("Mumbai", "IN", 19.08, 72.88),
    city("Nairobi", "KE", -1.29, 36.82),
    city("New York", "US", 40.71, -74.01),
    city("Sydney", "AU", -33.87, 151.21),
    city("Tokyo", "JP", 35.68, 139.69),
];

const fn city(name: &'static str, country: &'static str, lat: f64, lon: f64) -> City {
    City {
        name,
        country,
        lat,
        lon,
    }
}

impl City {
    fn body(&self) -> Value {
        json!({"name": self.name, "country": self.country, "lat": self.lat, "lon": self.lon})
    }

    /// Square of the distance in degrees, which is enough to tell the nearest of so few.
    fn distance(&self, lat: f64, lon: f64) -> f64 {
        let around = (self.lon - lon).abs();
        let around = around.min(360.0 - around);
        (self.lat - lat).powi(2) + around.powi(2)
    }
}

#[derive(Deserialize)]
pub(super) struct Geocode {
    /// Name of a city, in any case.
    q: String,
}

pub(super) fn geocode(asked: &Geocode) -> Answer {
    let wanted = asked.q.trim();
    let found = CITIES
        .iter()
        .find(|city| city.name.eq_ignore_ascii_case(wanted))
        .ok_or(Refusal::NotFound("place"))?;
    Ok(HttpResponse::Ok().json(found.body()))
}

#[derive(Deserialize)]
pub(super) struct Reverse {
    lat: f64,
    lon: f64,
}

pub(super) fn reverse(asked: &Reverse) -> Answer {
    let (lat, lon) = (asked.lat, asked.lon);
    let nearest = CITIES
        .iter()
        .min_by(|one, other| one.distance(lat, lon).total_cmp(&other.distance(lat, lon)))
        .ok_or(Refusal::NotFound("place"))?;
    Ok(HttpResponse::Ok().json(nearest.body()))
}
