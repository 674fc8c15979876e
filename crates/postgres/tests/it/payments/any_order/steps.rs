use proptest::prelude::*;
use strum::VariantArray;
use udam_domain::payment::{DisputeState, RefundOutcome};

use super::BUYERS;

/// A step of a history.
#[derive(Debug, Clone)]
pub(super) enum Step {
    Buy {
        buyer: usize,
        listing: usize,
        units: i64,
    },
    Charge {
        order: usize,
    },
    ChargeTab {
        buyer: usize,
    },
    Pay {
        session: usize,
        late: bool,
    },
    ExpireAtProvider {
        session: usize,
    },
    Deliver {
        event: usize,
    },
    Cancel {
        order: usize,
    },
    Refund {
        order: usize,
        returned: bool,
    },
    RefundByOperator {
        session: usize,
        amount: i64,
    },
    FailRefund {
        session: usize,
    },
    Dispute {
        session: usize,
        amount: i64,
        inquiry: bool,
    },
    Decide {
        session: usize,
        state: DisputeState,
    },
    Wait {
        seconds: i64,
    },
    /// The provider answers requests for refunds like this.
    Sweep(RefundOutcome),
}

/// Histories of 60 to 140 steps, with indexes that are taken modulo what there is.
pub(super) fn steps() -> impl Strategy<Value = Vec<Step>> {
    let which = 0..32_usize;
    let step = prop_oneof![
        8 => (0..BUYERS, which.clone(), 1..4_i64)
            .prop_map(|(buyer, listing, units)| Step::Buy { buyer, listing, units }),
        5 => which.clone().prop_map(|order| Step::Charge { order }),
        2 => (0..BUYERS).prop_map(|buyer| Step::ChargeTab { buyer }),
        6 => (which.clone(), prop::bool::weighted(0.4))
            .prop_map(|(session, late)| Step::Pay { session, late }),
        2 => which.clone().prop_map(|session| Step::ExpireAtProvider { session }),
        10 => which.clone().prop_map(|event| Step::Deliver { event }),
        2 => which.clone().prop_map(|order| Step::Cancel { order }),
        3 => (which.clone(), prop::bool::ANY)
            .prop_map(|(order, returned)| Step::Refund { order, returned }),
        1 => (which.clone(), 1..2_000_i64)
            .prop_map(|(session, amount)| Step::RefundByOperator { session, amount }),
        1 => which.clone().prop_map(|session| Step::FailRefund { session }),
        1 => (which.clone(), 1..3_000_i64, prop::bool::ANY)
            .prop_map(|(session, amount, inquiry)| Step::Dispute { session, amount, inquiry }),
        2 => (which, prop::sample::select(DisputeState::VARIANTS))
            .prop_map(|(session, state)| Step::Decide { session, state }),
        2 => (1..1_500_i64).prop_map(|seconds| Step::Wait { seconds }),
        2 => prop::sample::select(RefundOutcome::VARIANTS).prop_map(Step::Sweep),
    ];
    prop::collection::vec(step, 60..140)
}
