use super::reversal::Reversal;
use crate::time::Timestamp;

/// An event about a payment that no charge has yet, kept until one does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutOfOrderEvent {
    /// The refund or dispute that it reports.
    pub reversal: Reversal,
    /// Time at which it happened, by the provider's clock.
    pub at: Timestamp,
    /// Sequence number of receipt, ascending.
    pub received: i64,
}

/// The order in which kept events are applied once their payment is known: that in which they happened,
/// and where the provider's clock does not tell them apart, that in which they were received.
#[must_use]
pub fn in_order_of_happening(mut events: Vec<OutOfOrderEvent>) -> Vec<OutOfOrderEvent> {
    events.sort_by_key(|event| (event.at, event.received));
    events
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{at, usd};

    #[test]
    fn kept_events_are_applied_as_they_happened_then_as_they_were_received() {
        let event = |seconds, received| OutOfOrderEvent {
            reversal: Reversal::Refunded(usd(1)),
            at: at(seconds),
            received,
        };
        let kept = vec![event(9, 1), event(5, 3), event(5, 2), event(7, 4)];
        let sorted = in_order_of_happening(kept);
        let order: Vec<i64> = sorted.iter().map(|event| event.received).collect();
        assert_eq!(order, [2, 3, 4, 1]);
    }
}
