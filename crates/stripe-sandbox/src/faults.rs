//! Faults that a test injects into requests to the API.

use std::time::Duration;

use strum::{EnumString, IntoStaticStr};

use crate::uses::Uses;
use crate::wire::{ApiRequest, Refusal};

/// A fault of the next requests that match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    /// Number of requests that it still applies to.
    pub(crate) remaining: Uses,
    pub(crate) kind: FaultKind,
    /// Response to a request that is refused.
    pub(crate) refusal: Refusal,
    /// Time before the response, or before the connection breaks off.
    pub(crate) delay: Duration,
    /// Prefix of the paths that it applies to.
    pub(crate) path_prefix: String,
    /// Method that it applies to; `None` = any.
    pub(crate) method: Option<String>,
    /// Whether the request is executed first, so that only its response is lost.
    pub(crate) after_effect: bool,
    /// Whether a 500 is stored under the idempotency key, as by Stripe once execution has begun.
    pub(crate) kept: bool,
}

/// Kind of fault, under the name that the control API gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case", const_into_str)]
pub(crate) enum FaultKind {
    /// Status 500 with Stripe's error object.
    #[strum(serialize = "status_500")]
    Status500,
    /// Status 200 with a body that is not JSON.
    Garbage,
    /// No response: the connection breaks off after the delay.
    Timeout,
    /// The right response after the delay.
    Slow,
    /// A 4xx with Stripe's error object: no retry will help.
    Refused,
}

/// Pending faults, in the order in which they were added.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    pending: Vec<Fault>,
}

impl Faults {
    pub(crate) fn add(&mut self, fault: Fault) {
        self.pending.push(fault);
    }

    pub(crate) fn clear(&mut self) {
        self.pending.clear();
    }

    pub(crate) fn pending(&self) -> &[Fault] {
        &self.pending
    }

    /// Returns the first fault that matches the request, and counts it down.
    pub(crate) fn take_matching(&mut self, request: &ApiRequest) -> Option<Fault> {
        let fault = self
            .pending
            .iter_mut()
            .find(|fault| fault.matches(request))?;
        fault.remaining.take();
        let fault = fault.clone();
        self.pending.retain(|fault| fault.remaining.are_left());
        Some(fault)
    }
}

impl Fault {
    fn matches(&self, request: &ApiRequest) -> bool {
        let method = self.method.as_ref();
        request.path.starts_with(&self.path_prefix)
            && method.is_none_or(|method| method.eq_ignore_ascii_case(&request.method))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::Form;

    fn request(method: &str, path: &str) -> ApiRequest {
        ApiRequest {
            method: method.to_owned(),
            path: path.to_owned(),
            form: Form::default(),
            api_key: None,
            idempotency_key: None,
        }
    }

    fn fault(remaining: Option<u32>, path_prefix: &str, method: Option<&str>) -> Fault {
        Fault {
            remaining: Uses(remaining),
            kind: FaultKind::Slow,
            refusal: Refusal::default(),
            delay: Duration::ZERO,
            path_prefix: path_prefix.to_owned(),
            method: method.map(str::to_owned),
            after_effect: false,
            kept: false,
        }
    }

    #[test]
    fn a_fault_applies_the_given_number_of_times_to_matching_requests() {
        let mut faults = Faults::default();
        faults.add(fault(Some(2), "/v1/refunds", Some("post")));
        let mut applies = |method, path| faults.take_matching(&request(method, path)).is_some();
        assert!(!applies("POST", "/v1/events"));
        assert!(!applies("GET", "/v1/refunds/re_1"));
        assert!(applies("POST", "/v1/refunds"));
        assert!(applies("POST", "/v1/refunds"));
        assert!(!applies("POST", "/v1/refunds"));
        assert!(faults.pending().is_empty());
    }

    #[test]
    fn a_fault_without_a_limit_applies_until_it_is_cleared() {
        let mut faults = Faults::default();
        faults.add(fault(None, "/v1", None));
        for _ in 0..100 {
            assert!(
                faults
                    .take_matching(&request("GET", "/v1/events"))
                    .is_some()
            );
        }
        faults.clear();
        assert!(
            faults
                .take_matching(&request("GET", "/v1/events"))
                .is_none()
        );
    }
}
