//! Responses to requests that cannot be read.

use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::body::MessageBody;
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, HeaderValue, STRICT_TRANSPORT_SECURITY};
use bytes::BytesMut;
use udam_domain::Entropy;
use udam_web::{RequestId, report_unread_request};

use crate::hosting::strict_transport::ONE_YEAR;

/// Makes problems of requests that never reach an app, and counts and logs them as an app does its own.
#[derive(Clone)]
pub(in crate::hosting) struct Refusals {
    entropy: Arc<dyn Entropy>,
    needs_tls: bool,
}

impl Refusals {
    /// With the header that browsers are told of TLS by, if it is needed.
    pub(in crate::hosting) fn new(entropy: Arc<dyn Entropy>, needs_tls: bool) -> Self {
        Self { entropy, needs_tls }
    }

    /// The bytes of a response with this status and date, after which the connection closes.
    pub(super) fn unread(&self, status: StatusCode, date: &str) -> BytesMut {
        let id = RequestId::random(self.entropy.as_ref());
        let mut response = udam_api::unread_request(status, &id);
        report_unread_request(&mut response, &id);
        let headers = response.headers_mut();
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if self.needs_tls {
            headers.insert(
                STRICT_TRANSPORT_SECURITY,
                HeaderValue::from_static(ONE_YEAR),
            );
        }
        encode(response, date)
    }
}

fn encode(response: HttpResponse, date: &str) -> BytesMut {
    let (response, body) = response.into_parts();
    // Problems are whole texts.
    let body = body.try_into_bytes().unwrap_or_default();
    let status = response.status();
    let reason = status.canonical_reason().unwrap_or_default();
    let mut bytes = BytesMut::new();
    let start = format!(
        "HTTP/1.1 {} {reason}\r\ncontent-length: {}\r\nconnection: close\r\ndate: {date}\r\n",
        status.as_u16(),
        body.len()
    );
    bytes.extend_from_slice(start.as_bytes());
    for (name, value) in response.headers() {
        bytes.extend_from_slice(name.as_str().as_bytes());
        bytes.extend_from_slice(b": ");
        bytes.extend_from_slice(value.as_bytes());
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend_from_slice(b"\r\n");
    bytes.extend_from_slice(&body);
    bytes
}

#[cfg(test)]
mod tests {
    use metrics_exporter_prometheus::PrometheusBuilder;
    use udam_crypto::SystemEntropy;

    use super::*;

    #[test]
    fn a_refusal_is_a_problem_that_is_counted() {
        let recorder = PrometheusBuilder::new().build_recorder();
        let _recording = metrics::set_default_local_recorder(&recorder);
        for (status, line, code) in [
            (
                StatusCode::BAD_REQUEST,
                "400 Bad Request",
                "malformed_request",
            ),
            (
                StatusCode::REQUEST_TIMEOUT,
                "408 Request Timeout",
                "request_timeout",
            ),
            (
                StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
                "431 Request Header Fields Too Large",
                "request_head_too_large",
            ),
        ] {
            let refusals = Refusals::new(Arc::new(SystemEntropy), true);
            let bytes = refusals.unread(status, "Sun, 29 Nov 2026 09:00:00 GMT");
            let text = std::str::from_utf8(&bytes).unwrap();
            let (head, body) = text.split_once("\r\n\r\n").unwrap();
            assert!(head.starts_with(&format!("HTTP/1.1 {line}\r\n")), "{head}");
            for header in [
                format!("\r\ncontent-length: {}", body.len()),
                "\r\nconnection: close".to_owned(),
                "\r\ndate: Sun, 29 Nov 2026 09:00:00 GMT".to_owned(),
                "\r\ncontent-type: application/problem+json".to_owned(),
                "\r\nx-content-type-options: nosniff".to_owned(),
                "\r\nstrict-transport-security: max-age=31536000".to_owned(),
                "\r\nx-request-id: ".to_owned(),
            ] {
                assert!(head.contains(&header), "{header} is not in {head}");
            }
            assert!(body.contains(&format!("\"code\":\"{code}\"")), "{body}");
            let page = recorder.handle().render();
            let counted = format!(
                "udam_http_requests_total{{route=\"unmatched\",method=\"other\",status=\"{}\"}} 1",
                status.as_u16()
            );
            assert!(page.contains(&counted), "{page}");
        }
    }
}
