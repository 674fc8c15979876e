use strum::{Display, EnumString, IntoStaticStr, VariantArray};

use super::reference::ProviderReference;
use crate::audit::AuditAction;
use crate::id::OrderId;
use crate::money::Money;
use crate::policy::Inquiries;
use crate::time::Timestamp;

/// The state of a dispute, in the order in which disputes usually pass through them.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Display,
    EnumString,
    IntoStaticStr,
    VariantArray,
)]
#[strum(serialize_all = "snake_case")]
pub enum DisputeState {
    /// The bank asks, and has taken no money. It suspends nothing, unless the operator chose
    /// [`Inquiries::Suspend`].
    Inquiry,
    /// It is not decided yet. The bank has taken the amount until it is.
    Open,
    /// It has ended without a decision, such as an inquiry or a dispute that was prevented. The money stays
    /// with the marketplace.
    Closed,
    /// It has ended, and the buyer's bank has kept the money. An appeal may still win it.
    Lost,
    /// It has ended, and the money stays with the marketplace.
    Won,
}

/// A dispute, as an event reports it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ReportedDispute {
    /// The provider's id of the dispute.
    pub reference: ProviderReference,
    /// Disputed amount, at most that of the payment.
    pub amount: Money,
    /// State at the time of the event.
    pub state: DisputeState,
    /// Whether the state is that which the provider names. Otherwise its name is unknown, and the state is one that
    /// suspends nothing; an alert is raised.
    pub is_known: bool,
}

/// A dispute of a payment that a charge has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dispute {
    /// The provider's id of the dispute.
    pub reference: ProviderReference,
    /// Disputed amount, in the currency of the charge.
    pub amount: Money,
    /// Latest state.
    pub state: DisputeState,
    /// Time of the event that reported the latest state, by the provider's clock.
    pub reported_at: Timestamp,
    /// The orders that it concerns.
    pub orders: Vec<DisputedOrder>,
}

/// An order that a dispute concerns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct DisputedOrder {
    /// The order.
    pub id: OrderId,
    /// What the dispute has taken of the order.
    pub taken: Taken,
}

/// What a lost dispute has taken of an order.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Display, EnumString, IntoStaticStr, VariantArray,
)]
#[strum(serialize_all = "snake_case")]
pub enum Taken {
    /// Nothing.
    Nothing,
    /// The order was refunded. Its token had been revoked before.
    Order,
    /// The order was refunded, and its token was revoked with it.
    OrderAndToken,
}

impl Dispute {
    /// Whether a report of this state, of an event at this time, replaces what is known. Reports arrive in any
    /// order: the later event counts, and of two in one second the later state.
    pub(super) fn is_replaced_by(&self, state: DisputeState, at: Timestamp) -> bool {
        (at, state) > (self.reported_at, self.state)
    }

    /// Whether the bank has taken the amount, and may return it.
    pub(super) fn is_open(&self) -> bool {
        self.state == DisputeState::Open
    }

    /// The action that is audited for each of its orders when it was in the state `before`, if it was known
    /// at all.
    #[must_use]
    pub fn audited(&self, before: Option<DisputeState>) -> Option<AuditAction> {
        if before == Some(self.state) {
            return None;
        }
        match self.state {
            DisputeState::Inquiry => None,
            DisputeState::Open => Some(AuditAction::DisputeOpened),
            DisputeState::Closed | DisputeState::Lost | DisputeState::Won => {
                Some(AuditAction::DisputeClosed)
            }
        }
    }

    /// Whether the tokens of its orders are suspended.
    pub(super) fn suspends(&self, inquiries: Inquiries) -> bool {
        match self.state {
            DisputeState::Open => true,
            DisputeState::Inquiry => inquiries == Inquiries::Suspend,
            DisputeState::Closed | DisputeState::Lost | DisputeState::Won => false,
        }
    }

    /// Sum of the money that it has taken for good.
    pub(super) fn lost(&self) -> Option<Money> {
        (self.state == DisputeState::Lost).then_some(self.amount)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{at, usd};

    fn dispute(state: DisputeState, reported: i64) -> Dispute {
        Dispute {
            reference: ProviderReference::new("du_1".into()),
            amount: usd(3_00),
            state,
            reported_at: at(reported),
            orders: Vec::new(),
        }
    }

    #[test]
    fn the_later_event_counts_and_of_two_in_one_second_the_later_state() {
        use DisputeState::{Inquiry, Lost, Open, Won};

        let lost = dispute(Lost, 20);
        assert!(lost.is_replaced_by(Won, at(21)), "it was won on appeal");
        assert!(!lost.is_replaced_by(Open, at(19)), "it is late");
        assert!(!lost.is_replaced_by(Open, at(20)));
        assert!(!lost.is_replaced_by(Lost, at(20)), "it is a repeat");
        assert!(dispute(Inquiry, 20).is_replaced_by(Open, at(20)));
        assert!(lost.is_replaced_by(Won, at(20)), "appeals follow losses");
    }

    #[test]
    fn its_opening_and_each_of_its_ends_is_audited_once() {
        use DisputeState::{Closed, Inquiry, Lost, Open, Won};

        let opened = Some(AuditAction::DisputeOpened);
        let closed = Some(AuditAction::DisputeClosed);
        for (before, now, action) in [
            (None, Inquiry, None),
            (None, Open, opened),
            (Some(Inquiry), Open, opened),
            (Some(Open), Open, None),
            (Some(Open), Lost, closed),
            (None, Won, closed),
            (Some(Lost), Won, closed),
            (Some(Won), Won, None),
            (Some(Inquiry), Closed, closed),
        ] {
            assert_eq!(
                dispute(now, 0).audited(before),
                action,
                "{before:?} {now:?}"
            );
        }
    }

    #[test]
    fn only_an_open_dispute_suspends_or_an_inquiry_if_chosen_and_only_a_lost_one_has_taken_money() {
        for &state in DisputeState::VARIANTS {
            let dispute = dispute(state, 0);
            let open = state == DisputeState::Open;
            assert_eq!(dispute.suspends(Inquiries::Ignore), open);
            let inquiry = state == DisputeState::Inquiry;
            assert_eq!(dispute.suspends(Inquiries::Suspend), open || inquiry);
            assert_eq!(dispute.lost().is_some(), state == DisputeState::Lost);
        }
    }
}
