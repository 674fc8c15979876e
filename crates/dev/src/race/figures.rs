//! Results of a race, formatted for its page.

use std::time::Duration;

use super::state::{Answered, BUYERS, Buyer, Outcome, RaceState};

/// Number of buyers by outcome.
pub(super) struct Figures {
    pub(super) bought: usize,
    pub(super) held: usize,
    pub(super) refused: usize,
    pub(super) waiting: usize,
    /// Time of the last answer of each kind, after the start.
    pub(super) bought_within: Option<String>,
    pub(super) refused_within: Option<String>,
}

/// Outcome of one buyer's order, and its time.
pub(super) struct BuyerOutcome {
    pub(super) name: String,
    pub(super) outcome: String,
    pub(super) after: String,
}

/// A span such as "12.345 ms".
pub(super) fn milliseconds(span: Duration) -> String {
    let micros = span.as_micros();
    format!("{}.{:03} ms", micros / 1000, micros % 1000)
}

/// The class of each buyer's square, whether they have an account yet or not: `bought`, `refused` or
/// `waiting`, as the stylesheet knows them.
pub(super) fn cells(race: &RaceState) -> Vec<&'static str> {
    let class = |buyer: &Buyer| match buyer.answer.as_ref().map(|answer| &answer.outcome) {
        Some(Outcome::Bought(_) | Outcome::Held) => "bought",
        Some(Outcome::Refused(_)) => "refused",
        None => "waiting",
    };
    let places = 0..BUYERS;
    places
        .map(|place| race.buyers.get(place).map_or("waiting", class))
        .collect()
}

impl Figures {
    pub(super) fn of(race: &RaceState) -> Self {
        let of = |wanted: fn(&Outcome) -> bool| {
            let answers = race.answered().map(|(_, answer)| answer);
            let wanted = answers.filter(|answer| wanted(&answer.outcome));
            let spans: Vec<Duration> = wanted.map(|answer| answer.after).collect();
            (spans.len(), spans.into_iter().max().map(milliseconds))
        };
        let (bought, bought_within) = of(|outcome| matches!(outcome, Outcome::Bought(_)));
        let (held, _) = of(|outcome| matches!(outcome, Outcome::Held));
        let (refused, refused_within) = of(|outcome| matches!(outcome, Outcome::Refused(_)));
        Self {
            bought,
            held,
            refused,
            waiting: BUYERS.saturating_sub(race.answered().count()),
            bought_within,
            refused_within,
        }
    }

    /// The squares in words.
    pub(super) fn summary(&self) -> String {
        let held = match self.held {
            0 => String::new(),
            held => format!(", {held} hold a unit until they pay"),
        };
        let Self {
            bought,
            refused,
            waiting,
            ..
        } = self;
        format!("{bought} bought{held}, {refused} were refused, {waiting} wait")
    }
}

/// All responses, in the order of their times.
pub(super) fn outcomes(race: &RaceState) -> Vec<BuyerOutcome> {
    let mut answered: Vec<(&Buyer, &Answered)> = race.answered().collect();
    answered.sort_by_key(|(_, answer)| answer.after);
    let finish = |(buyer, answer): (&Buyer, &Answered)| {
        let outcome = match &answer.outcome {
            Outcome::Bought(token) => format!("bought, with {token}"),
            Outcome::Held => "holds a unit until it is paid".to_owned(),
            Outcome::Refused(why) => format!("refused: {why}"),
        };
        BuyerOutcome {
            name: buyer.name.clone(),
            outcome,
            after: milliseconds(answer.after),
        }
    };
    answered.into_iter().map(finish).collect()
}

#[cfg(test)]
mod tests {
    use udam_domain::id::TokenId;
    use uuid::Uuid;

    use super::*;

    fn buyer(answer: Option<(u64, Outcome)>) -> Buyer {
        Buyer {
            name: "ada".into(),
            answer: answer.map(|(micros, outcome)| Answered {
                after: Duration::from_micros(micros),
                outcome,
            }),
        }
    }

    #[test]
    fn each_response_is_counted_once() {
        let token = TokenId::from_uuid(Uuid::nil());
        let race = RaceState {
            buyers: vec![
                buyer(Some((2_050, Outcome::Refused("sold out".into())))),
                buyer(Some((1_000, Outcome::Bought(token)))),
                buyer(None),
            ],
            ..RaceState::default()
        };
        let figures = Figures::of(&race);
        assert_eq!(
            (figures.bought, figures.refused, figures.waiting),
            (1, 1, 198)
        );
        assert_eq!(figures.refused_within.as_deref(), Some("2.050 ms"));
        let classes = cells(&race);
        assert_eq!(classes[..4], ["refused", "bought", "waiting", "waiting"]);
        assert_eq!(classes.len(), BUYERS);
        let outcomes = outcomes(&race);
        assert_eq!(outcomes[0].outcome, format!("bought, with {token}"));
        assert_eq!(outcomes[1].outcome, "refused: sold out");
    }
}
