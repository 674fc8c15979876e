use serde::Serialize;
use udam_domain::id::ChargeId;
use udam_domain::page::PageRequest;
use udam_domain::payment::AlertKind;
use udam_domain::time::Timestamp;
use udam_domain::{AlertNumber, RaisedAlert, WhichAlerts};
use utoipa::{IntoParams, ToSchema};

use super::{as_text, as_text_or_null, schemas};
use crate::fields::{Fields, FromFields, Recorded};
use crate::paging;
use crate::reading::flag_text;
use crate::settings::WireRules;

/// Describes what [`AlertsQuery`] reads.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it only describes")]
pub(crate) struct AlertsParams {
    /// `true` for resolved alerts as well.
    #[param(required = false)]
    resolved: bool,
    /// Largest number of items.
    #[param(value_type = schemas::PageLimit, required = false)]
    limit: i64,
    /// `next_cursor` of the page before.
    #[param(value_type = schemas::AlertCursor, required = false)]
    cursor: String,
}

/// A page of alerts.
pub(crate) struct AlertsQuery {
    pub(crate) which: WhichAlerts,
    pub(crate) page: PageRequest<AlertNumber>,
}

impl FromFields for AlertsQuery {
    fn from_fields(fields: &mut Fields, _rules: WireRules) -> Result<Self, Recorded> {
        let resolved = fields.optional("resolved", flag_text);
        let page = paging::page(fields, ());
        Ok(Self {
            which: if resolved?.unwrap_or_default() {
                WhichAlerts::All
            } else {
                WhichAlerts::Open
            },
            page: page?,
        })
    }
}

/// Something that an operator must look into.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AlertResponse {
    /// Its number.
    #[schema(example = 7)]
    number: i64,
    /// Its kind. There may be others in time.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = schemas::AlertKind)]
    kind: AlertKind,
    /// Identifier of its subject, the marketplace's or the payment provider's.
    #[schema(example = "rfd_01h455vb4pex5vsknk084sn02q")]
    subject: String,
    /// The payment that it is about.
    #[serde(serialize_with = "as_text_or_null")]
    #[schema(value_type = Option<schemas::ChargeId>, required = true)]
    payment_id: Option<ChargeId>,
    /// Finding, with advice.
    #[schema(example = "a refund of 2.50 USD failed at the provider")]
    finding: String,
    /// Number of times that it was raised.
    #[schema(example = 1)]
    count: i64,
    /// Time at which it was raised first.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = schemas::Instant)]
    first_at: Timestamp,
    /// Time at which it was raised last.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = schemas::Instant)]
    last_at: Timestamp,
    /// Time at which it was resolved; `null` while it is open.
    #[serde(serialize_with = "as_text_or_null")]
    #[schema(value_type = Option<schemas::Instant>, required = true)]
    resolved_at: Option<Timestamp>,
    /// Note of how it was resolved.
    #[schema(required = true, example = "The buyer was paid by bank transfer.")]
    resolution: Option<String>,
}

impl From<RaisedAlert> for AlertResponse {
    fn from(raised: RaisedAlert) -> Self {
        Self {
            number: raised.number.0,
            kind: raised.alert.kind,
            subject: raised.alert.subject,
            payment_id: raised.alert.charge_id,
            finding: raised.alert.finding,
            count: raised.count,
            first_at: raised.first_at,
            last_at: raised.last_at,
            resolved_at: raised.resolved_at,
            resolution: raised.resolution,
        }
    }
}
