//! Settings for tests.

use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use udam_domain::MockEntropy;
use udam_web::RequestId;

use crate::host_settings::HostSettings;

/// Settings whose response to what cannot be read has its status as code, as in `"code":"408"`.
pub(crate) fn settings(needs_tls: bool) -> HostSettings {
    let mut entropy = MockEntropy::new();
    entropy.expect_fill().return_const(());
    HostSettings {
        entropy: Arc::new(entropy),
        needs_tls,
        unread_request,
    }
}

fn unread_request(status: StatusCode, id: &RequestId) -> HttpResponse {
    let code = status.as_str();
    HttpResponse::build(status)
        .content_type("application/problem+json")
        .body(format!("{{\"code\":\"{code}\",\"request_id\":\"{id}\"}}"))
}
