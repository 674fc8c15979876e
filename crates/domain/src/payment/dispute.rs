use strum::{Display, EnumString, IntoStaticStr, VariantArray};

/// The state of a dispute.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Display, EnumString, IntoStaticStr, VariantArray,
)]
#[strum(serialize_all = "snake_case")]
pub enum DisputeState {
    /// It is not decided yet.
    Open,
    /// It has ended, and the money stays with the marketplace.
    Won,
    /// It has ended, and the buyer's bank has returned the money.
    Lost,
}

impl DisputeState {
    /// State of a dispute whose beginning is reported now. Its end may have been reported before, and
    /// stands.
    pub(super) fn opened(known: Option<Self>) -> Self {
        known.unwrap_or(Self::Open)
    }
}

/// Returns whether tokens are suspended for these disputes: whether any of them is open.
pub(super) fn are_suspended(disputes: impl IntoIterator<Item = DisputeState>) -> bool {
    disputes
        .into_iter()
        .any(|dispute| dispute == DisputeState::Open)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_dispute_stands_when_its_beginning_is_reported_later() {
        assert_eq!(DisputeState::opened(None), DisputeState::Open);
        for known in DisputeState::VARIANTS {
            assert_eq!(DisputeState::opened(Some(*known)), *known);
        }
    }

    #[test]
    fn tokens_are_suspended_while_any_dispute_is_open() {
        use DisputeState::{Lost, Open, Won};

        assert!(are_suspended([Open]));
        assert!(are_suspended([Won, Open, Lost]));
        assert!(!are_suspended([Won, Lost]));
        assert!(!are_suspended([]));
    }
}
