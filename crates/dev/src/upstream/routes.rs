use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use udam_crypto::SystemClock;
use udam_domain::Clock;
use udam_domain::time::Timestamp;

use super::access::{Access, Place};
use super::answer::{Answer, Refusal, query};
use super::quota::Quota;
use super::{exchange_rates, places, weather};

/// Weather to come.
pub(crate) const FORECAST: Access = Access {
    key: "demo-weather-forecast-9f27c1",
    place: Place::Bearer,
};

/// Weather that was, which declares what each call costs.
pub(crate) const HISTORY: Access = Access {
    key: "demo-weather-history-c3d95a",
    place: Place::Bearer,
};

/// Warnings, as a stream of events.
pub(crate) const ALERTS: Access = Access {
    key: "demo-weather-alerts-7a60ef",
    place: Place::Header("X-Api-Key"),
};

/// Places by their names, and the other way round.
pub(crate) const GEOCODING: Access = Access {
    key: "demo-geo-coding-52c7b3",
    place: Place::Query("key"),
};

/// Rates of currencies.
pub(crate) const EXCHANGE_RATES: Access = Access {
    key: "demo-markets-fx-2d9e17",
    place: Place::BasicUser,
};

/// Calls of all services together in each second.
pub(super) const CALLS_PER_SECOND: u32 = 5_000;

/// Declares the paths of all services.
pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .route("/weather/v2/forecast", web::get().to(forecast))
        .route("/weather/v2/history", web::get().to(history))
        .route("/weather/v2/alerts", web::get().to(alerts))
        .route("/geo/v1/geocode", web::get().to(geocode))
        .route("/geo/v1/reverse", web::get().to(reverse))
        .route("/fx/latest", web::get().to(latest_rates))
        .default_service(web::to(no_such_path));
}

/// Checks a call, and returns the time.
fn admit(request: &HttpRequest, quota: &Quota, access: &Access) -> Result<Timestamp, Refusal> {
    if !access.admits(request) {
        return Err(Refusal::Unauthenticated);
    }
    let now = SystemClock.now();
    quota.count(now.as_second())?;
    Ok(now)
}

async fn forecast(request: HttpRequest, quota: Data<Quota>) -> Answer {
    let now = admit(&request, &quota, &FORECAST)?;
    weather::forecast(&query(&request)?, now)
}

async fn history(request: HttpRequest, quota: Data<Quota>) -> Answer {
    let now = admit(&request, &quota, &HISTORY)?;
    weather::history(&query(&request)?, now)
}

async fn alerts(request: HttpRequest, quota: Data<Quota>) -> Answer {
    admit(&request, &quota, &ALERTS)?;
    weather::alerts(&query(&request)?)
}

async fn geocode(request: HttpRequest, quota: Data<Quota>) -> Answer {
    admit(&request, &quota, &GEOCODING)?;
    places::geocode(&query(&request)?)
}

async fn reverse(request: HttpRequest, quota: Data<Quota>) -> Answer {
    admit(&request, &quota, &GEOCODING)?;
    places::reverse(&query(&request)?)
}

async fn latest_rates(request: HttpRequest, quota: Data<Quota>) -> Answer {
    let now = admit(&request, &quota, &EXCHANGE_RATES)?;
    exchange_rates::latest(&query(&request)?, now)
}

async fn no_such_path() -> Result<HttpResponse, Refusal> {
    Err(Refusal::NotFound("path"))
}
