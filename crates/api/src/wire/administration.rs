use serde::Serialize;
use udam_domain::audit::Reason;
use udam_domain::order::ReturnedUnits;
use udam_domain::time::Timestamp;
use utoipa::ToSchema;

use super::{as_text_or_null, schemas};
use crate::fields::{Fields, FromFields, Recorded};
use crate::reading::{flag, text};
use crate::settings::WireRules;

/// Why an operator acts.
#[derive(Debug, ToSchema)]
pub(crate) struct ReasonBody {
    /// Reason, which goes into the audit trail. The account that it is about reads it too.
    #[schema(value_type = schemas::Reason)]
    pub reason: Reason,
}

impl FromFields for ReasonBody {
    fn from_fields(fields: &mut Fields, _rules: WireRules) -> Result<Self, Recorded> {
        let reason = fields.required("reason", text)?;
        Ok(Self { reason })
    }
}

/// Request of an operator to refund an order.
#[derive(Debug, ToSchema)]
pub(crate) struct RefundByOperatorBody {
    /// Reason, which goes into the audit trail.
    #[schema(value_type = schemas::Reason)]
    pub reason: Reason,
    /// Whether its units go back on sale; not, by default.
    #[schema(value_type = bool, required = false, default = false)]
    pub return_units: ReturnedUnits,
}

impl FromFields for RefundByOperatorBody {
    fn from_fields(fields: &mut Fields, _rules: WireRules) -> Result<Self, Recorded> {
        let reason = fields.required("reason", text);
        let back = fields.optional("return_units", flag);
        Ok(Self {
            reason: reason?,
            return_units: match back? {
                Some(true) => ReturnedUnits::ForSale,
                Some(false) | None => ReturnedUnits::StaySold,
            },
        })
    }
}

/// Whether an account or a listing is suspended.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SuspensionResponse {
    /// Time from which it is suspended; `null` if it is not.
    #[serde(serialize_with = "as_text_or_null")]
    #[schema(value_type = Option<schemas::Instant>, required = true)]
    pub suspended_at: Option<Timestamp>,
}
