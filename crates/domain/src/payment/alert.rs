use crate::id::ChargeId;
use crate::money::Money;

/// A contradiction that an operator must look into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentAlert {
    /// The charge that is concerned.
    pub charge_id: ChargeId,
    /// What is wrong, without anything secret.
    pub finding: String,
}

impl PaymentAlert {
    /// Another amount was paid than the charge asks for.
    #[must_use]
    pub fn mismatch(charge_id: ChargeId, paid: Money, expected: Money) -> Self {
        Self {
            charge_id,
            finding: format!("{paid:?} was paid, and {expected:?} asked for"),
        }
    }
}
