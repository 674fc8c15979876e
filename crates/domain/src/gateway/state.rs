use strum::{Display, EnumString, IntoStaticStr, VariantArray};

/// State of a call. Its name, in snake case, is what storage and clients know it by.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Display, EnumString, IntoStaticStr, VariantArray,
)]
#[strum(serialize_all = "snake_case")]
pub enum CallState {
    /// Its units are taken, and it has not ended.
    Open,
    /// It has ended, and cost units.
    Charged,
    /// It has ended, and cost nothing.
    Returned,
}

/// What becomes of the units that were taken for a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Settlement {
    /// State of the call from then on.
    pub state: CallState,
    /// Units charged; the others that were taken go back to the token.
    pub units: u32,
}

/// An event that may change the state of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CallEvent {
    /// The gateway reports its end.
    Ended(Settlement),
    /// Its deadline has passed.
    Lapsed,
}

/// What an event does to a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CallTransition {
    /// It ends so.
    Settle(Settlement),
    /// Nothing: it has ended before.
    Stay,
}

/// Decides what an event does to a call in this state. A call ends once: an end that is reported after the call was
/// given up changes nothing.
#[must_use]
pub const fn call_transition(state: CallState, event: CallEvent) -> CallTransition {
    match (state, event) {
        (CallState::Open, CallEvent::Ended(settlement)) => CallTransition::Settle(settlement),
        (CallState::Open, CallEvent::Lapsed) => CallTransition::Settle(Settlement {
            state: CallState::Returned,
            units: 0,
        }),
        (CallState::Charged | CallState::Returned, CallEvent::Ended(_) | CallEvent::Lapsed) => {
            CallTransition::Stay
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_ends_once() {
        let charged = Settlement {
            state: CallState::Charged,
            units: 3,
        };
        let returned = Settlement {
            state: CallState::Returned,
            units: 0,
        };
        let ended = |state| call_transition(state, CallEvent::Ended(charged));
        let lapsed = |state| call_transition(state, CallEvent::Lapsed);
        assert_eq!(ended(CallState::Open), CallTransition::Settle(charged));
        assert_eq!(lapsed(CallState::Open), CallTransition::Settle(returned));
        for state in [CallState::Charged, CallState::Returned] {
            assert_eq!(ended(state), CallTransition::Stay);
            assert_eq!(lapsed(state), CallTransition::Stay);
        }
    }
}
