//! Reading the entries of a story.
//!
//! Each source is read along its own index, from where the page begins, and no further than the page goes; the newest of all are
//! the page.

use tokio_postgres::Row;
use udam_domain::StoreError;
use udam_domain::administration::{History, StoryEntry, StoryPosition, StorySource};
use udam_domain::audit::AuditAction;
use udam_domain::id::{AccountId, ChargeId, ListingId, MailId, OrderId, RefundId, TokenId};
use udam_domain::money::Money;
use udam_domain::page::{Page, PageRequest};
use udam_domain::time::Timestamp;
use uuid::Uuid;

use crate::columns::{Cause, Columns, Stored};
use crate::error::Unreadable;
use crate::paging;
use crate::pool::Client;
use crate::transaction::Parameters;

const OF_ORDER: &str = include_str!("history_of_order.sql");
const OF_ACCOUNT: &str = include_str!("history_of_account.sql");
const OF_LISTING: &str = include_str!("history_of_listing.sql");

impl Stored for StorySource {
    type Column = i16;

    fn load(column: i16) -> Result<Self, Cause> {
        let source = u8::try_from(column).ok().and_then(Self::of_number);
        source.ok_or_else(|| format!("{column} is no source of a story").into())
    }
}

/// The position that a page lies before, as parameters, with the number of rows to read.
struct Before {
    at: Timestamp,
    source: i16,
    key: Uuid,
    rows: i64,
}

impl Before {
    fn of(page: PageRequest<StoryPosition>) -> Self {
        let rows = paging::limit_plus_one(page.limit);
        match page.after {
            Some(position) => Self {
                at: position.at,
                source: position.source.number().into(),
                key: position.key,
                rows,
            },
            None => Self {
                at: Timestamp::MAX,
                source: i16::MAX,
                key: Uuid::max(),
                rows,
            },
        }
    }

    /// The greatest identifier that can be minted at the time of the position.
    fn greatest_id(&self) -> Uuid {
        let first = OrderId::first_at(self.at).uuid().as_u128();
        Uuid::from_u128(first | (u128::MAX >> 48))
    }
}

/// An order, with what belongs to it.
pub(super) struct OrderParts {
    pub(super) order: OrderId,
    pub(super) charge: Option<ChargeId>,
    pub(super) payment: Option<String>,
    pub(super) token: Option<TokenId>,
}

pub(super) async fn of_order(
    client: &Client,
    parts: &OrderParts,
    page: PageRequest<StoryPosition>,
) -> Result<History, StoreError> {
    let before = Before::of(page);
    let asked: Parameters<'_> = &[
        &parts.order.uuid(),
        &parts.charge.map(ChargeId::uuid),
        &parts.payment,
        &parts.token.map(TokenId::uuid),
        &before.at,
        &before.source,
        &before.key,
        &before.rows,
        &parts.order.to_string(),
    ];
    read(client, OF_ORDER, asked, page).await
}

pub(super) async fn of_account(
    client: &Client,
    account: AccountId,
    page: PageRequest<StoryPosition>,
) -> Result<History, StoreError> {
    let before = Before::of(page);
    let asked: Parameters<'_> = &[
        &account.uuid(),
        &before.at,
        &before.source,
        &before.key,
        &before.greatest_id(),
        &before.rows,
    ];
    read(client, OF_ACCOUNT, asked, page).await
}

pub(super) async fn of_listing(
    client: &Client,
    listing: ListingId,
    page: PageRequest<StoryPosition>,
) -> Result<History, StoreError> {
    let before = Before::of(page);
    let asked: Parameters<'_> = &[
        &listing.uuid(),
        &before.at,
        &before.source,
        &before.key,
        &before.rows,
    ];
    read(client, OF_LISTING, asked, page).await
}

async fn read(
    client: &Client,
    statement: &str,
    asked: Parameters<'_>,
    page: PageRequest<StoryPosition>,
) -> Result<History, StoreError> {
    let found = client.rows(statement, asked).await?;
    let entries = found.iter().map(entry).collect::<Result<_, _>>()?;
    Ok(Page::from_surplus(
        entries,
        page.limit,
        |entry: &StoryEntry| entry.position,
    ))
}

fn entry(row: &Row) -> Result<StoryEntry, Unreadable> {
    let source = row.read("source")?;
    let what: String = row.read("what")?;
    let by: Option<AccountId> = row.read("by_account")?;
    let subject: Option<Uuid> = row.read("subject")?;
    let minor: Option<i64> = row.read("amount_minor")?;
    let amount = match minor {
        Some(minor) => Some(Money::new(minor, row.read("currency")?)),
        None => None,
    };
    Ok(StoryEntry {
        position: StoryPosition {
            at: row.read("at")?,
            source,
            key: row.read("key")?,
        },
        id: match subject {
            Some(subject) => Some(name(source, subject, &what, by)),
            None => row.read("name")?,
        },
        what,
        was: row.read("was")?,
        state: row.read("state")?,
        amount,
        reference: row.read("reference")?,
        by,
        note: row.read("note")?,
    })
}

/// Identifier of what an entry is about, as clients know it.
fn name(source: StorySource, subject: Uuid, what: &str, by: Option<AccountId>) -> String {
    match source {
        StorySource::Audit => match what.parse::<AuditAction>() {
            Ok(action) => action.subject(subject, by),
            // Recorded by a newer version.
            Err(_) => subject.to_string(),
        },
        StorySource::Payment => ChargeId::from_uuid(subject).to_string(),
        StorySource::Token => TokenId::from_uuid(subject).to_string(),
        StorySource::Refund => RefundId::from_uuid(subject).to_string(),
        StorySource::Mail => MailId::from_uuid(subject).to_string(),
        StorySource::Stock => ListingId::from_uuid(subject).to_string(),
        StorySource::Order
        | StorySource::Complaint
        | StorySource::Dispute
        | StorySource::Event
        | StorySource::Alert => OrderId::from_uuid(subject).to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_greatest_identifier_of_a_time_is_before_those_of_the_next_millisecond() {
        let at = Timestamp::from_microsecond(1_767_225_600_123_456).unwrap();
        let later = Timestamp::from_microsecond(1_767_225_600_124_000).unwrap();
        let before = Before {
            at,
            source: 1,
            key: Uuid::nil(),
            rows: 1,
        };
        assert!(before.greatest_id() > OrderId::first_at(at).uuid());
        assert!(before.greatest_id() < OrderId::first_at(later).uuid());
        let endless = Before::of(PageRequest::default()).greatest_id();
        assert!(endless > OrderId::first_at(later).uuid());
    }
}
