//! The payment provider's signature of a webhook.

use actix_web::http::header::{HeaderMap, HeaderName};
use udam_domain::Marketplace;

use super::problem::{ApiError, Problem};
use super::recorder_metrics;

const SIGNATURE: HeaderName = HeaderName::from_static("stripe-signature");

/// Refuses a webhook that cannot hold, before its body is read: anybody can send one, and bodies of webhooks may be
/// large.
pub(super) fn admit(marketplace: &Marketplace, headers: &HeaderMap) -> Result<(), ApiError> {
    let Some(webhooks) = &marketplace.webhooks else {
        let error = Problem::PaymentsUnavailable.into();
        recorder_metrics::unread_webhook(&error);
        return Err(error);
    };
    Ok(webhooks.admit(signature(headers))?)
}

/// The signature, if it is text.
pub(super) fn signature(headers: &HeaderMap) -> Option<&str> {
    headers.get(SIGNATURE)?.to_str().ok()
}
