use strum::{Display, EnumString, IntoStaticStr, VariantArray};

use super::{CallCost, CallOutcome, CallState, Head, Settlement};
use crate::units::Units;

/// The answers of a service that are charged for.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    Default,
    Display,
    EnumString,
    IntoStaticStr,
    VariantArray,
)]
#[strum(serialize_all = "snake_case")]
pub enum ChargeRule {
    /// Answers with a status of 200 to 399, and upgrades to another protocol.
    #[default]
    Success,
    /// Answers with a status below 500.
    Answered,
    /// All answers.
    Always,
}

impl ChargeRule {
    /// Whether an answer with this head is charged for.
    #[must_use]
    pub const fn covers(self, head: Head) -> bool {
        match self {
            Self::Success => matches!(head.status, 101 | 200..=399),
            Self::Answered => head.status < 500,
            Self::Always => true,
        }
    }
}

/// Decides what a call costs that took `taken` units and has ended.
///
/// Nothing, unless the head of an answer came that the rule covers. A body that the service breaks off is not charged:
/// the buyer has not received what was sold. One that the client leaves is, or all but its last byte would be free.
#[must_use]
pub fn charge(rule: ChargeRule, cost: CallCost, taken: Units, outcome: CallOutcome) -> Settlement {
    let units = match outcome.charged_head() {
        Some(head) if rule.covers(head) => cost.of(head.declared_units, taken),
        _ => 0,
    };
    Settlement {
        state: if units > 0 {
            CallState::Charged
        } else {
            CallState::Returned
        },
        units,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::fixtures::units;

    fn head(status: u16) -> Head {
        Head {
            status,
            declared_units: None,
        }
    }

    fn charged(rule: ChargeRule, outcome: CallOutcome) -> u32 {
        charge(rule, CallCost::default(), units(1), outcome).units
    }

    #[test]
    fn each_rule_covers_its_answers() {
        for (status, success, answered) in [
            (101, 1, 1),
            (200, 1, 1),
            (304, 1, 1),
            (400, 0, 1),
            (404, 0, 1),
            (499, 0, 1),
            (500, 0, 0),
            (599, 0, 0),
        ] {
            let outcome = CallOutcome::Answered(head(status));
            assert_eq!(charged(ChargeRule::Success, outcome), success, "{status}");
            assert_eq!(charged(ChargeRule::Answered, outcome), answered, "{status}");
            assert_eq!(charged(ChargeRule::Always, outcome), 1, "{status}");
        }
    }

    #[test]
    fn who_leaves_after_the_head_pays_and_who_is_left_does_not() {
        for rule in ChargeRule::VARIANTS {
            assert_eq!(charged(*rule, CallOutcome::ClientLeft(head(200))), 1);
            assert_eq!(charged(*rule, CallOutcome::CutShort(head(200))), 0);
            for outcome in CallOutcome::WITHOUT_HEAD {
                let settled = charge(*rule, CallCost::default(), units(1), outcome);
                assert_eq!(settled.units, 0, "{outcome:?}");
                assert_eq!(settled.state, CallState::Returned, "{outcome:?}");
            }
        }
    }

    proptest! {
        #[test]
        fn a_charge_is_at_most_what_was_taken_and_the_state_tells_if_there_is_one(
            status: u16,
            declared in prop::option::of(any::<u32>()),
            taken in 1..1_000_i64,
            rule in prop::sample::select(ChargeRule::VARIANTS),
        ) {
            let cost = CallCost::new(units(1), Some(units(taken))).unwrap();
            let head = Head { status, declared_units: declared };
            let settled = charge(rule, cost, units(taken), CallOutcome::Answered(head));
            prop_assert!(settled.units <= units(taken).get());
            prop_assert_eq!(settled.state == CallState::Charged, settled.units > 0);
        }
    }
}
