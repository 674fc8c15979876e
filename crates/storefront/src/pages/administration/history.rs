//! The history of a story, as a table.

use udam_domain::administration::{StoryEntry, StoryPosition, StorySource};
use udam_domain::id::{AccountId, ListingId, OrderId};
use udam_domain::page::PageRequest;
use udam_domain::time::Timestamp;
use uuid::Uuid;

use super::paths;
use crate::format;
use crate::request::Request;
use crate::table::{Cell, Column, Link, Table};

const COLUMNS: [Column; 6] = [
    Column::text("Time"),
    Column::text("What"),
    Column::text("State"),
    Column::number("Amount"),
    Column::text("About"),
    Column::text("Reason or finding"),
];

pub(super) fn table(entries: &[StoryEntry]) -> Table {
    Table {
        caption: "Newest first",
        columns: &COLUMNS,
        rows: entries.iter().map(row).collect(),
    }
}

fn row(entry: &StoryEntry) -> Vec<Cell> {
    let none = || "–".to_owned();
    let state = match (&entry.was, &entry.state) {
        (Some(was), Some(state)) => format!("{was} → {state}").replace('_', " "),
        (None, Some(state)) => format::sentence_case(state),
        (_, None) => none(),
    };
    vec![
        Cell::Text(format::second(entry.position.at)),
        Cell::Text(format::sentence_case(&entry.what)),
        Cell::Text(state),
        Cell::Text(entry.amount.map_or_else(none, format::money)),
        Cell::Links(about(entry)),
        Cell::Text(entry.note.clone().unwrap_or_else(none)),
    ]
}

/// Subject and actor of an entry, each with a link to its story if it has one.
fn about(entry: &StoryEntry) -> Vec<Link> {
    let by = entry.by.map(|by| by.to_string());
    let reference = entry.reference.as_ref().map(ToString::to_string);
    let names = [entry.id.clone(), reference, by];
    let names = names.into_iter().flatten();
    names
        .map(|name| link(entry.position.source, name))
        .collect()
}

fn link(source: StorySource, name: String) -> Link {
    let own = story_path(&name);
    let path = own.unwrap_or_else(|| match source {
        StorySource::Event => paths::event(&name),
        StorySource::Alert => paths::alert(&name),
        _ => paths::search(&name),
    });
    Link::new(path, name, "")
}

/// Path of the page of an order, an account or a listing; `None` for any other name.
pub(super) fn story_path(name: &str) -> Option<String> {
    let order = name.parse::<OrderId>().ok();
    let account = name.parse::<AccountId>().ok();
    let listing = name.parse::<ListingId>().ok();
    order
        .map(paths::order)
        .or_else(|| account.map(paths::account))
        .or_else(|| listing.map(paths::listing))
}

/// The page of a history that `?after=` asks for; the first one if it is missing or malformed.
pub(super) fn page(request: &Request) -> PageRequest<StoryPosition> {
    PageRequest {
        after: position(request.form.value("after")),
        ..PageRequest::default()
    }
}

fn position(text: &str) -> Option<StoryPosition> {
    let mut parts = text.split('.');
    let at: i64 = parts.next()?.parse().ok()?;
    let at = Timestamp::from_microsecond(at).ok()?;
    Some(StoryPosition {
        at: Some(at).filter(|at| *at >= Timestamp::UNIX_EPOCH)?,
        source: StorySource::of_number(parts.next()?.parse().ok()?)?,
        key: parts.next()?.parse::<Uuid>().ok()?,
    })
}

/// Address of the page after this position.
pub(super) fn next(path: &str, position: Option<StoryPosition>) -> Option<String> {
    let position = position?;
    let (at, source) = (position.at.as_microsecond(), position.source.number());
    let key = position.key.simple();
    Some(format!("{path}?after={at}.{source}.{key}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_survives_its_address() {
        let expected = StoryPosition {
            at: Timestamp::from_microsecond(1_767_225_600_123_456).unwrap(),
            source: StorySource::Mail,
            key: Uuid::from_u128(7),
        };
        let address = next("/admin/orders/ord_1", Some(expected)).unwrap();
        let (path, after) = address.split_once("?after=").unwrap();
        assert_eq!(path, "/admin/orders/ord_1");
        assert_eq!(position(after), Some(expected));
        for wrong in [
            "",
            "1",
            "1.2",
            "1.0.7",
            "-1.1.00000000000000000000000000000007",
            "x.1.y",
        ] {
            assert_eq!(position(wrong), None, "{wrong}");
        }
        assert_eq!(next("/", None), None);
    }

    #[test]
    fn what_has_a_story_is_linked_to_it_and_all_else_is_looked_for() {
        let order = "ord_01h455vb4pex5vsknk084sn02q";
        let path = |source, name: &str| link(source, name.to_owned()).href;
        assert_eq!(
            path(StorySource::Audit, order),
            format!("/admin/orders/{order}")
        );
        assert_eq!(path(StorySource::Event, "evt_1"), "/admin/webhooks/evt_1");
        assert_eq!(path(StorySource::Alert, "7"), "/admin/alerts/7");
        assert_eq!(path(StorySource::Payment, "pi_1"), "/admin?q=pi_1");
    }
}
