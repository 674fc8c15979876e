//! Calls through the gateway as a table, for their buyers and their sellers.

use udam_domain::gateway::Call;

use super::gateway_terms::milliseconds;
use crate::format;
use crate::table::{Cell, Column, Table};

const COLUMNS: [Column; 6] = [
    Column::text("Time"),
    Column::text("Request"),
    Column::text("Outcome"),
    Column::number("Status"),
    Column::number("Units"),
    Column::number("Latency"),
];

/// What is shown where there is no value.
const NONE: &str = "–";

/// A table of calls.
pub(crate) fn table(caption: &'static str, calls: &[Call]) -> Table {
    Table {
        caption,
        columns: &COLUMNS,
        rows: calls.iter().map(row).collect(),
    }
}

fn row(call: &Call) -> Vec<Cell> {
    let request = call.request.as_ref();
    let request = request.map(|(method, path)| format!("{method} {}", path.as_str()));
    let status = call.outcome.head().map(|head| head.status.to_string());
    vec![
        Cell::Text(format::second(call.began_at)),
        Cell::Text(request.unwrap_or_else(|| NONE.to_owned())),
        Cell::Text(format::sentence_case(call.outcome.name())),
        Cell::Text(status.unwrap_or_else(|| NONE.to_owned())),
        Cell::Text(format::count(call.units)),
        Cell::Text(call.latency.map_or_else(|| NONE.to_owned(), milliseconds)),
    ]
}
