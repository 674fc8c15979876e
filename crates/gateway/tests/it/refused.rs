//! Calls that are refused take no units, and do not reach the service.

use udam_domain::gateway::DrawRefused;
use udam_domain::time::RetryAfter;

use crate::market::{Market, Settings};
use crate::service::Service;

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_is_refused() {
    let service = Service::answering("").await;
    let now = "2026-11-30T00:00:00Z".parse().unwrap();
    let later = "2026-11-30T00:00:03Z".parse().unwrap();
    let units = crate::market::units(2);
    let left = udam_domain::units::Stock::new(1).unwrap();
    for (refused, status, code) in [
        (DrawRefused::InvalidKey, 401, "invalid_access_key"),
        (DrawRefused::TokenRevoked, 410, "token_revoked"),
        (DrawRefused::TokenExpired, 410, "token_expired"),
        (DrawRefused::Suspended, 403, "suspended"),
        (DrawRefused::ListingArchived, 410, "listing_archived"),
        (DrawRefused::TokenSuspended, 423, "token_suspended"),
        (DrawRefused::NotSold, 403, "call_not_allowed"),
        (
            DrawRefused::UnitsExhausted {
                left,
                needed: units,
            },
            402,
            "units_exhausted",
        ),
        (
            DrawRefused::KeyUnitsExhausted {
                left,
                needed: units,
            },
            402,
            "units_exhausted",
        ),
        (
            DrawRefused::RateLimited(RetryAfter::at(later, now)),
            429,
            "rate_limited",
        ),
    ] {
        let mut settings = Settings::of(service.url());
        settings.refuse = Some(refused);
        let mut market = Market::open(settings);
        let response = market.get("/").await;
        response.expect_problem(status, code);
        if status == 429 {
            assert_eq!(response.header("retry-after"), "3");
        }
        assert!(market.no_more_ended());
    }
    assert_eq!(service.connections(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_missing_or_wrong() {
    let service = Service::answering("").await;
    let market = Market::of(service.url());
    let mut client = market.client().await;
    for header in [
        "",
        "Authorization: Bearer udk_wrong\r\n",
        "Authorization: Bearer sk_1\r\n",
    ] {
        client
            .send(format!(
                "GET {}/ HTTP/1.1\r\nHost: x\r\n{header}\r\n",
                Market::path()
            ))
            .await;
        let (response, _) = client.response().await;
        response.expect_problem(401, "invalid_access_key");
        assert_eq!(response.header("www-authenticate"), "Bearer");
    }
    assert_eq!((market.drawn(), service.connections()), (0, 0));
}
