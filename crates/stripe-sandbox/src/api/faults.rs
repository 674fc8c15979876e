//! Calls that are to go wrong.

use std::time::Duration;

use super::call::Call;

/// What happens to the next calls that match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    /// How many calls it strikes yet.
    pub(crate) remaining: u32,
    pub(crate) kind: FaultKind,
    pub(crate) delay: Duration,
    /// Which paths it strikes.
    pub(crate) path_prefix: String,
    /// Which method it strikes, if not all.
    pub(crate) method: Option<String>,
    /// Whether the call takes effect before it goes wrong: it is the answer that is lost.
    pub(crate) after_effect: bool,
    /// Whether a 500 is remembered under the idempotency key, as Stripe does once it has begun.
    pub(crate) kept: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FaultKind {
    /// Stripe's own failure.
    Status500,
    /// 200, and a body that is not JSON.
    Garbage,
    /// No answer, and the connection breaks off after the delay.
    Timeout,
    /// The right answer after the delay.
    Slow,
}

impl FaultKind {
    const ALL: [Self; 4] = [Self::Status500, Self::Garbage, Self::Timeout, Self::Slow];

    pub(crate) fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Status500 => "status_500",
            Self::Garbage => "garbage",
            Self::Timeout => "timeout",
            Self::Slow => "slow",
        }
    }
}

/// The faults that have not struck yet, in the order in which they were asked for.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    waiting: Vec<Fault>,
}

impl Faults {
    pub(crate) fn add(&mut self, fault: Fault) {
        self.waiting.push(fault);
    }

    pub(crate) fn clear(&mut self) {
        self.waiting.clear();
    }

    pub(crate) fn waiting(&self) -> &[Fault] {
        &self.waiting
    }

    /// The fault that strikes this call, if any does. It is used up by it.
    pub(crate) fn strike(&mut self, call: &Call) -> Option<Fault> {
        let fault = self.waiting.iter_mut().find(|fault| fault.matches(call))?;
        fault.remaining = fault.remaining.saturating_sub(1);
        let fault = fault.clone();
        self.waiting.retain(|fault| fault.remaining > 0);
        Some(fault)
    }
}

impl Fault {
    fn matches(&self, call: &Call) -> bool {
        let method = self.method.as_ref();
        call.path.starts_with(&self.path_prefix)
            && method.is_none_or(|method| method.eq_ignore_ascii_case(&call.method))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::Form;

    fn call(method: &str, path: &str) -> Call {
        Call {
            method: method.to_owned(),
            path: path.to_owned(),
            form: Form::default(),
            api_key: None,
            idempotency_key: None,
        }
    }

    fn fault(remaining: u32, path_prefix: &str, method: Option<&str>) -> Fault {
        Fault {
            remaining,
            kind: FaultKind::Slow,
            delay: Duration::ZERO,
            path_prefix: path_prefix.to_owned(),
            method: method.map(str::to_owned),
            after_effect: false,
            kept: false,
        }
    }

    #[test]
    fn a_fault_strikes_as_often_as_asked_and_only_what_it_matches() {
        let mut faults = Faults::default();
        faults.add(fault(2, "/v1/refunds", Some("post")));
        assert_eq!(faults.strike(&call("POST", "/v1/events")), None);
        assert_eq!(faults.strike(&call("GET", "/v1/refunds/re_1")), None);
        assert!(faults.strike(&call("POST", "/v1/refunds")).is_some());
        assert!(faults.strike(&call("POST", "/v1/refunds")).is_some());
        assert_eq!(faults.strike(&call("POST", "/v1/refunds")), None);
        assert!(faults.waiting().is_empty());
    }
}
