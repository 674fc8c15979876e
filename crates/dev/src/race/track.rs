//! What is known of the one race that the storefront keeps.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use udam_domain::PlaceOrderError;
use udam_domain::id::{ListingId, TokenId};
use udam_domain::marketplace::Purchase;
use udam_domain::order::Rejection;

/// Number of buyers, who want one unit each.
pub(super) const BUYERS: usize = 200;

/// Number of units.
pub(super) const UNITS: u32 = 10;

/// Where races are run, one at a time. Of each, the next one takes the place.
#[derive(Default)]
pub(super) struct Track(Mutex<RaceState>);

/// A race.
#[derive(Debug, Clone, Default)]
pub(super) struct RaceState {
    pub(super) phase: Phase,
    /// Those who have come to the line.
    pub(super) buyers: Vec<Buyer>,
}

/// Phase of a race.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Phase {
    /// There has been none.
    #[default]
    Ahead,
    /// Its buyers get their accounts.
    Preparing,
    /// They want units of this listing.
    Running(ListingId),
    /// Everybody was answered.
    Over(ListingId),
    /// It came to no end, before its listing was there or after.
    BrokenOff(Option<ListingId>),
}

/// Somebody who takes part.
#[derive(Debug, Clone)]
pub(super) struct Buyer {
    pub(super) name: String,
    pub(super) answer: Option<Answered>,
}

/// Outcome of a buyer's order.
#[derive(Debug, Clone)]
pub(super) struct Answered {
    /// Time since the start.
    pub(super) after: Duration,
    pub(super) outcome: Outcome,
}

/// Outcome of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It was served, with this token.
    Bought(TokenId),
    /// It has to be paid first, as the buyer's tab bears no more.
    Held,
    /// It was refused, for this reason.
    Refused(String),
}

impl From<Result<Purchase, PlaceOrderError>> for Outcome {
    fn from(bought: Result<Purchase, PlaceOrderError>) -> Self {
        match bought {
            Ok(bought) => bought.order.token_id.map_or(Self::Held, Self::Bought),
            Err(PlaceOrderError::Rejected(Rejection::InsufficientUnits { .. })) => {
                Self::Refused("sold out".to_owned())
            }
            Err(error) => Self::Refused(error.to_string()),
        }
    }
}

impl Track {
    /// Clears the track for another race, unless one is under way.
    pub(super) fn clear(&self) -> bool {
        let mut race = self.lock();
        if race.is_under_way() {
            return false;
        }
        *race = RaceState {
            phase: Phase::Preparing,
            buyers: Vec::new(),
        };
        true
    }

    /// A copy of the current state.
    pub(super) fn snapshot(&self) -> RaceState {
        self.lock().clone()
    }

    pub(super) fn change(&self, change: impl FnOnce(&mut RaceState)) {
        change(&mut self.lock());
    }

    fn lock(&self) -> MutexGuard<'_, RaceState> {
        // Nothing that runs under the lock leaves it half-way.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl RaceState {
    pub(super) const fn is_under_way(&self) -> bool {
        matches!(self.phase, Phase::Preparing | Phase::Running(_))
    }

    /// The listing that they race for.
    pub(super) const fn listing(&self) -> Option<ListingId> {
        match self.phase {
            Phase::Ahead | Phase::Preparing => None,
            Phase::Running(listing) | Phase::Over(listing) => Some(listing),
            Phase::BrokenOff(listing) => listing,
        }
    }

    /// Those who were answered, and what.
    pub(super) fn answered(&self) -> impl Iterator<Item = (&Buyer, &Answered)> {
        let buyers = self.buyers.iter();
        buyers.filter_map(|buyer| Some((buyer, buyer.answer.as_ref()?)))
    }
}

#[cfg(test)]
mod tests {
    use udam_domain::StoreError;
    use udam_domain::units::Stock;

    use super::*;

    #[test]
    fn one_race_is_run_at_a_time() {
        let track = Track::default();
        assert!(track.clear());
        assert!(!track.clear());
        track.change(|race| race.phase = Phase::BrokenOff(None));
        assert!(track.clear());
    }

    #[test]
    fn only_what_sold_out_is_called_so() {
        let of = |error: PlaceOrderError| Outcome::from(Err(error));
        let available = Stock::new(0).unwrap();
        let sold_out = Rejection::InsufficientUnits { available };
        assert_eq!(of(sold_out.into()), Outcome::Refused("sold out".into()));
        assert_eq!(
            of(StoreError::Overloaded.into()),
            Outcome::Refused("placing an order failed".into())
        );
    }
}
