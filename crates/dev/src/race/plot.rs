//! SVG drawing of the response times.

use std::fmt::Write as _;

use super::figures::milliseconds;
use super::state::{BUYERS, Outcome, RaceState};

/// Left edge of the time axis, in tenths of the drawing's units.
const LEFT: u128 = 340;
const RIGHT: u128 = 3_060;

/// Bottom edge of the drawing: no responses yet.
const BOTTOM: u128 = 1_160;
const TOP: u128 = 116;

/// Cumulative responses over time: a mark for each buyer, one above the other.
pub(super) struct Plot {
    /// The marks of those who came away with a unit, as the data of a path.
    pub(super) bought: String,
    /// The marks of the others.
    pub(super) refused: String,
    pub(super) half: String,
    pub(super) last: String,
}

impl Plot {
    /// Draws it, once somebody was answered.
    pub(super) fn of(race: &RaceState) -> Option<Self> {
        let mut answers: Vec<_> = race.answered().map(|(_, answer)| answer).collect();
        answers.sort_by_key(|answer| answer.after);
        let last = answers.last()?.after;
        let (mut bought, mut refused) = (String::new(), String::new());
        let places = u128::try_from(BUYERS).unwrap_or(u128::MAX);
        for (place, answer) in (1_u128..).zip(&answers) {
            let x = LEFT + answer.after.as_micros() * (RIGHT - LEFT) / last.as_micros().max(1);
            let y = BOTTOM - place.min(places) * (BOTTOM - TOP) / places;
            let (x, y) = (tenths(x), tenths(y));
            // Writing to a string does not fail.
            let _ = match answer.outcome {
                Outcome::Bought(_) | Outcome::Held => write!(bought, "M{x} {y}h6v1h-6z"),
                Outcome::Refused(_) => write!(refused, "M{x} {y}h3"),
            };
        }
        Some(Self {
            bought,
            refused,
            half: milliseconds(last / 2),
            last: milliseconds(last),
        })
    }
}

fn tenths(number: u128) -> String {
    format!("{}.{}", number / 10, number % 10)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::state::{Answered, Buyer};
    use super::*;

    #[test]
    fn the_last_response_is_at_the_right_edge() {
        let buyer = |micros| Buyer {
            name: "ada".into(),
            answer: Some(Answered {
                after: Duration::from_micros(micros),
                outcome: Outcome::Refused("sold out".into()),
            }),
        };
        let race = |buyers| RaceState {
            buyers,
            ..RaceState::default()
        };
        let plot = Plot::of(&race(vec![buyer(3_000), buyer(1_500)])).unwrap();
        assert_eq!(plot.refused, "M170.0 115.5h3M306.0 115.0h3");
        assert_eq!(
            (plot.half.as_str(), plot.last.as_str()),
            ("1.500 ms", "3.000 ms")
        );
        assert!(Plot::of(&race(vec![buyer(0)])).is_some());
        assert!(Plot::of(&race(Vec::new())).is_none());
    }
}
