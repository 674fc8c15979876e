//! HTTP: what holds for every route, and malformed or hostile input.

mod authorization;
mod bodies;
mod cross_origin;
mod fields;
mod hostile_texts;
mod hostile_values;
mod malformed_requests;
mod paths;
mod request_ids;

use anyhow::{Result, ensure};
use udam_testkit::Response;

pub(crate) fn assert_no_server_error(response: &Response, what: &str) -> Result<()> {
    ensure!(
        response.status < 500,
        "{what}: {} {}",
        response.status,
        response.text
    );
    Ok(())
}
