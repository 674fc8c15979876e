//! What servers, service, callers and database know of the same calls.

use std::collections::HashSet;

use anyhow::Result;
use udam_testkit::{Upstream, UpstreamRequest};

use super::site::Site;

/// Checks that `total` calls were charged, that the service has seen each of them once, and no others than those that were
/// returned; and that callers have had no answer beyond. Returns the number of calls that were returned.
pub(super) async fn check_calls(
    site: &Site,
    upstream: &Upstream,
    answered: impl Iterator<Item = String>,
    total: usize,
) -> Result<usize> {
    let requests = upstream.requests();
    let seen: HashSet<&str> = requests.iter().map(UpstreamRequest::target).collect();
    assert_eq!(seen.len(), requests.len(), "a call was made twice");
    let (charged, returned) = site.recorded().await?;
    let charged: HashSet<&str> = charged.iter().map(String::as_str).collect();
    assert_eq!(charged.len(), total);
    let unseen = charged.difference(&seen).next();
    assert_eq!(unseen, None, "a call was charged that was not made");
    let beyond = seen.len() - charged.len();
    assert!(
        beyond <= returned,
        "{beyond} calls were made beyond, and {returned} returned"
    );
    let answered: Vec<String> = answered.collect();
    let free = answered
        .iter()
        .filter(|path| !charged.contains(path.as_str()))
        .count();
    assert!(
        free <= returned,
        "{free} calls were answered and not charged"
    );
    Ok(returned)
}
