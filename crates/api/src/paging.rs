//! The parameters of paged lists.

use serde_json::Value;
use udam_domain::listing::{CataloguePosition, Sort};
use udam_domain::page::PageRequest;
use udam_web::cursor::{self, Position};

use super::fields::{Fields, Recorded};
use super::reading::{page_limit, text};

/// The rule that a cursor of another version, list or order breaks.
pub(super) const UNKNOWN: &str =
    "must be a next_cursor that this list, sorted the same way, has answered with";

/// Reads `limit` and `cursor`.
pub(super) fn page<P: Position>(
    fields: &mut Fields,
    order: P::Order,
) -> Result<PageRequest<P>, Recorded> {
    let limit = fields.optional("limit", page_limit);
    let after = fields.optional("cursor", |value| {
        let cursor: String = text(value)?;
        cursor::decode(&cursor, order).ok_or_else(|| UNKNOWN.to_owned())
    });
    Ok(PageRequest {
        after: after?,
        limit: limit?.unwrap_or_default(),
    })
}

/// Reads a cursor of the catalogue, which has its order in it.
pub(super) fn catalogue(value: Value) -> Result<(Sort, CataloguePosition), String> {
    let cursor: String = text(value)?;
    cursor::decode_catalogue(&cursor).ok_or_else(|| UNKNOWN.to_owned())
}
