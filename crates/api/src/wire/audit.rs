use std::net::IpAddr;

use serde::Serialize;
use udam_domain::audit::{AuditAction, AuditRecord};
use udam_domain::id::AccountId;
use udam_domain::time::Timestamp;
use utoipa::ToSchema;

use super::{as_text, as_text_or_null, schemas};

/// An action on the caller's account, or of it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AuditRecordResponse {
    /// Time of the action.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = schemas::Instant)]
    at: Timestamp,
    /// The action.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = schemas::AuditAction)]
    action: AuditAction,
    /// Whether the account has done it, and not somebody else.
    own: bool,
    /// Address that the request came from; `null` if it is unknown, and of what an operator has done.
    #[serde(serialize_with = "as_text_or_null")]
    #[schema(value_type = Option<String>, required = true, example = "192.0.2.7")]
    address: Option<IpAddr>,
    /// Identifier of what it was about, such as an order.
    #[schema(required = true, example = "ord_01h455vb4pex5vsknk084sn02q")]
    subject: Option<String>,
    /// Why, if an operator has done it.
    #[schema(required = true, example = json!(null))]
    reason: Option<String>,
}

impl AuditRecordResponse {
    /// A record, as `account` may see it: not which operator has acted, and from where.
    pub(crate) fn new(record: AuditRecord, account: AccountId) -> Self {
        let own = record.account_id == Some(account);
        let subject = record.subject;
        Self {
            at: record.at,
            action: record.action,
            own,
            address: record
                .address
                .filter(|_| own || record.account_id.is_none()),
            subject: subject.map(|subject| record.action.subject(subject, record.account_id)),
            reason: record.reason,
        }
    }
}
