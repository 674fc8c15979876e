use crate::id::ChargeId;
use crate::money::Money;

/// A contradiction that an operator must look into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentAlert {
    /// The charge with the contradiction.
    pub charge_id: ChargeId,
    /// Description of the contradiction, without secrets.
    pub finding: String,
}

impl PaymentAlert {
    /// A payment whose amount differs from its charge's.
    #[must_use]
    pub fn mismatch(charge_id: ChargeId, paid: Money, expected: Money) -> Self {
        Self {
            charge_id,
            finding: format!("{paid:?} was paid, and {expected:?} asked for"),
        }
    }
}
