//! Waiting for the provider's confirmation on the page that it returns the buyer to.

use actix_web::HttpResponse;
use actix_web::http::header::{HeaderValue, REFRESH};
use udam_domain::time::{SignedDuration, Timestamp, after};

use crate::request::Request;

/// Period in which the page refreshes itself. A confirmation takes a few seconds; one that takes longer
/// may take hours.
const REFRESH_FOR: SignedDuration = SignedDuration::from_secs(60);

/// State of the wait. The address of the page holds the time of the return, so that every refresh loads the
/// same address and adds nothing to the browser's history.
pub(super) enum Wait {
    /// The browser is sent to this address, which has the time.
    Return(String),
    /// The page refreshes itself at this address.
    Awaited(String),
    /// There is nothing to wait for, or it takes too long.
    Over,
}

impl Wait {
    /// The wait of the page at this path, which waits for a confirmation or not.
    pub(super) fn of(request: &Request, path: &str, waits: bool) -> Self {
        if !waits {
            return Self::Over;
        }
        let now = request.marketplace().clock.now();
        let since = request.form.value("since").parse().ok();
        let since = since.and_then(|since| Timestamp::from_second(since).ok());
        match since {
            None => Self::Return(format!("{path}?since={}", now.as_second())),
            Some(since) if since <= now && now < after(since, REFRESH_FOR) => {
                Self::Awaited(format!("{path}?since={}", since.as_second()))
            }
            Some(_) => Self::Over,
        }
    }

    /// The address at which the page refreshes itself, if it does.
    pub(super) fn refreshed(self) -> Option<String> {
        match self {
            Self::Awaited(address) => Some(address),
            Self::Return(_) | Self::Over => None,
        }
    }
}

/// The response, which browsers without the script refresh if `is_live`.
pub(super) fn refreshing(mut response: HttpResponse, is_live: bool) -> HttpResponse {
    if is_live {
        let headers = response.headers_mut();
        headers.insert(REFRESH, HeaderValue::from_static("2"));
    }
    response
}
