use serde::{Serialize, Serializer};
use udam_domain::account::{AccountKey, AccountKeyInfo, AccountKeyName, Scope, Scopes};
use udam_domain::id::AccountKeyId;
use udam_domain::marketplace::MakeKey;
use udam_domain::time::Timestamp;
use utoipa::ToSchema;

use super::{as_text, as_text_or_null, schemas};
use crate::fields::{Fields, FromFields, Recorded};
use crate::reading::{instant, text, variant};
use crate::settings::WireRules;

/// Request to make an API key.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it only describes what is read below")]
pub(crate) struct MakeAccountKeyBody {
    /// Name, to tell it from others by.
    #[schema(value_type = schemas::AccountKeyName)]
    name: AccountKeyName,
    /// Scopes, at least one. None includes another.
    #[schema(value_type = Vec<schemas::KeyScope>, min_items = 1, example = json!(["read", "buy"]))]
    scopes: Vec<Scope>,
    /// Time from which it is refused. By default, it does not expire.
    #[schema(value_type = Option<schemas::Instant>)]
    expires_at: Option<Timestamp>,
}

impl FromFields for MakeKey {
    fn from_fields(fields: &mut Fields, _rules: WireRules) -> Result<Self, Recorded> {
        let name = fields.required("name", text);
        let scopes = scopes(fields);
        let expires_at = fields.optional("expires_at", instant);
        Ok(Self {
            name: name?,
            scopes: scopes?,
            expires_at: expires_at?,
        })
    }
}

fn scopes(fields: &mut Fields) -> Result<Scopes, Recorded> {
    let given = fields.list("scopes", variant::<Scope>)?;
    Scopes::new(given.unwrap_or_default()).map_err(|rule| {
        fields.reject("scopes", rule);
        Recorded
    })
}

/// An API key of the account. The key itself is no part of it.
#[derive(Serialize, ToSchema)]
pub(crate) struct AccountKeyResponse {
    /// Its identifier, to revoke it with.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = schemas::AccountKeyId)]
    id: AccountKeyId,
    /// Its name.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = schemas::AccountKeyName)]
    name: AccountKeyName,
    /// Uses that it is allowed, at least one.
    #[schema(value_type = Vec<schemas::KeyScope>, example = json!(["read", "buy"]))]
    scopes: Vec<&'static str>,
    /// Time from which it is refused; `null` if it does not expire.
    #[serde(serialize_with = "as_text_or_null")]
    #[schema(value_type = Option<schemas::Instant>, required = true)]
    expires_at: Option<Timestamp>,
    /// Time at which it was made.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = schemas::Instant)]
    created_at: Timestamp,
    /// Time of its last use, to within ten minutes; `null` if it was not used.
    #[serde(serialize_with = "as_text_or_null")]
    #[schema(value_type = Option<schemas::Instant>, required = true)]
    last_used_at: Option<Timestamp>,
}

impl From<AccountKeyInfo> for AccountKeyResponse {
    fn from(key: AccountKeyInfo) -> Self {
        Self {
            id: key.id,
            name: key.name,
            scopes: key.scopes.iter().map(Into::into).collect(),
            expires_at: key.expires_at,
            created_at: key.created_at,
            last_used_at: key.last_used_at,
        }
    }
}

/// An API key that was just made.
#[derive(Serialize, ToSchema)]
pub(crate) struct MadeAccountKeyResponse {
    /// The fields that the list of keys has as well.
    #[serde(flatten)]
    pub key: AccountKeyResponse,
    /// The key itself, to send as `Authorization: Bearer …`. It is not shown again.
    #[serde(serialize_with = "exposed")]
    #[schema(value_type = String, example = "udp_3hK0vYq1ZrS8mWx5nTbD7cPfL2uJ9aGeR4iOoE6sUdQw1f2g")]
    pub api_key: AccountKey,
}

fn exposed<S: Serializer>(key: &AccountKey, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(key.expose())
}
