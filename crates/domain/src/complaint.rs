//! Complaints: a buyer's note to the operator about an order.

use thiserror::Error;

use crate::audit::Actor;
use crate::id::OrderId;
use crate::order::{Fulfillment, Order, OrderState};
use crate::payment::PaymentAlert;
use crate::text::{bounded_text, paragraphs};
use crate::time::{RetryAfter, SignedDuration, Timestamp, after};

bounded_text!(
    /// What a buyer complains of: at most 2,000 characters, line breaks allowed.
    ComplaintReason,
    paragraphs,
    2_000
);

/// A complaint about an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complaint {
    /// The order.
    pub order_id: OrderId,
    /// Text of the complaint, as its buyer has written it.
    pub reason: ComplaintReason,
    /// Time at which it was sent, UTC.
    pub sent_at: Timestamp,
    /// Time at which an operator resolved its alert, UTC; `None` while it is open.
    pub resolved_at: Option<Timestamp>,
}

/// Request to complain about an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SendComplaint {
    /// The order.
    pub order_id: OrderId,
    /// The acting account, which must be its buyer.
    pub buyer: Actor,
    /// Text of the complaint.
    pub reason: ComplaintReason,
    /// Time of the request, UTC.
    pub at: Timestamp,
}

/// Complaints of a buyer before another one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EarlierComplaints {
    /// Whether one about the same order is open.
    pub is_open: bool,
    /// Times of those about any order within the last [`Complaint::PERIOD`], the oldest first.
    pub recent: Vec<Timestamp>,
}

/// Why a complaint is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ComplaintRefused {
    /// The order belongs to another buyer.
    #[error("there is no such order")]
    NotTheirs,
    /// The order was never fulfilled: there is nothing to complain of.
    #[error("the order is {0}")]
    InvalidState(OrderState),
    /// One about the order is open.
    #[error("a complaint about the order is open")]
    AlreadyOpen,
    /// The buyer has sent too many.
    #[error("too many complaints; the next one is taken at {}", .0.until)]
    TooMany(RetryAfter),
}

impl Complaint {
    /// Most complaints of a buyer within [`PERIOD`](Self::PERIOD).
    pub const MOST: usize = 10;

    /// Period in which [`MOST`](Self::MOST) are taken.
    pub const PERIOD: SignedDuration = SignedDuration::from_hours(24);

    /// The alert by which an operator is told.
    #[must_use]
    pub fn alert(&self) -> PaymentAlert {
        PaymentAlert::complaint(self.order_id, self.reason.as_str())
    }

    /// Whether an operator has yet to resolve it.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        self.resolved_at.is_none()
    }
}

/// Decides whether a buyer may complain about an order, and returns the complaint.
///
/// Whoever was given a token may, also if it was put on the tab and is yet to be paid, and also once it was
/// refunded. One complaint about an order is open at a time.
///
/// # Errors
/// The first [`ComplaintRefused`] that applies.
pub fn complain(
    order: &Order,
    earlier: &EarlierComplaints,
    request: &SendComplaint,
) -> Result<Complaint, ComplaintRefused> {
    if order.buyer_id != request.buyer.account_id {
        return Err(ComplaintRefused::NotTheirs);
    }
    if order.state.fulfillment() == Fulfillment::Never {
        return Err(ComplaintRefused::InvalidState(order.state));
    }
    if earlier.is_open {
        return Err(ComplaintRefused::AlreadyOpen);
    }
    let place = earlier.recent.len().checked_sub(Complaint::MOST);
    if let Some(oldest) = place.and_then(|place| earlier.recent.get(place)) {
        let until = after(*oldest, Complaint::PERIOD);
        if request.at < until {
            return Err(ComplaintRefused::TooMany(RetryAfter::at(until, request.at)));
        }
    }
    Ok(Complaint {
        order_id: order.id,
        reason: request.reason.clone(),
        sent_at: request.at,
        resolved_at: None,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::fixtures::{account_id, at, order, order_id};
    use crate::payment::AlertKind;

    const BUYER: u128 = 1;

    fn request(by: u128, seconds: i64) -> SendComplaint {
        SendComplaint {
            order_id: order_id(1),
            buyer: Actor::from(account_id(by)),
            reason: "The key is refused.\nSince Monday.".parse().unwrap(),
            at: at(seconds),
        }
    }

    #[test]
    fn a_buyer_complains_of_what_was_delivered_and_of_nothing_else() {
        let none = EarlierComplaints::default();
        for &state in OrderState::ALL {
            let result = complain(&order(state), &none, &request(BUYER, 0));
            match state {
                OrderState::Fulfilled | OrderState::Refunded => {
                    assert_eq!(result.unwrap().sent_at, at(0));
                }
                _ => assert_eq!(result, Err(ComplaintRefused::InvalidState(state))),
            }
            for stranger in [2, 3] {
                let result = complain(&order(state), &none, &request(stranger, 0));
                assert_eq!(result, Err(ComplaintRefused::NotTheirs));
            }
        }
    }

    #[test]
    fn one_complaint_about_an_order_is_open_at_a_time() {
        let open = EarlierComplaints {
            is_open: true,
            recent: vec![at(0)],
        };
        let again = complain(&order(OrderState::Fulfilled), &open, &request(BUYER, 9));
        assert_eq!(again, Err(ComplaintRefused::AlreadyOpen));
    }

    #[test]
    fn an_operator_reads_a_complaint_in_one_line() {
        let none = EarlierComplaints::default();
        let sent = complain(&order(OrderState::Fulfilled), &none, &request(BUYER, 0));
        let alert = sent.unwrap().alert();
        assert_eq!(alert.kind, AlertKind::Complaint);
        assert_eq!(alert.subject, order_id(1).to_string());
        assert!(alert.finding.contains("The key is refused. Since Monday."));
        assert!(!alert.finding.contains(['\n', '\t']));
    }

    proptest! {
        #[test]
        fn no_more_than_ten_complaints_are_taken_in_any_day(
            tries in prop::collection::vec(0..10_000_i64, 1..80),
        ) {
            let mut taken: Vec<Timestamp> = Vec::new();
            let mut now = 0;
            for wait in tries {
                now += wait;
                let since = now - 86_400;
                let recent = taken.iter().copied().filter(|sent| *sent > at(since)).collect();
                let earlier = EarlierComplaints { is_open: false, recent };
                let full = earlier.recent.len() >= Complaint::MOST;
                let result = complain(&order(OrderState::Fulfilled), &earlier, &request(BUYER, now));
                prop_assert_eq!(result.is_err(), full, "{:?}", result);
                if let Err(ComplaintRefused::TooMany(retry)) = result {
                    prop_assert!(retry.until > at(now));
                }
                if result.is_ok() {
                    taken.push(at(now));
                }
            }
        }
    }
}
