//! Properties over any history.

use proptest::prelude::*;

use super::*;

/// A step of a history, and the second of its event.
#[derive(Debug, Clone)]
enum Step {
    Told(Reversal),
    SellerRefunds(u128),
    /// The provider reports the oldest refund of ours that is owed.
    Sent(RefundOutcome),
}

fn outcome() -> impl Strategy<Value = RefundOutcome> {
    use strum::VariantArray;

    prop::sample::select(RefundOutcome::VARIANTS)
}

fn steps() -> impl Strategy<Value = Vec<(Step, i64)>> {
    use strum::VariantArray;

    let amount = prop_oneof![Just(10_00), Just(3_00), Just(15_00), 1..16_00_i64];
    let step = prop_oneof![
        amount.clone().prop_map(|minor| Step::Told(sum(minor))),
        (0..3_u8, amount.clone(), outcome()).prop_map(|(number, minor, outcome)| {
            Step::Told(by_operator(&format!("re_{number}"), minor, outcome))
        }),
        (
            0..3_u8,
            amount,
            prop::sample::select(DisputeState::VARIANTS)
        )
            .prop_map(|(number, minor, state)| Step::Told(dispute(
                &format!("du_{number}"),
                minor,
                state
            ))),
        (1..4_u128).prop_map(Step::SellerRefunds),
        outcome().prop_map(Step::Sent),
    ];
    prop::collection::vec((step, 1..EXPIRY * 2), 0..14)
}

fn play(stored: &mut Stored, step: &Step, second: i64) {
    match step {
        Step::Told(reversal) => drop(stored.apply(reversal, second)),
        Step::SellerRefunds(number) => {
            let order = stored.charge.orders[usize::try_from(*number).unwrap() - 1];
            if order.state == OrderState::Fulfilled && !stored.charge.has_open_dispute() {
                stored.refund(*number);
            }
        }
        Step::Sent(outcome) => {
            let mut refunds = stored.charge.refunds.iter();
            let owed = refunds
                .find(|refund| refund.state == RefundState::Owed)
                .cloned();
            if let Some(refund) = owed {
                let name = format!("re_{}", refund.id);
                stored.apply(&ours(&refund, &name, *outcome), second);
            }
        }
    }
}

proptest! {
    #[test]
    fn what_was_paid_is_kept_gone_or_owed_and_no_more_is_owed_than_is_left(history in steps()) {
        let mut stored = Stored::paid(&[10_00, 3_00, 2_00]);
        for (step, second) in history {
            play(&mut stored, &step, second);
            let charge = &stored.charge;
            prop_assert_eq!(charge.shortfall(), 0, "after {:?}", step);
            prop_assert!(charge.unsent() <= charge.refundable());
            for order in &charge.orders {
                prop_assert_eq!(order.refunded.minor(), charge.returned(order));
                let is_over = order.state == OrderState::Refunded;
                prop_assert!(is_over || order.refunded.minor() < order.total.minor());
            }
        }
    }

    #[test]
    fn tokens_are_suspended_exactly_while_a_dispute_of_their_order_is_open(history in steps()) {
        let mut stored = Stored::paid(&[10_00, 3_00, 2_00]);
        for (step, second) in history {
            play(&mut stored, &step, second);
            for order in &stored.charge.orders {
                let about = |dispute: &&Dispute| {
                    dispute.orders.iter().any(|disputed| disputed.id == order.id)
                };
                let mut disputes = stored.charge.disputes.iter().filter(about);
                let expected = match order.state {
                    OrderState::Refunded => TokenState::Revoked,
                    _ if disputes.any(Dispute::is_open) => TokenState::Suspended,
                    _ => TokenState::Active,
                };
                prop_assert_eq!(order.token.unwrap().state, expected);
            }
        }
    }

    #[test]
    fn a_repeated_event_changes_nothing(history in steps()) {
        let mut stored = Stored::paid(&[10_00, 3_00, 2_00]);
        for (step, second) in history {
            play(&mut stored, &step, second);
            if let Step::Told(reversal) = &step {
                let before = stored.charge.clone();
                stored.apply(reversal, second);
                prop_assert_eq!(&stored.charge, &before, "{:?}", reversal);
            }
        }
    }

    #[test]
    fn disputes_take_no_more_than_their_amounts(history in steps()) {
        let mut stored = Stored::paid(&[10_00, 3_00, 2_00]);
        for (step, second) in history {
            play(&mut stored, &step, second);
            for dispute in &stored.charge.disputes {
                let taken = dispute.orders.iter().filter(|order| {
                    order.taken != crate::payment::Taken::Nothing
                });
                let price = |id| {
                    let mut orders = stored.charge.orders.iter();
                    orders.find(|order| order.id == id).unwrap().total.minor()
                };
                let sum: i64 = taken.map(|order| price(order.id)).sum();
                prop_assert!(sum <= dispute.amount.minor());
            }
        }
    }
}
