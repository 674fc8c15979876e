//! The state of the latest race.

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

/// The latest race. One is run at a time.
#[derive(Default)]
pub(super) struct RaceCell(Mutex<RaceState>);

/// A race.
#[derive(Debug, Clone, Default)]
pub(super) struct RaceState {
    pub(super) phase: Phase,
    /// Buyers that have an account.
    pub(super) buyers: Vec<Buyer>,
}

/// Phase of a race.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Phase {
    /// There has been no race.
    #[default]
    NotStarted,
    /// Its buyers are registered.
    Preparing,
    /// The buyers order units of this listing.
    Running(ListingId),
    /// Every order was answered.
    Over(ListingId),
    /// It failed, before or after its listing was published.
    BrokenOff(Option<ListingId>),
}

/// A buyer in the race.
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
    /// Fulfilled, with this token.
    Bought(TokenId),
    /// Reserved until it is paid: the buyer's tab is full.
    Held,
    /// Rejected, for this reason.
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

impl RaceCell {
    /// Begins another race, unless one is under way.
    pub(super) fn begin(&self) -> bool {
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
            Phase::NotStarted | Phase::Preparing => None,
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
        let cell = RaceCell::default();
        assert!(cell.begin());
        assert!(!cell.begin());
        cell.change(|race| race.phase = Phase::BrokenOff(None));
        assert!(cell.begin());
    }

    #[test]
    fn only_a_sold_out_race_is_reported_as_sold_out() {
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
