use serde::Serialize;
use udam_domain::complaint::{Complaint, ComplaintReason};
use udam_domain::id::OrderId;
use udam_domain::time::Timestamp;
use utoipa::ToSchema;

use super::{as_text, as_text_or_null, schemas};
use crate::fields::{Fields, FromFields, Recorded};
use crate::reading::text;
use crate::settings::WireRules;

/// Request to complain about an order.
#[derive(Debug, ToSchema)]
pub(crate) struct SendComplaintBody {
    /// Text that the operator reads.
    #[schema(value_type = schemas::ComplaintReason)]
    pub reason: ComplaintReason,
}

impl FromFields for SendComplaintBody {
    fn from_fields(fields: &mut Fields, _rules: WireRules) -> Result<Self, Recorded> {
        let reason = fields.required("reason", text)?;
        Ok(Self { reason })
    }
}

/// A complaint about an order.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ComplaintResponse {
    /// The order.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = schemas::OrderId)]
    order_id: OrderId,
    /// Text that the operator reads.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = schemas::ComplaintReason)]
    reason: ComplaintReason,
    /// Whether the operator has yet to resolve it.
    open: bool,
    /// Time at which it was sent.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = schemas::Instant)]
    created_at: Timestamp,
    /// Time at which the operator resolved it.
    #[serde(serialize_with = "as_text_or_null")]
    #[schema(value_type = Option<schemas::Instant>, required = true)]
    resolved_at: Option<Timestamp>,
}

impl From<Complaint> for ComplaintResponse {
    fn from(complaint: Complaint) -> Self {
        Self {
            open: complaint.is_open(),
            order_id: complaint.order_id,
            reason: complaint.reason,
            created_at: complaint.sent_at,
            resolved_at: complaint.resolved_at,
        }
    }
}
