use thiserror::Error;

use crate::units::Units;

/// Units that a call costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CallCost {
    per_call: Units,
    declared_up_to: Option<Units>,
}

/// The most that a service may declare is less than what a call costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("must be at least the {per_call} units that a call costs")]
pub struct CallCostError {
    /// Units that a call costs.
    pub per_call: Units,
}

impl CallCost {
    /// Every call costs `per_call`, unless the service declares another cost, of at most `declared_up_to`. `None` if it
    /// declares none.
    ///
    /// # Errors
    /// [`CallCostError`] if `declared_up_to` is less than `per_call`.
    pub fn new(per_call: Units, declared_up_to: Option<Units>) -> Result<Self, CallCostError> {
        if declared_up_to.is_some_and(|most| most < per_call) {
            return Err(CallCostError { per_call });
        }
        Ok(Self {
            per_call,
            declared_up_to,
        })
    }

    /// Units of a call whose service declares no cost.
    #[must_use]
    pub const fn per_call(self) -> Units {
        self.per_call
    }

    /// Most units that the service may declare; `None` if what it declares is not read.
    #[must_use]
    pub const fn declared_up_to(self) -> Option<Units> {
        self.declared_up_to
    }

    /// Units that are taken before the call: the most that it can cost.
    #[must_use]
    pub fn taken(self) -> Units {
        self.declared_up_to.unwrap_or(self.per_call)
    }

    /// Units that a call costs whose service has declared `declared`, of which no more than `taken` were taken.
    #[must_use]
    pub fn of(self, declared: Option<u32>, taken: Units) -> u32 {
        let declared = declared.filter(|_| self.declared_up_to.is_some());
        let cost = declared.unwrap_or(self.per_call.get());
        cost.min(taken.get())
    }
}

impl Default for CallCost {
    /// One unit.
    fn default() -> Self {
        Self {
            per_call: Units::MIN,
            declared_up_to: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::fixtures::units;

    #[test]
    fn what_a_service_declares_counts_only_if_the_terms_say_so() {
        let fixed = CallCost::new(units(3), None).unwrap();
        assert_eq!(fixed.taken(), units(3));
        assert_eq!(fixed.of(Some(1), units(3)), 3);
        let declared = CallCost::new(units(3), Some(units(10))).unwrap();
        assert_eq!(declared.taken(), units(10));
        assert_eq!(declared.of(None, units(10)), 3);
        assert_eq!(declared.of(Some(0), units(10)), 0);
        assert_eq!(declared.of(Some(7), units(10)), 7);
        assert_eq!(declared.of(Some(11), units(10)), 10);
        let error = CallCost::new(units(3), Some(units(2))).unwrap_err();
        assert_eq!(
            error.to_string(),
            "must be at least the 3 units that a call costs"
        );
    }

    proptest! {
        #[test]
        fn no_call_costs_more_than_was_taken(
            per_call in 1..1_000_i64,
            more in prop::option::of(0..1_000_i64),
            declared in prop::option::of(any::<u32>()),
        ) {
            let most = more.map(|more| units(per_call + more));
            let cost = CallCost::new(units(per_call), most).unwrap();
            prop_assert!(cost.of(declared, cost.taken()) <= cost.taken().get());
        }
    }
}
