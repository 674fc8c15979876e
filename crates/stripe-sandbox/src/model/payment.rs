use serde::{Deserialize, Serialize};
use strum::IntoStaticStr;

use super::currency::Currency;
use super::session::Metadata;

/// A payment intent. The first attempt to pay a session creates it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Payment {
    pub(crate) id: String,
    /// Id of the session.
    pub(crate) session: String,
    /// Creation time, in seconds since 1970.
    pub(crate) created: i64,
    /// In minor units.
    pub(crate) amount: i64,
    pub(crate) currency: Currency,
    pub(crate) status: PaymentStatus,
    pub(crate) metadata: Metadata,
    pub(crate) description: Option<String>,
    /// Id of the last attempt's charge.
    pub(crate) latest_charge: Option<String>,
    /// Id of the payment method; `None` if the last attempt failed.
    pub(crate) method: Option<String>,
    /// In seconds since 1970; `None` unless canceled.
    pub(crate) canceled_at: Option<i64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr, Serialize, Deserialize)]
#[strum(serialize_all = "snake_case", const_into_str)]
pub(crate) enum PaymentStatus {
    RequiresPaymentMethod,
    Processing,
    Succeeded,
    Canceled,
}

/// One attempt to pay.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Charge {
    pub(crate) id: String,
    pub(crate) payment_intent: String,
    pub(crate) payment_method: String,
    /// Id of the session.
    pub(crate) session: String,
    /// Creation time, in seconds since 1970.
    pub(crate) created: i64,
    /// In minor units.
    pub(crate) amount: i64,
    /// Sum of the refunds that have neither failed nor been canceled, in minor units; at most `amount`.
    pub(crate) amount_refunded: i64,
    pub(crate) currency: Currency,
    pub(crate) status: ChargeStatus,
    /// Ids of the refunds, oldest first.
    pub(crate) refunds: Vec<String>,
    /// Ids of the disputes, oldest first.
    pub(crate) disputes: Vec<String>,
    pub(crate) metadata: Metadata,
    pub(crate) description: Option<String>,
    /// Id of the balance transaction; `None` until the charge succeeds.
    pub(crate) balance_transaction: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr, Serialize, Deserialize)]
#[strum(serialize_all = "snake_case", const_into_str)]
pub(crate) enum ChargeStatus {
    Succeeded,
    Pending,
    Failed,
}

impl Charge {
    /// Amount paid and not refunded, in minor units.
    pub(crate) const fn refundable(&self) -> i64 {
        match self.status {
            ChargeStatus::Succeeded => self.amount.saturating_sub(self.amount_refunded),
            ChargeStatus::Pending | ChargeStatus::Failed => 0,
        }
    }

    pub(crate) const fn is_fully_refunded(&self) -> bool {
        self.amount_refunded == self.amount
    }
}
