use serde::Serialize;
use udam_domain::account::Email;
use udam_domain::administration::{History, StoryEntry, StorySource};
use udam_domain::id::AccountId;
use udam_domain::money::{Currency, Money};
use udam_domain::payment::ProviderReference;
use udam_domain::time::Timestamp;
use udam_web::cursor;
use utoipa::ToSchema;

use super::{as_text, as_text_or_null, schemas};

/// An account, as operators see it where it takes part.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PartyResponse {
    /// Its identifier.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = schemas::AccountId)]
    id: AccountId,
    /// Its address.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, example = "katherine@example.com")]
    email: Email,
}

impl PartyResponse {
    /// The account with this address.
    pub(super) const fn new(id: AccountId, email: Email) -> Self {
        Self { id, email }
    }
}

/// Something that has happened.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EntryResponse {
    /// Time at which it happened.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = schemas::Instant)]
    at: Timestamp,
    /// Kind of record that it was read from.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = schemas::StorySource)]
    source: StorySource,
    /// Kind of happening. There may be others in time.
    #[schema(example = "order_refunded")]
    what: String,
    /// Identifier of what it is about, the marketplace's or the payment provider's.
    #[schema(required = true, example = "ord_01h455vb4pex5vsknk084sn02q")]
    id: Option<String>,
    /// State before, of what an operator has changed.
    #[schema(required = true, example = "fulfilled")]
    before: Option<String>,
    /// State of it by now, or that an operator has made of it.
    #[schema(required = true, example = "refunded")]
    state: Option<String>,
    /// Amount of it.
    #[serde(serialize_with = "as_text_or_null")]
    #[schema(value_type = Option<schemas::Amount>, required = true)]
    amount: Option<Money>,
    /// Currency of the amount.
    #[serde(serialize_with = "as_text_or_null")]
    #[schema(value_type = Option<schemas::Currency>, required = true)]
    currency: Option<Currency>,
    /// The payment provider's id of it.
    #[serde(serialize_with = "as_text_or_null")]
    #[schema(value_type = Option<String>, required = true, example = "pi_3OqZ")]
    reference: Option<ProviderReference>,
    /// The account that has acted.
    #[serde(serialize_with = "as_text_or_null")]
    #[schema(value_type = Option<schemas::AccountId>, required = true)]
    by: Option<AccountId>,
    /// Reason, finding or error.
    #[schema(required = true, example = "The seller does not answer.")]
    note: Option<String>,
}

impl From<StoryEntry> for EntryResponse {
    fn from(entry: StoryEntry) -> Self {
        Self {
            at: entry.position.at,
            source: entry.position.source,
            what: entry.what,
            id: entry.id,
            before: entry.was,
            state: entry.state,
            currency: entry.amount.map(Money::currency),
            amount: entry.amount,
            reference: entry.reference,
            by: entry.by,
            note: entry.note,
        }
    }
}

/// A page of what has happened, the newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HistoryResponse {
    /// The entries.
    data: Vec<EntryResponse>,
    /// The `cursor` of the next page; `null` on the last one.
    #[schema(required = true, example = json!(null))]
    next_cursor: Option<String>,
}

impl From<History> for HistoryResponse {
    fn from(history: History) -> Self {
        let next_cursor = cursor::next(&history, ());
        let entries = history.items.into_iter();
        Self {
            data: entries.map(EntryResponse::from).collect(),
            next_cursor,
        }
    }
}
