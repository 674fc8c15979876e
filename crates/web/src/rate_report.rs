//! Reports on allowances, for clients: the fields `RateLimit-Policy` and `RateLimit` of
//! draft-ietf-httpapi-ratelimit-headers, as structured fields (RFC 9651).

use std::fmt::Write;

use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use actix_web::{HttpMessage, HttpRequest};

const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// State of an allowance after a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateReport {
    /// Name of the policy: letters.
    pub policy: &'static str,
    /// Requests of a period.
    pub quota: u32,
    /// Period in whole seconds.
    pub window: u64,
    /// Requests that are admitted at once now.
    pub left: u32,
    /// Whole seconds until all of the quota is there again; until the next request is admitted, if none is left.
    pub reset: u64,
}

/// Adds the fields with these allowances, which is all that concern a request. Without any, adds nothing.
pub fn add_rate_reports(headers: &mut HeaderMap, reports: &[RateReport]) {
    if reports.is_empty() {
        return;
    }
    let (mut policies, mut states) = (String::new(), String::new());
    for report in reports {
        let separator = if policies.is_empty() { "" } else { ", " };
        let RateReport {
            policy,
            quota,
            window,
            left,
            reset,
        } = report;
        // Writing to a text never fails.
        let _ = write!(policies, "{separator}\"{policy}\";q={quota};w={window}");
        let _ = write!(states, "{separator}\"{policy}\";r={left};t={reset}");
    }
    for (name, value) in [(RATE_LIMIT_POLICY, policies), (RATE_LIMIT, states)] {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(name, value);
        }
    }
}

/// Keeps the state of an allowance with the request that was counted.
pub(crate) fn keep_rate_report(request: &HttpRequest, report: RateReport) {
    request.extensions_mut().insert(report);
}

/// State of the allowance of the client's address, if requests like this one are limited and it was counted.
#[must_use]
pub fn rate_report(request: &HttpRequest) -> Option<RateReport> {
    request.extensions().get::<RateReport>().copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(policy: &'static str, left: u32) -> RateReport {
        RateReport {
            policy,
            quota: 400,
            window: 4,
            left,
            reset: 1,
        }
    }

    #[test]
    fn several_allowances_are_a_list() {
        let mut headers = HeaderMap::new();
        add_rate_reports(&mut headers, &[]);
        assert!(headers.is_empty());
        add_rate_reports(
            &mut headers,
            &[report("general", 399), report("account", 0)],
        );
        let text = |name| headers.get(name).unwrap().to_str().unwrap();
        assert_eq!(
            text(RATE_LIMIT_POLICY),
            "\"general\";q=400;w=4, \"account\";q=400;w=4"
        );
        assert_eq!(
            text(RATE_LIMIT),
            "\"general\";r=399;t=1, \"account\";r=0;t=1"
        );
    }
}
