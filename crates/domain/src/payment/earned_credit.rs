use super::charge::ChargeState;
use super::dispute::{Dispute, DisputeState};

/// Whether a charge has earned its buyer credit, see [`Tab::has_paid`](crate::order::Tab::has_paid): it was paid, and
/// no dispute about it is lost. Who pays with what is another's has not paid; a dispute that is won on appeal gives the
/// credit back.
#[must_use]
pub fn earns_credit(state: ChargeState, disputes: &[Dispute]) -> bool {
    let is_lost = |dispute: &Dispute| dispute.state == DisputeState::Lost;
    state == ChargeState::Paid && !disputes.iter().any(is_lost)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use strum::VariantArray;

    use super::*;
    use crate::fixtures::{at, usd};
    use crate::payment::ProviderReference;

    proptest! {
        #[test]
        fn a_payment_earns_credit_unless_a_dispute_about_it_is_lost(
            state in prop::sample::select(ChargeState::VARIANTS),
            disputes in prop::collection::vec(prop::sample::select(DisputeState::VARIANTS), 0..4),
        ) {
            let dispute = |state: &DisputeState| Dispute {
                reference: ProviderReference::new("du_1".into()),
                amount: usd(1_00),
                state: *state,
                reported_at: at(0),
                orders: Vec::new(),
            };
            let rows: Vec<Dispute> = disputes.iter().map(dispute).collect();
            let is_lost = disputes.contains(&DisputeState::Lost);
            prop_assert_eq!(earns_credit(state, &rows), state == ChargeState::Paid && !is_lost);
        }
    }
}
