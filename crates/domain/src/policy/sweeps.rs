use super::FindEvents;
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
    /// Period of the provider's event list that every sweep reads again, because clocks differ.
    pub event_overlap: SignedDuration,
    /// Period of that list that is read again from time to time, because the provider may list an event late.
    pub late_events: SignedDuration,
    /// Time from one such reading to the next; less than the period by as much as an event may be late.
    pub late_event_interval: SignedDuration,
    /// Maximum number of events that are read at once.
    pub event_batch: u16,
    /// Age of the oldest event that the first reading of that list includes.
    pub first_event_age: SignedDuration,
    /// Batch size for each kind of work, at least 1.
    pub batch: u16,
}

impl Default for SweepPolicy {
    /// 10 seconds to open a checkout, 60 until units are released, 30 for claimed work. Events: the last 30
    /// seconds read again, the last 10 minutes every 5, a day at first, 1,000 at once. 100 of every other kind
    /// of work at once.
    fn default() -> Self {
        Self {
            unsent_grace: SignedDuration::from_secs(10),
            release_grace: SignedDuration::from_secs(60),
            claim: SignedDuration::from_secs(30),
            event_overlap: SignedDuration::from_secs(30),
            late_events: SignedDuration::from_mins(10),
            late_event_interval: SignedDuration::from_mins(5),
            event_batch: 1_000,
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

    /// Returns the request for the provider's events if they have been read up to `until`, with late ones or
    /// without.
    #[must_use]
    pub fn events_after(&self, until: Timestamp, with_late: bool) -> FindEvents {
        let overlap = if with_late {
            self.late_events.max(self.event_overlap)
        } else {
            self.event_overlap
        };
        FindEvents {
            from: before(until, overlap),
            until: None,
            limit: Some(self.event_batch),
        }
    }

    /// Whether late events are to be looked for at `now`, if they were at `last`.
    #[must_use]
    pub fn late_events_due(&self, last: Option<Timestamp>, now: Timestamp) -> bool {
        last.is_none_or(|last| now < last || now >= after(last, self.late_event_interval))
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
        assert_eq!(policy.first_events(now), at(13_600));
    }

    #[test]
    fn events_of_the_last_half_minute_are_read_again_and_late_ones_every_five_minutes() {
        let policy = SweepPolicy::default();
        let since = |from| FindEvents {
            from: at(from),
            until: None,
            limit: Some(1_000),
        };
        assert_eq!(policy.events_after(at(10_000), false), since(9_970));
        assert_eq!(policy.events_after(at(10_000), true), since(9_400));
        let due = |last: Option<i64>, now| policy.late_events_due(last.map(at), at(now));
        assert!(due(None, 10_000));
        assert!(!due(Some(10_000), 10_000));
        assert!(!due(Some(10_000), 10_299));
        assert!(due(Some(10_000), 10_300));
        // The clock was put back.
        assert!(due(Some(10_000), 9_999));
    }
}
