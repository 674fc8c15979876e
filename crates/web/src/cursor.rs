//! Cursors: the end of a page, as an opaque text that is valid only for the list it came from.

mod position;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use udam_domain::listing::{CataloguePosition, Sort};
use udam_domain::page::Page;

use position::SORTS;

pub use position::Position;

/// Version of the encoding, so that cursors of another one are refused.
const VERSION: u8 = 1;

/// Prefix of every cursor of a list: three bytes, which are four characters.
fn head<P: Position>(order: P::Order) -> [u8; 3] {
    let [kind, sort] = P::list(order);
    [VERSION, kind, sort]
}

/// Writes a cursor.
#[must_use]
pub fn encode<P: Position>(position: &P, order: P::Order) -> String {
    let mut bytes = head::<P>(order).to_vec();
    bytes.extend(position.bytes());
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Reads a cursor of a list in this order. `None` for one of another version, list or order.
#[must_use]
pub fn decode<P: Position>(cursor: &str, order: P::Order) -> Option<P> {
    let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
    let position = bytes.strip_prefix(&head::<P>(order))?;
    if position.len() != P::length(order) {
        return None;
    }
    P::from_bytes(position, order)
}

/// Reads a cursor of the catalogue in any order, with that order.
#[must_use]
pub fn decode_catalogue(cursor: &str) -> Option<(Sort, CataloguePosition)> {
    SORTS
        .into_iter()
        .find_map(|sort| Some((sort, decode(cursor, sort)?)))
}

/// The cursor of the page after this one; `None` for the last page.
#[must_use]
pub fn next<T, P: Position>(page: &Page<T, P>, order: P::Order) -> Option<String> {
    page.next.as_ref().map(|position| encode(position, order))
}

/// A regular expression for the cursors of a list.
#[must_use]
pub fn pattern<P: Position>(order: P::Order) -> String {
    format!("^{}$", unanchored_pattern::<P>(order))
}

/// A regular expression for the cursors of the catalogue, in any order.
#[must_use]
pub fn catalogue_pattern() -> String {
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

#[cfg(test)]
mod tests;
