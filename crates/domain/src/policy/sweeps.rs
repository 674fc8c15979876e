use crate::id::ChargeId;
use crate::time::{SignedDuration, Timestamp, after, before};

/// Waiting times of unfinished payments before a sweep processes them, and its batch size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SweepPolicy {
    /// Time for the request that placed an order to open its checkout itself.
    pub unsent_grace: SignedDuration,
    /// Time that a lapsed reservation waits for the provider to confirm that its session can no longer be
    /// paid. After that its units are released anyway; a later payment still finds
    /// its order.
    pub release_grace: SignedDuration,
    /// Duration of a claim, during which other servers leave the work alone.
    pub claim: SignedDuration,
    /// Period of the provider's event list that is read again: the provider may add to it late, and clocks
    /// differ.
    pub event_overlap: SignedDuration,
    /// Age of the oldest event that the first reading of that list includes.
    pub first_event_age: SignedDuration,
    /// Batch size for each kind of work, at least 1.
    pub batch: u16,
}

impl Default for SweepPolicy {
    /// 10 seconds to open a checkout, 60 until units are released, 30 for claimed work, 5 minutes of
    /// events read again, a day of events at first, 100 of each kind at once.
    fn default() -> Self {
        Self {
            unsent_grace: SignedDuration::from_secs(10),
            release_grace: SignedDuration::from_secs(60),
            claim: SignedDuration::from_secs(30),
            event_overlap: SignedDuration::from_secs(300),
            first_event_age: SignedDuration::from_hours(24),
            batch: 100,
        }
    }
}

impl SweepPolicy {
    /// Returns a sweep's claim at `now`.
    #[must_use]
    pub fn claim_at(&self, now: Timestamp) -> Claim {
        Claim {
            now,
            until: after(now, self.claim),
            limit: self.batch,
        }
    }

    /// Returns the request for orders that lack a checkout session at `now`.
    #[must_use]
    pub fn unsent_at(&self, now: Timestamp) -> FindUnsent {
        FindUnsent {
            now,
            placed_by: before(now, self.unsent_grace),
            limit: self.batch,
        }
    }

    /// Returns the request for open sessions to read at `now`, of the charges after `after`.
    #[must_use]
    pub fn payable_at(&self, now: Timestamp, after: Option<ChargeId>) -> FindPayable {
        FindPayable {
            now,
            after,
            limit: self.batch,
        }
    }

    /// Returns the request to release reservations that have lapsed at `now`.
    #[must_use]
    pub fn lapsed_at(&self, now: Timestamp) -> ReleaseLapsed {
        ReleaseLapsed {
            now,
            out_of_grace: before(now, self.release_grace),
            limit: self.batch,
        }
    }

    /// Since when the provider's events are read if they have been read up to `until`.
    #[must_use]
    pub fn events_from(&self, until: Timestamp) -> Timestamp {
        before(until, self.event_overlap)
    }

    /// Up to when the provider's events count as read, if they never were.
    #[must_use]
    pub fn first_events(&self, now: Timestamp) -> Timestamp {
        before(now, self.first_event_age)
    }
}

/// Request for orders that lack a checkout session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FindUnsent {
    /// Reservations that lapse by now, inclusive, are not worth it any more.
    pub now: Timestamp,
    /// Orders placed after this instant are left to the request that placed them.
    pub placed_by: Timestamp,
    /// Maximum number of orders.
    pub limit: u16,
}

/// Charges to be found whose session can be paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FindPayable {
    /// Charges that expire by this instant, inclusive, are left out: they are overdue.
    pub now: Timestamp,
    /// Id of the last charge that was found before; `None` for the first.
    pub after: Option<ChargeId>,
    /// Most to find at once.
    pub limit: u16,
}

/// Lapsed reservations to be ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReleaseLapsed {
    /// Reservations that lapse by now, inclusive, have lapsed.
    pub now: Timestamp,
    /// One that has lapsed by this instant, inclusive, is ended even if its session may still be paid.
    pub out_of_grace: Timestamp,
    /// Maximum number of reservations.
    pub limit: u16,
}

/// Work to be claimed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claim {
    /// Work is free if no claim on it lasts beyond this instant.
    pub now: Timestamp,
    /// Until when what is found is claimed.
    pub until: Timestamp,
    /// Maximum number of items.
    pub limit: u16,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::at;

    #[test]
    fn requests_of_a_sweep_are_relative_to_now() {
        let policy = SweepPolicy::default();
        let now = at(100_000);
        let claim = policy.claim_at(now);
        assert_eq!(
            (claim.now, claim.until, claim.limit),
            (now, at(100_030), 100)
        );
        let unsent = policy.unsent_at(now);
        assert_eq!(
            (unsent.now, unsent.placed_by, unsent.limit),
            (now, at(99_990), 100)
        );
        let payable = policy.payable_at(now, None);
        assert_eq!(
            (payable.now, payable.after, payable.limit),
            (now, None, 100)
        );
        let lapsed = policy.lapsed_at(now);
        assert_eq!(
            (lapsed.now, lapsed.out_of_grace, lapsed.limit),
            (now, at(99_940), 100)
        );
        assert_eq!(policy.events_from(now), at(99_700));
        assert_eq!(policy.first_events(now), at(13_600));
    }
}
