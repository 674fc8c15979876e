use actix_web::HttpResponse;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use udam_domain::time::Timestamp;

use super::answer::{Answer, Refusal};
use super::noise::{rounded, share};

/// Currencies with what one is worth in the first, around which its rate moves. Made up.
const CURRENCIES: [(&str, f64); 8] = [
    ("USD", 1.0),
    ("AUD", 0.66),
    ("CHF", 1.14),
    ("EUR", 1.09),
    ("GBP", 1.28),
    ("INR", 0.012),
    ("JPY", 0.0068),
    ("KES", 0.0077),
];

#[derive(Deserialize)]
pub(super) struct Latest {
    /// Currency that rates are of; USD if none is given.
    base: Option<String>,
    /// Codes separated by commas; all if none are given.
    symbols: Option<String>,
}

pub(super) fn latest(asked: &Latest, now: Timestamp) -> Answer {
    let minute = now.as_second().div_euclid(60);
    let base = asked.base.as_deref().unwrap_or("USD");
    let of_base = worth(base, minute)?;
    let all = || CURRENCIES.iter().map(|(code, _)| *code).collect();
    let wanted: Vec<&str> = asked
        .symbols
        .as_deref()
        .map_or_else(all, |symbols| symbols.split(',').collect());
    let mut rates = Map::new();
    for code in wanted.into_iter().filter(|code| *code != base) {
        let rate = rounded(of_base / worth(code, minute)?, 4);
        rates.insert(code.to_owned(), Value::from(rate));
    }
    let at = Timestamp::from_second(minute.saturating_mul(60)).unwrap_or(now);
    let body = json!({"base": base, "at": at.to_string(), "rates": rates});
    Ok(HttpResponse::Ok().json(body))
}

/// What one of a currency is worth in a minute since 1970: within half a percent of what it is around.
fn worth(code: &str, minute: i64) -> Result<f64, Refusal> {
    let (_, around) = CURRENCIES
        .iter()
        .find(|(known, _)| *known == code)
        .ok_or(Refusal::NotFound("currency"))?;
    Ok(around * 0.01_f64.mul_add(share(&[code, &minute.to_string()]), 0.995))
}
