//! Routes for operators and for programs that read about the API.

mod docs;
mod examples;
pub(crate) mod healthz;
pub(crate) mod metrics;
pub(crate) mod openapi;
pub(crate) mod readyz;
pub(crate) mod well_known;

use anyhow::Result;
use reqwest::Method;
use udam_testkit::Client;

use crate::assertions::assert_json;

/// The status is `ok`, and `HEAD` returns no body.
async fn assert_ok(client: &Client, path: &str) -> Result<()> {
    let response = client.get(path).await?;
    assert_json(&response, 200);
    assert_eq!(response["status"], "ok");
    let head = client.send(client.request(Method::HEAD, path)).await?;
    assert_eq!((head.status, head.text.as_str()), (200, ""));
    Ok(())
}
