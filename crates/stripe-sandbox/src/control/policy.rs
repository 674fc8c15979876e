//! The post's policy and its counts, in JSON.

use serde::{Deserialize, Serialize};

use super::ControlError;
use crate::webhooks::{Delay, Mailroom, Policy};

/// What is left out is as it is by default: the post is reliable.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct PolicyBody {
    drop_per_mille: u16,
    duplicate_per_mille: u16,
    delay_ms: [u64; 2],
    shuffle: bool,
    seed: u64,
    hold: bool,
}

impl PolicyBody {
    pub(super) fn parse(self) -> Result<Policy, ControlError> {
        let unusable = |why: &str| ControlError::Unusable(why.to_owned());
        let [least, most] = self.delay_ms;
        if least > most {
            return Err(unusable("delay_ms must be [least, most]"));
        }
        if self.drop_per_mille > 1_000 || self.duplicate_per_mille > 1_000 {
            return Err(unusable("no more than 1000 in a thousand"));
        }
        Ok(Policy {
            drop_per_mille: self.drop_per_mille,
            duplicate_per_mille: self.duplicate_per_mille,
            delay: Delay { least, most },
            shuffle: self.shuffle,
            seed: self.seed,
            hold: self.hold,
        })
    }
}

impl From<&Policy> for PolicyBody {
    fn from(policy: &Policy) -> Self {
        Self {
            drop_per_mille: policy.drop_per_mille,
            duplicate_per_mille: policy.duplicate_per_mille,
            delay_ms: [policy.delay.least, policy.delay.most],
            shuffle: policy.shuffle,
            seed: policy.seed,
            hold: policy.hold,
        }
    }
}

#[derive(Debug, Serialize)]
pub(super) struct PostResponse {
    url: Option<String>,
    policy: PolicyBody,
    counts: CountsResponse,
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

impl From<&Mailroom> for PostResponse {
    fn from(mailroom: &Mailroom) -> Self {
        let counts = mailroom.counts();
        Self {
            url: mailroom.address.as_ref().map(ToString::to_string),
            policy: mailroom.policy().into(),
            counts: CountsResponse {
                unaddressed: counts.unaddressed,
                held: counts.held,
                dropped: counts.dropped,
                waiting: counts.waiting,
                delivered: counts.delivered,
                failed: counts.failed,
            },
        }
    }
}
