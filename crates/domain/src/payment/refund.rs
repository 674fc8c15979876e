use strum::{Display, EnumString, IntoStaticStr, VariantArray};

use super::reference::ProviderReference;
use crate::id::{OrderId, RefundId};
use crate::money::Money;
use crate::time::{SignedDuration, Timestamp, after};

/// The state of a refund.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Display, EnumString, IntoStaticStr, VariantArray,
)]
#[strum(serialize_all = "snake_case")]
pub enum RefundState {
    /// It is owed, and a sweep requests it from the provider.
    Owed,
    /// It is owed, and waits for the end of a dispute: until then no provider accepts it.
    Held,
    /// Nothing of it is owed: the money has gone back in another way.
    Covered,
    /// The provider has accepted it, and it is on its way.
    Pending,
    /// The buyer has it.
    Given,
    /// It has failed at the provider.
    Failed,
}

impl RefundState {
    /// Whether the provider has not accepted it so far.
    #[must_use]
    pub const fn is_unsent(self) -> bool {
        matches!(self, Self::Owed | Self::Held | Self::Covered)
    }

    /// Whether its amount has left the marketplace.
    #[must_use]
    pub const fn has_left(self) -> bool {
        matches!(self, Self::Pending | Self::Given)
    }

    /// Order in which the provider passes through its states.
    const fn progress(self) -> u8 {
        match self {
            Self::Owed | Self::Held | Self::Covered => 0,
            Self::Pending => 1,
            Self::Given => 2,
            Self::Failed => 3,
        }
    }

    /// Whether a report of this state replaces `known`: a failure is final, and one of a state that has
    /// passed is late.
    pub(super) const fn replaces(self, known: Self) -> bool {
        self.progress() > known.progress()
    }
}

/// Origin of a refund: the marketplace or the provider.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Display, EnumString, IntoStaticStr, VariantArray,
)]
#[strum(serialize_all = "snake_case")]
pub enum RefundOrigin {
    /// The marketplace, which requests it from the provider.
    Marketplace,
    /// An operator, at the provider.
    Provider,
}

/// A refund out of a charge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refund {
    /// Its identifier. One of the marketplace's has it in the provider's metadata.
    pub id: RefundId,
    /// Origin: the marketplace, or an operator at the provider.
    pub origin: RefundOrigin,
    /// The order that it is for; `None` if it is for none in particular, such as the part of a payment that
    /// fulfilled nothing.
    pub order_id: Option<OrderId>,
    /// Amount that was asked for when it was made.
    pub wanted: Money,
    /// Amount that goes back by it, or was to: `wanted`, less what had gone back in other ways when it was sent.
    pub amount: Money,
    /// Its state.
    pub state: RefundState,
    /// The provider's id of it. One of the marketplace's has none until the provider has accepted it; one of an
    /// operator's has none if the provider has reported no more than the sum of all refunds.
    pub reference: Option<ProviderReference>,
    /// Whether a sweep has claimed it since: it may have been requested without that being recorded.
    pub claimed: bool,
    /// Number of requests for it that have failed or were refused.
    pub attempts: u16,
    /// Time before which it is not requested; `None` if at once.
    pub not_before: Option<Timestamp>,
    /// The payment that it returns, if that is another than the charge's.
    pub other_payment: Option<ProviderReference>,
}

impl Refund {
    /// A refund of the marketplace's that is owed.
    pub(super) const fn owed(id: RefundId, order_id: Option<OrderId>, amount: Money) -> Self {
        Self {
            id,
            origin: RefundOrigin::Marketplace,
            order_id,
            wanted: amount,
            amount,
            state: RefundState::Owed,
            reference: None,
            claimed: false,
            attempts: 0,
            not_before: None,
            other_payment: None,
        }
    }

    /// A refund that was made at the provider.
    pub(super) fn at_provider(id: RefundId, amount: Money) -> Self {
        Self {
            origin: RefundOrigin::Provider,
            state: RefundState::Given,
            ..Self::owed(id, None, amount)
        }
    }

