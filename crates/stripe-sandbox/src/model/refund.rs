use strum::{EnumString, IntoStaticStr};

use super::currency::Currency;
use super::session::Metadata;

#[derive(Debug, Clone)]
pub(crate) struct Refund {
    pub(crate) id: String,
    pub(crate) payment_intent: String,
    /// Id of the charge.
    pub(crate) charge: String,
    /// Creation time, in seconds since 1970.
    pub(crate) created: i64,
    /// In minor units.
    pub(crate) amount: i64,
    pub(crate) currency: Currency,
    pub(crate) reason: Option<RefundReason>,
    pub(crate) metadata: Metadata,
    /// Id of the balance transaction.
    pub(crate) balance_transaction: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString, IntoStaticStr)]
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
}

/// Id of what is refunded or disputed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum RefundTarget {
    Payment(String),
    Charge(String),
}
