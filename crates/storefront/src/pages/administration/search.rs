//! The box in which operators look for anything.

use actix_web::http::StatusCode;
use askama::Template;
use udam_domain::administration::{Hit, Lookup};

use super::paths;
use crate::format;
use crate::layout::Layout;
use crate::request::Request;
use crate::response::{PageResult, private};
use crate::table::{Cell, Column, Table};

const COLUMNS: [Column; 2] = [Column::text("Found"), Column::text("Kind")];

#[derive(Template)]
#[template(path = "admin_search.html")]
struct SearchPage {
    layout: Layout,
    name: String,
    table: Table,
}

/// Shows what has the name that was typed.
pub(crate) async fn show(request: Request) -> PageResult {
    let by = request.operator().await?;
    let name = request.form.value("name").trim();
    let typed = if name.is_empty() {
        request.form.value("q").trim()
    } else {
        name
    };
    let lookup = typed.parse().unwrap_or(Lookup::Nothing);
    let administration = &request.marketplace().administration;
    let hits = administration.find(&by, &lookup).await?;
    let page = SearchPage {
        name: typed.to_owned(),
        table: Table {
            caption: "What has this name",
            columns: &COLUMNS,
            rows: hits.into_iter().map(row).collect(),
        },
        layout: request.layout(),
    };
    private(StatusCode::OK, &page)
}

fn row(hit: Hit) -> Vec<Cell> {
    let kind: &str = hit.kind.into();
    vec![
        Cell::link(paths::story(&hit.story), hit.id, format!(" ({kind})")),
        Cell::Text(format::sentence_case(kind)),
    ]
}
