use serde::Serialize;
use udam_domain::gateway::{Call, CallPath, Method};
use udam_domain::id::{AccessKeyId, AccountId, CallId, ListingId, TokenId};
use udam_domain::page::PageRequest;
use udam_domain::time::Timestamp;
use utoipa::{IntoParams, ToSchema};

use super::{as_text, milliseconds, schemas};
use crate::fields::{Fields, FromFields, Recorded};
use crate::paging;
use crate::reading::text;
use crate::settings::WireRules;

/// Parameters of a page of the calls of a listing.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it only describes what is read below")]
pub(crate) struct ListingCallsParams {
    /// Listing of yours.
    #[param(value_type = schemas::ListingId, example = "lst_01h455vb4pex5vsknk084sn02q")]
    listing: String,
    /// Largest number of items.
    #[param(value_type = schemas::PageLimit, required = false)]
    limit: i64,
    /// `next_cursor` of the page before.
    #[param(value_type = schemas::CallCursor, required = false)]
    cursor: String,
}

/// A page of the calls of a listing.
pub(crate) struct ListingCallsQuery {
    /// The listing.
    pub listing: ListingId,
    /// The page.
    pub page: PageRequest<CallId>,
}

impl FromFields for ListingCallsQuery {
    fn from_fields(fields: &mut Fields, _rules: WireRules) -> Result<Self, Recorded> {
        let listing = fields.required("listing", text);
        let page = paging::page(fields, ());
        Ok(Self {
            listing: listing?,
            page: page?,
        })
    }
}

/// A call through the gateway that has ended.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CallResponse {
    /// Its identifier.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = schemas::CallId)]
    id: CallId,
    /// The token that it was made with.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = schemas::TokenId)]
    token_id: TokenId,
    /// The access key that it was made with.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = schemas::AccessKeyId)]
    key_id: AccessKeyId,
    /// The listing that was called.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = schemas::ListingId)]
    listing_id: ListingId,
    /// Method; `null` of a call that was lost, as is the path.
    #[schema(value_type = Option<schemas::CallMethod>, required = true)]
    method: Option<&'static str>,
    /// Path below the address of the listing, without its query: its first 200 characters.
    #[schema(value_type = Option<schemas::CallPathText>, required = true)]
    path: Option<String>,
    /// The way it ended.
    #[schema(value_type = schemas::CallOutcome)]
    outcome: &'static str,
    /// Status of the answer; `null` if none came.
    #[schema(minimum = 100, maximum = 999, required = true, example = 200)]
    status: Option<u16>,
    /// Whether it was charged, or its units were returned.
    #[schema(value_type = schemas::CallState)]
    state: &'static str,
    /// Units that it cost.
    #[schema(minimum = 0, example = 1)]
    units: u32,
    /// Bytes of the request's body that were sent to the service.
    #[schema(minimum = 0, example = 0)]
    request_bytes: u64,
    /// Bytes of the answer's body that came from the service.
    #[schema(minimum = 0, example = 1_482)]
    response_bytes: u64,
    /// Time to the head of the answer, in milliseconds; `null` if none came.
    #[schema(minimum = 0, required = true, example = 48)]
    latency_ms: Option<u64>,
    /// Version of the listing's terms that it was made under.
    #[schema(minimum = 1, example = 1)]
    terms_version: u32,
    /// Time at which it began.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = schemas::Instant)]
    began_at: Timestamp,
    /// Time at which it ended.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = schemas::Instant)]
    ended_at: Timestamp,
}

impl From<Call> for CallResponse {
    fn from(call: Call) -> Self {
        let (method, path): (Option<Method>, Option<CallPath>) = call.request.unzip();
        Self {
            id: call.id,
            token_id: call.token_id,
            key_id: call.key_id,
            listing_id: call.listing_id,
            method: method.map(Method::into),
            path: path.map(|path| path.as_str().to_owned()),
            outcome: call.outcome.name(),
            status: call.outcome.head().map(|head| head.status),
            state: call.state.into(),
            units: call.units,
            request_bytes: call.request_bytes,
            response_bytes: call.response_bytes,
            latency_ms: call.latency.map(milliseconds),
            terms_version: call.terms.get(),
            began_at: call.began_at,
            ended_at: call.ended_at,
        }
    }
}

/// The signed record of a call.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SignedReceiptResponse {
    /// The record.
    receipt: ReceiptResponse,
    /// The record's JSON with its signature: a JSON Web Signature in compact form (RFC 7515), by Ed25519 (RFC 8037). Its
    /// keys are at `/.well-known/udam-receipts.json`.
    #[schema(example = "eyJhbGciOiJFZERTQSIsImtpZCI6Im1haW4ifQ.e30.c2lnbmF0dXJl")]
    jws: String,
}

/// The signed content of a receipt.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReceiptResponse {
    /// The call.
    #[serde(flatten)]
    call: CallResponse,
    /// The account that made it.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = schemas::AccountId)]
    buyer_id: AccountId,
    /// The account that sold it.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = schemas::AccountId)]
    seller_id: AccountId,
}

impl From<Call> for ReceiptResponse {
    fn from(call: Call) -> Self {
        Self {
            buyer_id: call.buyer_id,
            seller_id: call.seller_id,
            call: call.into(),
        }
    }
}

impl SignedReceiptResponse {
    /// A record and its signature.
    pub(crate) const fn new(receipt: ReceiptResponse, jws: String) -> Self {
        Self { receipt, jws }
    }
}
