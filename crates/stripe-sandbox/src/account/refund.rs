//! Giving money back.

use serde_json::json;

use super::Account;
use super::currency::Currency;
use super::dispute::DisputeStatus;
use super::event::{EventKind, Occasion};
use super::payment::{Charge, ChargeStatus};
use super::refusal::{Place, Refusal};
use super::session::Metadata;
use super::shelf::Keyed;

#[derive(Debug, Clone)]
pub(crate) struct Refund {
    pub(crate) id: String,
    pub(crate) payment_intent: String,
    pub(crate) charge: String,
    pub(crate) created: i64,
    pub(crate) amount: i64,
    pub(crate) currency: Currency,
    pub(crate) reason: Option<Reason>,
    pub(crate) metadata: Metadata,
    pub(crate) transaction: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reason {
    Duplicate,
    Fraudulent,
    RequestedByCustomer,
}

impl Reason {
    const ALL: [Self; 3] = [Self::Duplicate, Self::Fraudulent, Self::RequestedByCustomer];

    pub(crate) fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.name() == name)
    }

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Duplicate => "duplicate",
            Self::Fraudulent => "fraudulent",
            Self::RequestedByCustomer => "requested_by_customer",
        }
    }
}

/// A refund as it is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NewRefund {
    pub(crate) of: RefundOf,
    /// All that is left, if not said.
    pub(crate) amount: Option<i64>,
    pub(crate) reason: Option<Reason>,
    pub(crate) metadata: Metadata,
}

/// What is refunded, by id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum RefundOf {
    Payment(String),
    Charge(String),
}

impl Account {
    /// Refunds a payment, in part or in full, and never more than has been paid; the refund's id.
    pub(crate) fn refund(
        &mut self,
        wanted: NewRefund,
        occasion: &Occasion,
    ) -> Result<String, Refusal> {
        let charge = self.charge_of(&wanted.of)?;
        let amount = self.refundable(charge, wanted.amount)?;
        let (charge_id, session) = (charge.id.clone(), charge.session.clone());
        let before = json!({
            "amount_refunded": charge.amount_refunded,
            "refunded": charge.refunded(),
        });
        let refund = Refund {
            payment_intent: charge.payment_intent.clone(),
            charge: charge_id.clone(),
            created: occasion.now,
            amount,
            currency: charge.currency,
            reason: wanted.reason,
            metadata: wanted.metadata,
            id: self.ids.refund(),
            transaction: self.ids.transaction(),
        };
        let id = refund.id.clone();
        self.refunds.put(refund);
        if let Some(charge) = self.charges.find_mut(&charge_id) {
            charge.amount_refunded = charge.amount_refunded.saturating_add(amount);
        }
        self.announce(occasion, &session, EventKind::RefundCreated, &id);
        let refunded = EventKind::ChargeRefunded;
        self.announce_change(occasion, &session, refunded, &charge_id, Some(before));
        Ok(id)
    }

    /// The charge that took the money.
    pub(super) fn charge_of(&self, of: &RefundOf) -> Result<&Charge, Refusal> {
        match of {
            RefundOf::Charge(id) => self.charges.named(id, Place::Parameter("charge")),
            RefundOf::Payment(id) => {
                let payment = self
                    .payments
                    .named(id, Place::Parameter("payment_intent"))?;
                let charge = payment.latest_charge.as_deref();
                charge
                    .and_then(|id| self.charges.find(id))
                    .filter(|charge| charge.status == ChargeStatus::Succeeded)
                    .ok_or_else(|| Refusal::NothingToRefund {
                        payment_intent: id.clone(),
                    })
            }
        }
    }

    fn refundable(&self, charge: &Charge, wanted: Option<i64>) -> Result<i64, Refusal> {
        if charge.status != ChargeStatus::Succeeded {
            return Err(Refusal::NothingToRefund {
                payment_intent: charge.payment_intent.clone(),
            });
        }
        let dispute = charge.dispute.as_deref();
        let dispute = dispute.and_then(|id| self.disputes.find(id));
        if dispute.is_some_and(|dispute| dispute.status != DisputeStatus::Won) {
            return Err(Refusal::ChargedBack {
                charge: charge.id.clone(),
            });
        }
        let left = charge.left();
        if left == 0 {
            return Err(Refusal::AlreadyRefunded {
                charge: charge.id.clone(),
            });
        }
        let wanted = wanted.unwrap_or(left);
        if wanted > left {
            return Err(Refusal::RefundTooLarge {
                wanted: charge.currency.write(wanted),
                left: charge.currency.write(left),
            });
        }
        Ok(wanted)
    }
}

impl Keyed for Refund {
    const KIND: &'static str = "refund";

    fn id(&self) -> &str {
        &self.id
    }

    fn created(&self) -> i64 {
        self.created
    }
}
