use serde::{Serialize, Serializer};
use udam_domain::gateway::{AccessKey, AccessKeyInfo, AccessKeyName};
use udam_domain::id::AccessKeyId;
use udam_domain::marketplace::FurtherKey;
use udam_domain::time::Timestamp;
use udam_domain::units::Units;
use utoipa::ToSchema;

use super::{as_text, as_text_or_null, schemas};
use crate::fields::{Fields, FromFields, Recorded};
use crate::reading::{count, instant, text};
use crate::settings::WireRules;

/// Request for a further access key of a token.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it only describes what is read below")]
pub(crate) struct IssueAccessKeyBody {
    /// Name, to tell it from others by.
    name: Option<schemas::AccessKeyName>,
    /// Most units that it may spend. By default, all of the token's.
    max_units: Option<schemas::Units>,
    /// Time from which it is refused. By default, that of the token.
    expires_at: Option<schemas::Instant>,
}

impl FromFields for FurtherKey {
    fn from_fields(fields: &mut Fields, _rules: WireRules) -> Result<Self, Recorded> {
        let name = fields.optional("name", text);
        let max_units = fields.optional("max_units", count);
        let expires_at = fields.optional("expires_at", instant);
        Ok(Self {
            name: name?,
            max_units: max_units?,
            expires_at: expires_at?,
        })
    }
}

/// An access key of a token. The key itself is no part of it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AccessKeyResponse {
    /// Its identifier, to delete it with.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = schemas::AccessKeyId)]
    id: AccessKeyId,
    /// Name, if it was given one.
    #[serde(serialize_with = "as_text_or_null")]
    #[schema(value_type = Option<schemas::AccessKeyName>, required = true)]
    name: Option<AccessKeyName>,
    /// Most units that it may spend; `null` for all of the token's.
    #[schema(value_type = Option<schemas::UnitCount>, required = true)]
    max_units: Option<u32>,
    /// Units that its calls have cost or have taken; counted only if it has `max_units`.
    #[schema(minimum = 0, example = 0)]
    units_taken: u32,
    /// Time from which it is refused; `null` for that of the token.
    #[serde(serialize_with = "as_text_or_null")]
    #[schema(value_type = Option<schemas::Instant>, required = true)]
    expires_at: Option<Timestamp>,
    /// Whether it is the token's first key, which revealing the token shows again.
    first: bool,
    /// Time at which it was issued.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = schemas::Instant)]
    created_at: Timestamp,
}

impl From<AccessKeyInfo> for AccessKeyResponse {
    fn from(key: AccessKeyInfo) -> Self {
        Self {
            id: key.id,
            name: key.name,
            max_units: key.max_units.map(Units::get),
            units_taken: key.taken_units,
            expires_at: key.expires_at,
            first: key.is_first,
            created_at: key.created_at,
        }
    }
}

/// An access key that was just issued.
#[derive(Serialize, ToSchema)]
pub(crate) struct IssuedAccessKeyResponse {
    /// The fields that lists of keys have as well.
    #[serde(flatten)]
    key: AccessKeyResponse,
    /// The key itself. It is not shown again.
    #[serde(serialize_with = "exposed")]
    #[schema(value_type = String, example = "udk_3hK0vYq1ZrS8mWx5nTbD7cPfL2uJ9aGeR4iOoE6sUdQw1f2g")]
    api_key: AccessKey,
    /// Address at which the service is called with it.
    #[schema(example = "https://udam.example/gw/lst_01h455vb4pex5vsknk084sn02q")]
    endpoint_url: String,
}

fn exposed<S: Serializer>(key: &AccessKey, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(key.expose())
}

impl IssuedAccessKeyResponse {
    /// A key that is used at this address.
    pub(crate) fn new(key: AccessKeyInfo, secret: AccessKey, endpoint_url: String) -> Self {
        Self {
            key: key.into(),
            api_key: secret,
            endpoint_url,
        }
    }
}
