use serde::{Deserialize, Serialize};

use super::error::ControlError;
use crate::outbox::{DelayRange, DeliveryCounts, Outbox, WebhookPolicy};

/// The webhook policy. A field that is left out has its default: no fault.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct PolicyBody {
    drop_per_mille: u16,
    duplicate_per_mille: u16,
    /// Minimum and maximum.
    delay_ms: [u64; 2],
    shuffle: bool,
    seed: u64,
    hold: bool,
}

impl TryFrom<PolicyBody> for WebhookPolicy {
    type Error = ControlError;

    fn try_from(body: PolicyBody) -> Result<Self, ControlError> {
        let [min, max] = body.delay_ms;
        if min > max {
            return Err(ControlError::invalid("delay_ms must be [minimum, maximum]"));
        }
        if body.drop_per_mille > 1_000 || body.duplicate_per_mille > 1_000 {
            let message = "drop_per_mille and duplicate_per_mille must be at most 1000";
            return Err(ControlError::invalid(message));
        }
        Ok(Self {
            drop_per_mille: body.drop_per_mille,
            duplicate_per_mille: body.duplicate_per_mille,
            delay: DelayRange { min, max },
            shuffle: body.shuffle,
            seed: body.seed,
            hold: body.hold,
        })
    }
}

impl From<&WebhookPolicy> for PolicyBody {
    fn from(policy: &WebhookPolicy) -> Self {
        Self {
            drop_per_mille: policy.drop_per_mille,
            duplicate_per_mille: policy.duplicate_per_mille,
            delay_ms: [policy.delay.min, policy.delay.max],
            shuffle: policy.shuffle,
            seed: policy.seed,
            hold: policy.hold,
        }
    }
}

#[derive(Debug, Serialize)]
pub(super) struct WebhooksResponse {
    url: Option<String>,
    policy: PolicyBody,
    counts: CountsResponse,
}

impl From<&Outbox> for WebhooksResponse {
    fn from(outbox: &Outbox) -> Self {
        Self {
            url: outbox.url.as_ref().map(ToString::to_string),
            policy: outbox.policy().into(),
            counts: outbox.counts().into(),
        }
    }
}

#[derive(Debug, Serialize)]
struct CountsResponse {
    unaddressed: usize,
    held: usize,
    dropped: usize,
    waiting: usize,
    delivered: usize,
    failed: usize,
}

impl From<DeliveryCounts> for CountsResponse {
    fn from(counts: DeliveryCounts) -> Self {
        Self {
            unaddressed: counts.unaddressed,
            held: counts.held,
            dropped: counts.dropped,
            waiting: counts.waiting,
            delivered: counts.delivered,
            failed: counts.failed,
        }
    }
}
