//! What paying makes: a payment intent, and a charge for every attempt.

use super::currency::Currency;
use super::session::Metadata;
use super::shelf::Keyed;

/// The intent to pay one session.
#[derive(Debug, Clone)]
pub(crate) struct Payment {
    pub(crate) id: String,
    pub(crate) session: String,
    pub(crate) created: i64,
    pub(crate) amount: i64,
    pub(crate) currency: Currency,
    pub(crate) status: PaymentStatus,
    pub(crate) metadata: Metadata,
    pub(crate) description: Option<String>,
    pub(crate) latest_charge: Option<String>,
    /// What it is paid with, unless that failed.
    pub(crate) paid_with: Option<String>,
    pub(crate) canceled_at: Option<i64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PaymentStatus {
    RequiresPaymentMethod,
    Processing,
    Succeeded,
    Canceled,
}

impl PaymentStatus {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::RequiresPaymentMethod => "requires_payment_method",
            Self::Processing => "processing",
            Self::Succeeded => "succeeded",
            Self::Canceled => "canceled",
        }
    }
}

/// One attempt to take the money.
#[derive(Debug, Clone)]
pub(crate) struct Charge {
    pub(crate) id: String,
    pub(crate) payment_intent: String,
    pub(crate) payment_method: String,
    pub(crate) session: String,
    pub(crate) created: i64,
    pub(crate) amount: i64,
    pub(crate) amount_refunded: i64,
    pub(crate) currency: Currency,
    pub(crate) status: ChargeStatus,
    /// The one dispute about it, if there ever was one.
    pub(crate) dispute: Option<String>,
    pub(crate) metadata: Metadata,
    pub(crate) description: Option<String>,
    /// The movement of the balance, once there is one.
    pub(crate) transaction: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ChargeStatus {
    Succeeded,
    Pending,
    Failed,
}

impl ChargeStatus {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Succeeded => "succeeded",
            Self::Pending => "pending",
            Self::Failed => "failed",
        }
    }
}

impl Charge {
    /// What has been paid and not refunded.
    pub(crate) fn left(&self) -> i64 {
        match self.status {
            ChargeStatus::Succeeded => self.amount.saturating_sub(self.amount_refunded),
            ChargeStatus::Pending | ChargeStatus::Failed => 0,
        }
    }

    pub(crate) const fn refunded(&self) -> bool {
        self.amount_refunded == self.amount
    }
}

impl Keyed for Payment {
    const KIND: &'static str = "payment_intent";

    fn id(&self) -> &str {
        &self.id
    }

    fn created(&self) -> i64 {
        self.created
    }
}

impl Keyed for Charge {
    const KIND: &'static str = "charge";

    fn id(&self) -> &str {
        &self.id
    }

    fn created(&self) -> i64 {
        self.created
    }
}
