//! What was done with the visitor's account.

use actix_web::http::StatusCode;
use askama::Template;
use udam_domain::audit::{AuditAction, AuditRecord};
use udam_domain::id::AccountId;
use udam_domain::page::PageRequest;

use crate::format;
use crate::layout::Layout;
use crate::request::Request;
use crate::response::{PageResult, private};
use crate::table::{Cell, Column, Table};

const COLUMNS: [Column; 5] = [
    Column::text("Time"),
    Column::text("What was done"),
    Column::text("By"),
    Column::text("Address"),
    Column::text("About"),
];

#[derive(Template)]
#[template(path = "activity.html")]
struct ActivityPage {
    layout: Layout,
    table: Table,
    is_first: bool,
    /// Address of the next page.
    next: Option<String>,
}

/// Shows a page of what was done, newest first.
pub(crate) async fn show(request: Request) -> PageResult {
    let account = request.signed_in()?.account.id;
    let list_page: PageRequest<i64> = request.list_page();
    let audit = &request.marketplace().readers.audit;
    let page = audit.of_account(account, list_page).await?;
    let page = ActivityPage {
        layout: request.layout(),
        table: Table {
            caption: "Newest first",
            columns: &COLUMNS,
            rows: page
                .items
                .iter()
                .map(|record| row(record, account))
                .collect(),
        },
        is_first: list_page.after.is_none(),
        next: page
            .next
            .map(|after| format!("/account/activity?after={after}")),
    };
    private(StatusCode::OK, &page)
}

fn row(record: &AuditRecord, account: AccountId) -> Vec<Cell> {
    let own = record.account_id == Some(account);
    // Not from where an operator has acted.
    let address = record
        .address
        .filter(|_| own || record.account_id.is_none());
    let unknown = || "–".to_owned();
    let subject = record.subject;
    let subject = subject.map(|subject| record.action.subject(subject, record.account_id));
    let mut done = name(record.action);
    if let Some(reason) = &record.reason {
        done = format!("{done}: {reason}");
    }
    vec![
        Cell::Text(format::instant(record.at)),
        Cell::Text(done),
        Cell::text(by(record, own)),
        Cell::Text(address.map_or_else(unknown, |address| address.to_string())),
        Cell::Text(subject.unwrap_or_else(unknown)),
    ]
}

const fn by(record: &AuditRecord, own: bool) -> &'static str {
    match (own, record.action) {
        (true, _) => "You",
        (
            false,
            AuditAction::LogInFailed
            | AuditAction::LogInRefused
            | AuditAction::SecondFactorFailed
            | AuditAction::SecondFactorRefused,
        ) => "Unknown",
        (false, _) => "The marketplace",
    }
}

/// An action for people, such as "Key revealed".
fn name(action: AuditAction) -> String {
    let words = action.to_string().replace('_', " ");
    let mut characters = words.chars();
    let first = characters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(characters).collect()
}

#[cfg(test)]
mod tests {
    use udam_domain::mocks::account_id;
    use udam_domain::time::Timestamp;

    use super::*;

    fn record(account: Option<u128>, action: AuditAction) -> AuditRecord {
        AuditRecord {
            number: 1,
            at: Timestamp::UNIX_EPOCH,
            action,
            account_id: account.map(account_id),
            address: "192.0.2.7".parse().ok(),
            subject: Some(account_id(1).uuid()),
            reason: None,
            before: None,
            after: None,
        }
    }

    fn texts(record: &AuditRecord) -> Vec<String> {
        let cells = row(record, account_id(1)).into_iter();
        cells
            .map(|cell| match cell {
                Cell::Text(text) => text,
                _ => String::new(),
            })
            .collect()
    }

    #[test]
    fn an_account_sees_who_acted_from_where_and_not_where_others_are() {
        let own = texts(&record(Some(1), AuditAction::NameChanged));
        assert_eq!(own[1..4], ["Name changed", "You", "192.0.2.7"]);
        let failed = texts(&record(None, AuditAction::LogInFailed));
        assert_eq!(failed[1..4], ["Log in failed", "Unknown", "192.0.2.7"]);
        let other = texts(&record(Some(2), AuditAction::NameChanged));
        assert_eq!(other[2..4], ["The marketplace", "–"]);
    }
}
