use std::net::IpAddr;

use serde::Serialize;
use udam_domain::account::{Device, Session};
use udam_domain::id::SessionId;
use udam_domain::time::Timestamp;
use utoipa::ToSchema;

use super::{as_text, as_text_or_null, schemas};

/// A session of the caller.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SessionResponse {
    /// Identifier, to end it with.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = schemas::SessionId)]
    id: SessionId,
    /// User agent that opened it.
    #[serde(serialize_with = "as_text_or_null")]
    #[schema(value_type = Option<String>, required = true, example = "curl/8.9.1")]
    device: Option<Device>,
    /// The address it was opened from.
    #[serde(serialize_with = "as_text_or_null")]
    #[schema(value_type = Option<String>, required = true, example = "192.0.2.7")]
    address: Option<IpAddr>,
    /// Time at which it was opened.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = schemas::Instant)]
    created_at: Timestamp,
    /// Time of the last use, to within a minute.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = schemas::Instant)]
    last_seen_at: Timestamp,
    /// Time at which it ends, whether or not it is used.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = schemas::Instant)]
    expires_at: Timestamp,
    /// Whether it is the session of this request.
    current: bool,
}

impl SessionResponse {
    /// The session, as seen from the session `current`.
    pub(crate) fn new(session: Session, current: SessionId) -> Self {
        Self {
            id: session.id,
            device: session.origin.device,
            address: session.origin.address,
            created_at: session.created_at,
            last_seen_at: session.last_seen_at,
            expires_at: session.expires_at,
            current: session.id == current,
        }
    }
}
