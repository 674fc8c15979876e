use std::net::IpAddr;

use serde::Serialize;
use serde_json::Value;
use udam_domain::audit::{AuditAction, AuditQuery, AuditRecord};
use udam_domain::id::AccountId;
use udam_domain::page::PageRequest;
use udam_domain::time::Timestamp;
use utoipa::{IntoParams, ToSchema};

use super::{as_text, as_text_or_null, schemas};
use crate::fields::{Fields, FromFields, Recorded};
use crate::paging;
use crate::reading::{instant, text, variant};
use crate::settings::WireRules;

/// Describes what [`AuditSearchQuery`] reads.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it only describes")]
pub(crate) struct AuditSearchParams {
    /// Account that has acted, or that was acted on.
    #[param(value_type = schemas::AccountId, required = false)]
    account: String,
    /// Order, with its token and its payment.
    #[param(value_type = schemas::OrderId, required = false)]
    order: String,
    /// Listing.
    #[param(value_type = schemas::ListingId, required = false)]
    listing: String,
    /// Action.
    #[param(value_type = schemas::AuditAction, required = false)]
    action: String,
    /// Begin of the period.
    #[param(value_type = schemas::Instant, required = false)]
    from: String,
    /// End of the period, which is not part of it.
    #[param(value_type = schemas::Instant, required = false)]
    to: String,
    /// `ndjson` for all records, one a line, as `Accept: application/x-ndjson` asks for.
    #[param(value_type = schemas::AuditFormat, required = false)]
    format: String,
    /// Largest number of items; not for NDJSON.
    #[param(value_type = schemas::PageLimit, required = false)]
    limit: i64,
    /// `next_cursor` of the page before; not for NDJSON.
    #[param(value_type = schemas::AuditCursor, required = false)]
    cursor: String,
}

/// A search of the audit trail.
pub(crate) struct AuditSearchQuery {
    pub(crate) query: AuditQuery,
    pub(crate) page: PageRequest<i64>,
    /// Whether all records are asked for, one a line.
    pub(crate) as_lines: bool,
}

impl FromFields for AuditSearchQuery {
    fn from_fields(fields: &mut Fields, _rules: WireRules) -> Result<Self, Recorded> {
        let account = fields.optional("account", text);
        let order = fields.optional("order", text);
        let listing = fields.optional("listing", text);
        let action = fields.optional("action", variant);
        let since = fields.optional("from", instant);
        let until = fields.optional("to", instant);
        let format = fields.optional("format", ndjson);
        let page = paging::page(fields, ());
        Ok(Self {
            query: AuditQuery {
                account: account?,
                order: order?,
                listing: listing?,
                action: action?,
                since: since?,
                until: until?,
            },
            as_lines: format?.is_some(),
            page: page?,
        })
    }
}

#[expect(clippy::needless_pass_by_value, reason = "readers take the value over")]
fn ndjson(value: Value) -> Result<(), String> {
    match value.as_str() {
        Some("ndjson") => Ok(()),
        _ => Err("must be ndjson".to_owned()),
    }
}

/// A record of the audit trail, as operators see it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AuditEntryResponse {
    /// Its number.
    #[schema(example = 4711)]
    number: i64,
    /// Time of the action.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = schemas::Instant)]
    at: Timestamp,
    /// The action.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = schemas::AuditAction)]
    action: AuditAction,
    /// The account that has acted; `null` at the command line, for the payment provider, and for who failed to log in.
    #[serde(serialize_with = "as_text_or_null")]
    #[schema(value_type = Option<schemas::AccountId>, required = true)]
    account_id: Option<AccountId>,
    /// Address that the request came from; `null` if it is unknown.
    #[serde(serialize_with = "as_text_or_null")]
    #[schema(value_type = Option<String>, required = true, example = "192.0.2.7")]
    address: Option<IpAddr>,
    /// Identifier of what it was about.
    #[schema(required = true, example = "ord_01h455vb4pex5vsknk084sn02q")]
    subject: Option<String>,
    /// Why, if an operator has done it.
    #[schema(required = true, example = "The seller does not answer.")]
    reason: Option<String>,
    /// State before, of what an operator has changed.
    #[schema(required = true, example = "fulfilled")]
    before: Option<String>,
    /// State after.
    #[schema(required = true, example = "refunded")]
    after: Option<String>,
}

impl From<AuditRecord> for AuditEntryResponse {
    fn from(record: AuditRecord) -> Self {
        let subject = record.subject;
        Self {
            number: record.number,
            at: record.at,
            action: record.action,
            account_id: record.account_id,
            address: record.address,
            subject: subject.map(|subject| record.action.subject(subject, record.account_id)),
            reason: record.reason,
            before: record.before,
            after: record.after,
        }
    }
}
