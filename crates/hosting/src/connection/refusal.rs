//! Responses to requests that cannot be read.

use actix_web::HttpResponse;
use actix_web::body::MessageBody;
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, HeaderValue, STRICT_TRANSPORT_SECURITY};
use bytes::BytesMut;
use udam_web::{RequestId, report_unread_request};

use crate::host_settings::HostSettings;
use crate::strict_transport::ONE_YEAR;

/// Makes responses to requests that never reach an app, and counts and logs them as an app does its own.
#[derive(Clone)]
pub(crate) struct Refusals(HostSettings);

impl Refusals {
    pub(crate) const fn new(settings: HostSettings) -> Self {
        Self(settings)
    }

    /// The bytes of a response with this status and date, after which the connection closes.
    pub(super) fn unread(&self, status: StatusCode, date: &str) -> BytesMut {
        let id = RequestId::random(self.0.entropy.as_ref());
        let mut response = (self.0.unread_request)(status, &id);
        report_unread_request(&mut response, &id);
        let headers = response.headers_mut();
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if self.0.needs_tls {
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
    // It is whole, by the contract of `UnreadRequest`.
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

    use super::*;
    use crate::testing::settings;

    #[test]
    fn a_refusal_is_the_response_of_the_settings_and_is_counted() {
        let recorder = PrometheusBuilder::new().build_recorder();
        let _recording = metrics::set_default_local_recorder(&recorder);
        for (status, line) in [
            (StatusCode::BAD_REQUEST, "400 Bad Request"),
            (StatusCode::REQUEST_TIMEOUT, "408 Request Timeout"),
            (
                StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
                "431 Request Header Fields Too Large",
            ),
        ] {
            let refusals = Refusals::new(settings(true));
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
            ] {
                assert!(head.contains(&header), "{header} is not in {head}");
            }
            let code = format!("\"code\":\"{}\"", status.as_str());
            assert!(body.contains(&code), "{body}");
            let id = body.split('"').nth(7).unwrap();
            assert!(head.contains(&format!("\r\nx-request-id: {id}")), "{head}");
            let page = recorder.handle().render();
            let counted = format!(
                "udam_http_requests_total{{route=\"unmatched\",method=\"other\",status=\"{}\"}} 1",
                status.as_u16()
            );
            assert!(page.contains(&counted), "{page}");
        }
    }
}