    /// Whether it is one of the marketplace's that the provider has not accepted.
    pub(super) fn is_unsent(&self) -> bool {
        self.origin == RefundOrigin::Marketplace && self.state.is_unsent()
    }

    /// Whether all that is known of it is that the provider reports a sum.
    pub(super) fn is_anonymous(&self) -> bool {
        self.origin == RefundOrigin::Provider && self.reference.is_none()
    }
}

/// A refund, as the provider reports it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ReportedRefund {
    /// The provider's id of the refund.
    pub reference: ProviderReference,
    /// [`Refund::id`] of the refund of the marketplace's that it is, by its metadata.
    pub id: Option<RefundId>,
    /// The order that an operator has named in its metadata.
    pub order_id: Option<OrderId>,
    /// Its amount.
    pub amount: Money,
    /// Outcome so far, as the provider reports it.
    pub outcome: RefundOutcome,
}

/// Outcome of a refund at the provider, so far.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Display, EnumString, IntoStaticStr, VariantArray,
)]
#[strum(serialize_all = "snake_case")]
pub enum RefundOutcome {
    /// It is on its way.
    Pending,
    /// The buyer has it.
    Given,
    /// It has failed, or was canceled: the money is back with the marketplace.
    Failed,
}

impl From<RefundOutcome> for RefundState {
    fn from(outcome: RefundOutcome) -> Self {
        match outcome {
            RefundOutcome::Pending => Self::Pending,
            RefundOutcome::Given => Self::Given,
            RefundOutcome::Failed => Self::Failed,
        }
    }
}

/// Identifiers for the refunds that one step makes: the one that was drawn for it, and those after it.
#[derive(Debug, Clone, Copy)]
pub struct RefundIds(RefundId);

impl RefundIds {
    /// Identifiers from this one on.
    #[must_use]
    pub const fn starting_with(first: RefundId) -> Self {
        Self(first)
    }

    /// Takes the next one.
    pub(super) fn take(&mut self) -> RefundId {
        let taken = self.0;
        self.0 = taken.successor();
        taken
    }
}

/// Longest time between two requests for a refund.
const LONGEST_DELAY: SignedDuration = SignedDuration::from_hours(24);

/// Time at which a refund that failed or was refused at `at` is requested again, if that was so `attempts`
/// times: at once after the first, then after an hour, which doubles up to a day.
#[must_use]
pub fn retry_at(attempts: u16, at: Timestamp) -> Option<Timestamp> {
    let doublings = attempts.checked_sub(2)?;
    let hours = 1_i64.checked_shl(doublings.min(5).into()).unwrap_or(1);
    let delay = SignedDuration::from_hours(hours).min(LONGEST_DELAY);
    Some(after(at, delay))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::at;

    #[test]
    fn a_failure_is_final_and_a_state_that_has_passed_is_late() {
        use RefundState::{Failed, Given, Owed, Pending};

        assert!(Pending.replaces(Owed) && Given.replaces(Pending) && Failed.replaces(Given));
        assert!(!Given.replaces(Failed) && !Pending.replaces(Given) && !Given.replaces(Given));
    }

    #[test]
    fn a_refund_is_retried_at_once_and_then_ever_more_seldom() {
        let hours = |attempts| retry_at(attempts, at(0)).map(|time| time.as_second() / 3_600);
        let delays: Vec<_> = (0..9).map(hours).collect();
        let expected = [None, None, Some(1), Some(2), Some(4), Some(8), Some(16)];
        assert_eq!(delays[..7], expected);
        assert_eq!(delays[7..], [Some(24), Some(24)]);
        assert_eq!(hours(u16::MAX), Some(24));
    }

    #[test]
    fn what_has_left_was_sent() {
        for &state in RefundState::VARIANTS {
            assert!(!(state.has_left() && state.is_unsent()), "{state}");
        }
    }
}
