use crate::id::ChargeId;
use crate::money::Money;

/// A contradiction that an operator must look into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentAlert {
    /// The charge with the contradiction; `None` if it is about no charge alone.
    pub charge_id: Option<ChargeId>,
    /// Description of the contradiction, without secrets.
    pub finding: String,
}

impl PaymentAlert {
    /// A payment whose amount differs from its charge's.
    #[must_use]
    pub fn mismatch(charge_id: ChargeId, paid: Money, expected: Money) -> Self {
        Self {
            charge_id: Some(charge_id),
            finding: format!("{paid:?} was paid, and {expected:?} asked for"),
        }
    }

    /// A provider that refuses what a sweep asks of it, such as for a wrong key.
    #[must_use]
    pub fn provider_refuses(reason: &str) -> Self {
        Self {
            charge_id: None,
            finding: format!(
                "the payment provider refuses what a sweep asks of it: {reason}; check the secret key and the \
                 account"
            ),
        }
    }

    /// An event in the provider's list that cannot be read.
    #[must_use]
    pub fn unreadable_event(event: &impl ToString) -> Self {
        Self {
            charge_id: None,
            finding: format!(
                "event {} cannot be read, and was skipped: look at it at the provider",
                event.to_string()
            ),
        }
    }
}
