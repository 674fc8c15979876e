use std::time::Duration;

use strum::{Display, EnumString, IntoStaticStr, VariantArray};

use crate::id::{AccountId, ListingId, TokenId};
use crate::time::{SignedDuration, Timestamp};

/// Length of the periods that usage is summed over.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Display, EnumString, IntoStaticStr, VariantArray,
)]
#[strum(serialize_all = "snake_case")]
pub enum Granularity {
    /// Hours, UTC: the last 48.
    Hour,
    /// Days, UTC: the last 30.
    Day,
}

impl Granularity {
    /// Length of a period.
    #[must_use]
    pub const fn length(self) -> SignedDuration {
        match self {
            Self::Hour => SignedDuration::from_hours(1),
            Self::Day => SignedDuration::from_hours(24),
        }
    }

    /// Number of periods that are summed, up to and including the current one.
    #[must_use]
    pub const fn periods(self) -> u16 {
        match self {
            Self::Hour => 48,
            Self::Day => 30,
        }
    }
}

/// Whose usage is summed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UsageQuery {
    /// That of a token, by its buyer.
    Token {
        /// The token.
        id: TokenId,
        /// The asking account.
        buyer: AccountId,
    },
    /// That of the listings that an account sells.
    Seller {
        /// The asking account.
        id: AccountId,
        /// One of its listings; `None` = all of them.
        listing: Option<ListingId>,
    },
}

/// Sums of the calls that began in a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UsageBucket {
    /// Beginning of the period, UTC.
    pub from: Timestamp,
    /// Number of calls that have ended.
    pub calls: u64,
    /// Number of those that were charged.
    pub charged_calls: u64,
    /// Units charged.
    pub units: u64,
    /// Bytes of requests and answers.
    pub bytes: u64,
}

/// Measured quality of a service, from its calls of the last seven days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CallQuality {
    /// Calls whose outcome [tells of the service](super::CallOutcome::is_success).
    pub calls: u64,
    /// Those of them that succeeded.
    pub successes: u64,
    /// Median time to the head of an answer.
    pub p50: Duration,
    /// Time to the head of an answer, which 95 % of calls were below.
    pub p95: Duration,
}

impl CallQuality {
    /// Fewest calls of which quality is shown.
    pub const FEWEST_CALLS: u64 = 100;

    /// Time over which it is measured.
    pub const WINDOW: SignedDuration = SignedDuration::from_hours(7 * 24);

    /// The quality as anyone may see it; `None` of too few calls.
    #[must_use]
    pub fn published(self) -> Option<Self> {
        (self.calls >= Self::FEWEST_CALLS).then_some(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quality_is_shown_once_there_are_enough_calls() {
        let quality = |calls| CallQuality {
            calls,
            successes: 1,
            p50: Duration::from_millis(20),
            p95: Duration::from_millis(90),
        };
        assert_eq!(quality(99).published(), None);
        assert_eq!(quality(100).published(), Some(quality(100)));
    }
}
