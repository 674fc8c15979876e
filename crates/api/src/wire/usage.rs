use serde::Serialize;
use udam_domain::gateway::{Granularity, UsageBucket};
use udam_domain::id::ListingId;
use udam_domain::time::Timestamp;
use utoipa::{IntoParams, ToSchema};

use super::{as_text, schemas};
use crate::fields::{Fields, FromFields, Recorded};
use crate::reading::{text, variant};
use crate::settings::WireRules;

/// Parameters of the sums of a token's calls.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it only describes what is read below")]
pub(crate) struct TokenUsageParams {
    /// Length of the periods.
    #[param(value_type = schemas::Granularity, required = false)]
    by: String,
}

/// Parameters of the sums of a seller's calls.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it only describes what is read below")]
pub(crate) struct SellerUsageParams {
    /// Listing of yours; all of them without it.
    #[param(value_type = schemas::ListingId, required = false)]
    listing: String,
    /// Length of the periods.
    #[param(value_type = schemas::Granularity, required = false)]
    by: String,
}

/// Length of the periods of sums.
pub(crate) struct TokenUsageQuery(pub(crate) Granularity);

/// Length of the periods of a seller's sums, and the listing; `None` for all listings.
pub(crate) struct SellerUsageQuery {
    /// The listing.
    pub listing: Option<ListingId>,
    /// Length of the periods.
    pub by: Granularity,
}

impl FromFields for TokenUsageQuery {
    fn from_fields(fields: &mut Fields, _rules: WireRules) -> Result<Self, Recorded> {
        granularity(fields).map(Self)
    }
}

impl FromFields for SellerUsageQuery {
    fn from_fields(fields: &mut Fields, _rules: WireRules) -> Result<Self, Recorded> {
        let listing = fields.optional("listing", text);
        let by = granularity(fields);
        Ok(Self {
            listing: listing?,
            by: by?,
        })
    }
}

fn granularity(fields: &mut Fields) -> Result<Granularity, Recorded> {
    let by = fields.optional("by", variant)?;
    Ok(by.unwrap_or(Granularity::Day))
}

/// Sums of calls over periods.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UsageResponse {
    /// Length of the periods.
    #[schema(value_type = schemas::Granularity)]
    by: &'static str,
    /// The periods in which calls began, the oldest first.
    data: Vec<UsagePeriodResponse>,
}

/// Sums of the calls that began in a period.
#[derive(Debug, Serialize, ToSchema)]
struct UsagePeriodResponse {
    /// Beginning of the period.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = schemas::Instant)]
    from: Timestamp,
    /// Number of calls that have ended.
    #[schema(minimum = 0, example = 1_204)]
    calls: u64,
    /// Number of those that were charged.
    #[schema(minimum = 0, example = 1_198)]
    charged_calls: u64,
    /// Units charged.
    #[schema(minimum = 0, example = 1_198)]
    units: u64,
    /// Bytes of requests and answers.
    #[schema(minimum = 0, example = 1_782_144)]
    bytes: u64,
}

impl UsageResponse {
    /// The sums by this length of periods.
    pub(crate) fn new(by: Granularity, buckets: Vec<UsageBucket>) -> Self {
        let data = buckets.into_iter().map(|bucket| UsagePeriodResponse {
            from: bucket.from,
            calls: bucket.calls,
            charged_calls: bucket.charged_calls,
            units: bucket.units,
            bytes: bucket.bytes,
        });
        Self {
            by: by.into(),
            data: data.collect(),
        }
    }
}
