use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr};

use super::currency::Currency;
use super::session::Metadata;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Refund {
    pub(crate) id: String,
    pub(crate) payment_intent: String,
    /// Id of the charge.
    pub(crate) charge: String,
    /// Id of the session.
    pub(crate) session: String,
    /// Creation time, in seconds since 1970.
    pub(crate) created: i64,
    /// In minor units.
    pub(crate) amount: i64,
    pub(crate) currency: Currency,
    pub(crate) reason: Option<RefundReason>,
    pub(crate) metadata: Metadata,
    /// Id of the balance transaction.
    pub(crate) balance_transaction: String,
    pub(crate) status: RefundStatus,
    /// Number by which the buyer's bank knows the refund; `None` until it has been accepted.
    pub(crate) reference: Option<String>,
    /// What became of it if it failed or was canceled.
    pub(crate) failure: Option<RefundFailure>,
}

/// The end of a refund whose amount stays with, or comes back to, the account.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct RefundFailure {
    /// Stripe's code, such as `declined`; `None` if the refund was canceled.
    pub(crate) reason: Option<String>,
    /// Id of the balance transaction that returned the amount; `None` if it had not been taken.
    pub(crate) balance_transaction: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString, IntoStaticStr, Serialize, Deserialize)]
#[strum(serialize_all = "snake_case", const_into_str)]
pub(crate) enum RefundStatus {
    Pending,
    RequiresAction,
    Succeeded,
    Failed,
    Canceled,
}

impl RefundStatus {
    pub(crate) const fn is_in_progress(self) -> bool {
        matches!(self, Self::Pending | Self::RequiresAction)
    }

    /// Whether the amount has been taken from the account: also while the refund is in progress.
    pub(crate) const fn takes_money(self) -> bool {
        match self {
            Self::Pending | Self::RequiresAction | Self::Succeeded => true,
            Self::Failed | Self::Canceled => false,
        }
    }

    /// Whether a refund of this status can become `next`: one that has succeeded may still fail, and one
    /// that has failed or was canceled stays so.
    pub(crate) fn can_become(self, next: Self) -> bool {
        match self {
            Self::Pending | Self::RequiresAction => self != next,
            Self::Succeeded => next == Self::Failed,
            Self::Failed | Self::Canceled => false,
        }
    }
}

/// Answer of the bank to a refund.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RefundOutcome {
    pub(crate) status: RefundStatus,
    /// Stripe's code for a failure, such as `declined`; ignored unless the refund has failed.
    pub(crate) failure_reason: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString, IntoStaticStr, Serialize, Deserialize)]
#[strum(serialize_all = "snake_case", const_into_str)]
pub(crate) enum RefundReason {
    Duplicate,
    Fraudulent,
    RequestedByCustomer,
}

/// A refund as requested.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NewRefund {
    pub(crate) target: RefundTarget,
    /// In minor units; `None` = all that has not been refunded yet.
    pub(crate) amount: Option<i64>,
    pub(crate) reason: Option<RefundReason>,
    pub(crate) metadata: Metadata,
    /// `None` = the next planned outcome, or success if none is planned.
    pub(crate) outcome: Option<RefundOutcome>,
}

/// Id of what is refunded or disputed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum RefundTarget {
    Payment(String),
    Charge(String),
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [RefundStatus; 5] = [
        RefundStatus::Pending,
        RefundStatus::RequiresAction,
        RefundStatus::Succeeded,
        RefundStatus::Failed,
        RefundStatus::Canceled,
    ];

    #[test]
    fn a_refund_that_has_returned_its_amount_stays_as_it_is() {
        for status in ALL.into_iter().filter(|status| !status.takes_money()) {
            assert!(!ALL.into_iter().any(|next| status.can_become(next)));
        }
    }

    #[test]
    fn a_refund_that_has_succeeded_can_only_fail() {
        let next = ALL.map(|next| RefundStatus::Succeeded.can_become(next));
        assert_eq!(next, [false, false, false, true, false]);
    }
}
