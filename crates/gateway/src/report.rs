use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use udam_domain::gateway::{CallRate, Drawn, RateLimit};
use udam_web::{RateReport, add_rate_reports};

const CALL_ID: HeaderName = HeaderName::from_static("udam-call-id");
const CHARGED: HeaderName = HeaderName::from_static("udam-units-charged");
const REMAINING: HeaderName = HeaderName::from_static("udam-units-remaining");

/// What a client is told of a call, beside the answer.
#[derive(Debug, Clone)]
pub(crate) struct CallReport {
    pub(crate) drawn: Drawn,
    /// Units that are charged, if the call ends as its head promises.
    pub(crate) charged: u32,
    /// Units that the token has left then.
    pub(crate) remaining: u64,
}

/// Adds what a client is told of a call: its id, what it costs, and how many more there may be
/// (draft-ietf-httpapi-ratelimit-headers).
pub(crate) fn add_report(headers: &mut HeaderMap, report: &CallReport) {
    add(headers, CALL_ID, &report.drawn.call_id.to_string());
    add(headers, CHARGED, &report.charged.to_string());
    add(headers, REMAINING, &report.remaining.to_string());
    let rate = report.drawn.terms.terms.rate;
    if let Some((rate, limit)) = rate.zip(report.drawn.limit) {
        add_rate_reports(headers, &[rate_report(rate, limit)]);
    }
}

fn rate_report(rate: CallRate, limit: RateLimit) -> RateReport {
    RateReport {
        policy: "calls",
        quota: rate.calls().get(),
        window: rate.per().length().unsigned_abs().as_secs(),
        left: limit.left,
        reset: limit.full_in,
    }
}

pub(crate) fn add(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

#[cfg(test)]
mod tests {
    use udam_domain::gateway::RatePeriod;

    use super::*;

    #[test]
    fn a_rate_is_told_in_calls_and_seconds() {
        let rate = CallRate::new(100, RatePeriod::Minute).unwrap();
        let limit = RateLimit {
            left: 99,
            full_in: 1,
        };
        let mut headers = HeaderMap::new();
        add_rate_reports(&mut headers, &[rate_report(rate, limit)]);
        let text = |name| headers.get(name).unwrap().to_str().unwrap();
        assert_eq!(text("ratelimit-policy"), "\"calls\";q=100;w=60");
        assert_eq!(text("ratelimit"), "\"calls\";r=99;t=1");
    }
}
