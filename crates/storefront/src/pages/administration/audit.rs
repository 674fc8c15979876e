//! The audit trail.

use actix_web::http::StatusCode;
use askama::Template;
use strum::VariantArray;
use udam_domain::audit::{AuditAction, AuditQuery, AuditRecord};
use udam_domain::page::PageRequest;

use super::history::story_path;
use crate::form::Form;
use crate::format;
use crate::layout::Layout;
use crate::request::Request;
use crate::response::{PageResult, private};
use crate::table::{Cell, Column, Link, Table};

const COLUMNS: [Column; 6] = [
    Column::text("Time"),
    Column::text("Action"),
    Column::text("By"),
    Column::text("About"),
    Column::text("Change"),
    Column::text("Reason"),
];

#[derive(Template)]
#[template(path = "admin_audit.html")]
struct AuditPage {
    layout: Layout,
    about: String,
    action: Option<AuditAction>,
    actions: &'static [AuditAction],
    table: Table,
    next: Option<String>,
}

/// Shows a page of the audit trail, the newest first.
pub(crate) async fn show(request: Request) -> PageResult {
    let by = request.operator().await?;
    let query = query(&request.form);
    let asked: PageRequest<i64> = request.list_page();
    let administration = &request.marketplace().administration;
    let page = administration.audit(&by, query, asked).await?;
    let about = request.form.value("about").trim().to_owned();
    let mut filter = url::form_urlencoded::Serializer::new(String::new());
    filter.append_pair("about", &about);
    filter.append_pair("action", query.action.map_or("", Into::into));
    let filter = filter.finish();
    let page = AuditPage {
        layout: request.layout(),
        about,
        action: query.action,
        actions: AuditAction::VARIANTS,
        table: Table {
            caption: "Newest first",
            columns: &COLUMNS,
            rows: page.items.iter().map(row).collect(),
        },
        next: page
            .next
            .map(|after| format!("/admin/audit?{filter}&after={after}")),
    };
    private(StatusCode::OK, &page)
}

/// The query of a form: an account, an order or a listing, by its identifier, and an action.
fn query(form: &Form) -> AuditQuery {
    let about = form.value("about").trim();
    AuditQuery {
        account: about.parse().ok(),
        order: about.parse().ok(),
        listing: about.parse().ok(),
        action: form.value("action").parse().ok(),
        since: None,
        until: None,
    }
}

fn row(record: &AuditRecord) -> Vec<Cell> {
    let none = || "–".to_owned();
    let action: &str = record.action.into();
    let subject = record.subject;
    let subject = subject.map(|subject| record.action.subject(subject, record.account_id));
    let change = match (&record.before, &record.after) {
        (None, None) => none(),
        (before, after) => {
            let or_none = |text: &Option<String>| text.clone().unwrap_or_else(none);
            format!("{} → {}", or_none(before), or_none(after))
        }
    };
    vec![
        Cell::Text(format::second(record.at)),
        Cell::Text(format::sentence_case(action)),
        link(record.account_id.map(|account| account.to_string())),
        link(subject),
        Cell::Text(change),
        Cell::Text(record.reason.clone().unwrap_or_else(none)),
    ]
}

fn link(name: Option<String>) -> Cell {
    let Some(name) = name else {
        return Cell::text("–");
    };
    let path = story_path(&name).unwrap_or_else(|| format!("/admin?q={name}"));
    Cell::Links(vec![Link::new(path, name, "")])
}
