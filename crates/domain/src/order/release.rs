use super::{Move, OrderEvent, OrderState, Transition, transition};
use crate::policy::ReleaseLapsed;
use crate::time::Timestamp;

/// A reservation, read under the locks of its order and of the order's charge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reservation {
    /// State of the order.
    pub state: OrderState,
    /// End of the reservation; `None` once the order no longer awaits payment.
    pub lapses_at: Option<Timestamp>,
    /// Whether a session of its charge has been opened that may still be paid at the provider.
    pub may_be_paid: bool,
}

/// Decides how an order moves whose reservation may have lapsed; `None` if it stays.
///
/// While a session may be paid, the provider is asked to end it first, and the units wait for its response:
/// a payment in the last second still fulfils the order. After the grace period they wait no longer.
#[must_use]
pub fn release(reservation: &Reservation, request: &ReleaseLapsed) -> Option<Move> {
    let lapses_at = reservation.lapses_at?;
    let waits = reservation.may_be_paid && lapses_at > request.out_of_grace;
    if lapses_at > request.now || waits {
        return None;
    }
    match transition(reservation.state, OrderEvent::Lapsed) {
        Transition::Move(step) => Some(step),
        Transition::Unchanged | Transition::Refused => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::fixtures::at;
    use crate::order::StockEffect;

    const GRACE: i64 = 60;

    fn request(now: i64) -> ReleaseLapsed {
        ReleaseLapsed {
            now: at(now),
            out_of_grace: at(now - GRACE),
            limit: 1,
        }
    }

    fn lapsing_at(seconds: i64, may_be_paid: bool) -> Reservation {
        Reservation {
            state: OrderState::AwaitingPayment,
            lapses_at: Some(at(seconds)),
            may_be_paid,
        }
    }

    #[test]
    fn a_reservation_without_an_open_session_ends_when_it_lapses() {
        let reservation = lapsing_at(100, false);
        assert_eq!(release(&reservation, &request(99)), None);
        let step = release(&reservation, &request(100)).unwrap();
        assert_eq!(step.to, OrderState::Expired);
        assert_eq!(step.stock, StockEffect::HeldToAvailable);
    }

    #[test]
    fn one_that_may_be_paid_waits_for_the_grace_and_no_longer() {
        let reservation = lapsing_at(100, true);
        assert_eq!(release(&reservation, &request(159)), None);
        assert!(release(&reservation, &request(160)).is_some());
    }

    #[test]
    fn an_order_that_awaits_no_payment_is_not_released() {
        for &state in OrderState::ALL {
            let reservation = Reservation {
                state,
                ..lapsing_at(0, false)
            };
            let released = release(&reservation, &request(1_000)).is_some();
            assert_eq!(released, state == OrderState::AwaitingPayment);
        }
        let none = Reservation {
            lapses_at: None,
            ..lapsing_at(0, false)
        };
        assert_eq!(release(&none, &request(1_000)), None);
    }

    proptest! {
        #[test]
        fn nothing_is_released_before_it_lapses_and_all_is_out_of_grace(
            lapse in 0..500_i64,
            now in 0..1_000_i64,
            may_be_paid: bool,
        ) {
            let released = release(&lapsing_at(lapse, may_be_paid), &request(now)).is_some();
            prop_assert!(!released || lapse <= now);
            prop_assert!(released || lapse > now - GRACE);
        }
    }
}
