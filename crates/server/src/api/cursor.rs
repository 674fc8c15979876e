//! Cursors: where a page ended, as an opaque text that fits only the kind of list it came from.

mod position;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use udam_domain::listing::{CataloguePosition, Sort};
use udam_domain::page::{Page, PageRequest};

use super::fields::{Fields, Noted};
use super::reading::{page_limit, text};

use position::SORTS;

pub(super) use position::Position;

/// What a cursor of another version, list or spelling is told.
pub(super) const UNKNOWN: &str =
    "must be a next_cursor that this list, sorted the same way, has answered with";

/// The version of what follows, so that cursors of another one are told apart.
const VERSION: u8 = 1;

/// What every cursor of a list begins with: three bytes, and so four characters.
fn head<P: Position>(order: P::Order) -> [u8; 3] {
    let [kind, sort] = P::list(order);
    [VERSION, kind, sort]
}

/// Writes a cursor.
pub(super) fn encode<P: Position>(position: &P, order: P::Order) -> String {
    let mut bytes = head::<P>(order).to_vec();
    bytes.extend(position.bytes());
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Reads a cursor.
fn decode<P: Position>(cursor: &str, order: P::Order) -> Option<P> {
    let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
    let position = bytes.strip_prefix(&head::<P>(order))?;
    if position.len() != P::length(order) {
        return None;
    }
    P::from_bytes(position, order)
}

/// Every spelling of the cursors of a list, and no other.
pub(super) fn pattern<P: Position>(order: P::Order) -> String {
    format!("^{}$", unanchored_pattern::<P>(order))
}

/// The cursors of the catalogue, in any of its orders.
pub(super) fn catalogue_pattern() -> String {
    let patterns = SORTS.map(unanchored_pattern::<CataloguePosition>);
    format!("^({})$", patterns.join("|"))
}

fn unanchored_pattern<P: Position>(order: P::Order) -> String {
    let head = URL_SAFE_NO_PAD.encode(head::<P>(order));
    let (threes, rest) = (P::length(order) / 3, P::length(order) % 3);
    let whole = threes.saturating_mul(4);
    // The last character of an incomplete group has bits to spare, which are zero.
    let tail = match rest {
        0 => "",
        1 => "[A-Za-z0-9_-][AQgw]",
        _ => "[A-Za-z0-9_-]{2}[AEIMQUYcgkosw048]",
    };
    format!("{head}[A-Za-z0-9_-]{{{whole}}}{tail}")
}

/// The cursor of the page after this one.
pub(super) fn next<T, P: Position>(page: &Page<T, P>, order: P::Order) -> Option<String> {
    page.next.as_ref().map(|position| encode(position, order))
}

/// Reads `limit` and `cursor`.
pub(super) fn page<P: Position>(
    fields: &mut Fields,
    order: P::Order,
) -> Result<PageRequest<P>, Noted> {
    let limit = fields.optional("limit", page_limit);
    let after = fields.optional("cursor", |value| {
        let cursor: String = text(value)?;
        decode(&cursor, order).ok_or_else(|| UNKNOWN.to_owned())
    });
    Ok(PageRequest {
        after: after?,
        limit: limit?.unwrap_or_default(),
    })
}

/// Reads a cursor of the catalogue, which tells how it was sorted.
pub(super) fn catalogue(value: Value) -> Result<(Sort, CataloguePosition), String> {
    let cursor: String = text(value)?;
    SORTS
        .into_iter()
        .find_map(|sort| Some((sort, decode(&cursor, sort)?)))
        .ok_or_else(|| UNKNOWN.to_owned())
}

#[cfg(test)]
mod tests;
