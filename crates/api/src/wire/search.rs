use serde::Serialize;
use serde_json::Value;
use udam_domain::administration::{Hit, HitKind, Lookup, StoryId};
use utoipa::{IntoParams, ToSchema};

use super::{as_text, schemas};
use crate::fields::{Fields, FromFields, Recorded};
use crate::reading::text;
use crate::settings::WireRules;

/// Describes what [`SearchQuery`] reads.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it only describes")]
pub(crate) struct SearchParams {
    /// Exact name: an identifier, a UUID, an e-mail address, or an id of the payment provider.
    #[param(value_type = schemas::LookupText, example = "ord_01h455vb4pex5vsknk084sn02q")]
    q: String,
}

/// A name that an operator searches for.
pub(crate) struct SearchQuery(pub(crate) Lookup);

impl FromFields for SearchQuery {
    fn from_fields(fields: &mut Fields, _rules: WireRules) -> Result<Self, Recorded> {
        fields.required("q", lookup).map(Self)
    }
}

fn lookup(value: Value) -> Result<Lookup, String> {
    let name: String = text(value)?;
    if name.chars().count() > Lookup::MAX_LENGTH {
        return Err(format!(
            "must have at most {} characters",
            Lookup::MAX_LENGTH
        ));
    }
    text(Value::String(name))
}

/// A result of a search.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SearchResponse {
    /// Everything with exactly this name, and the orders that a payment pays for.
    data: Vec<HitResponse>,
}

/// Something that was found.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HitResponse {
    /// Its kind.
    #[serde(rename = "type", serialize_with = "as_text")]
    #[schema(rename = "type", value_type = schemas::HitKind)]
    kind: HitKind,
    /// Its identifier, the marketplace's or the payment provider's.
    #[schema(example = "ord_01h455vb4pex5vsknk084sn02q")]
    id: String,
    /// Path of the call that tells what has happened to it.
    #[schema(example = "/v1/admin/orders/ord_01h455vb4pex5vsknk084sn02q")]
    story: String,
}

impl From<Vec<Hit>> for SearchResponse {
    fn from(hits: Vec<Hit>) -> Self {
        Self {
            data: hits.into_iter().map(HitResponse::from).collect(),
        }
    }
}

impl From<Hit> for HitResponse {
    fn from(hit: Hit) -> Self {
        Self {
            kind: hit.kind,
            id: hit.id,
            story: match hit.story {
                StoryId::Account(id) => format!("/v1/admin/accounts/{id}"),
                StoryId::Order(id) => format!("/v1/admin/orders/{id}"),
                StoryId::Listing(id) => format!("/v1/admin/listings/{id}"),
                StoryId::Event(id) => format!("/v1/admin/webhooks/{id}"),
            },
        }
    }
}
