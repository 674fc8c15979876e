use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use http::header::HeaderMap;
use http::{Method, Request, Response};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use tokio::time::{Instant, timeout};
use udam_domain::gateway::CallOutcome;
use udam_domain::{ProbeAnswer, ProbeFailed, ProbeRequest, ServiceProbe};

use crate::answer::check;
use crate::body::{Progress, RequestBody};
use crate::credential::place;
use crate::redact::{Redactor, Secrets};
use crate::services::Services;
use crate::target::target;
use crate::upstream::UpstreamRequest;

/// Time for the part of a body that is kept to come.
const BODY_TIMEOUT: Duration = Duration::from_secs(10);

#[async_trait]
impl ServiceProbe for Services {
    async fn probe(&self, probe: ProbeRequest) -> Result<ProbeAnswer, ProbeFailed> {
        let (sent, secrets) = request(&probe).ok_or_else(broken)?;
        let started = Instant::now();
        let answered = self.upstream().send(sent).await;
        let response = answered.map_err(|error| ProbeFailed {
            outcome: error.outcome(),
        })?;
        let latency = started.elapsed();
        check(&response, false).map_err(|_not_passed_on| broken())?;
        let status = response.status().as_u16();
        let headers = masked(response.headers(), &secrets);
        let (body, is_truncated) = beginning(response, secrets).await;
        Ok(ProbeAnswer {
            status,
            headers,
            body,
            is_truncated,
            latency,
        })
    }
}

const fn broken() -> ProbeFailed {
    ProbeFailed {
        outcome: CallOutcome::Broken,
    }
}

fn request(probe: &ProbeRequest) -> Option<(UpstreamRequest, Secrets)> {
    let mut headers = HeaderMap::new();
    let placed = place(
        &probe.auth,
        &probe.key,
        &mut headers,
        probe.query.as_deref(),
    )
    .ok()?;
    let uri = target(
        probe.endpoint_url.as_str(),
        probe.path.as_str(),
        placed.query.as_deref(),
    )
    .ok()?;
    let progress = Arc::new(Progress::new());
    let mut request = Request::new(RequestBody::none(Arc::clone(&progress)));
    *request.method_mut() = Method::from_bytes(probe.method.to_string().as_bytes()).ok()?;
    *request.uri_mut() = uri;
    *request.headers_mut() = headers;
    let timeout = Duration::from_secs(probe.timeout.seconds().into());
    let sent = UpstreamRequest {
        request,
        progress,
        upgrades: false,
        timeout,
    };
    let secrets = Secrets::of(probe.key.expose(), &placed.credential);
    Some((sent, secrets))
}

/// The headers as text, without secrets.
fn masked(headers: &HeaderMap, secrets: &Secrets) -> Vec<(String, String)> {
    let text = |bytes: &[u8]| {
        let redacted = secrets.redact(bytes);
        String::from_utf8_lossy(redacted.as_deref().unwrap_or(bytes)).into_owned()
    };
    let pairs = headers.iter();
    pairs
        .map(|(name, value)| (text(name.as_str().as_bytes()), text(value.as_bytes())))
        .collect()
}

/// The beginning of a body, without secrets, and whether there is more. What does not come in time is left out.
async fn beginning(response: Response<Incoming>, secrets: Secrets) -> (Vec<u8>, bool) {
    let (mut body, mut redactor, mut kept) =
        (response.into_body(), Redactor::new(secrets), Vec::new());
    let reading = async {
        while let Some(Ok(frame)) = body.frame().await {
            if let Ok(chunk) = frame.into_data() {
                kept.extend_from_slice(&redactor.push(chunk));
            }
            if kept.len() > ProbeAnswer::MOST_BYTES {
                return true;
            }
        }
        kept.extend_from_slice(&redactor.finish());
        kept.len() > ProbeAnswer::MOST_BYTES
    };
    let is_truncated = timeout(BODY_TIMEOUT, reading).await.unwrap_or(true);
    kept.truncate(ProbeAnswer::MOST_BYTES);
    (kept, is_truncated)
}
