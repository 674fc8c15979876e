//! The sales of a seller as CSV (RFC 4180), for spreadsheets and for accounts.

use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::Bytes;
use csv::{Terminator, Writer, WriterBuilder};
use futures::stream::{self, Stream, StreamExt, TryStreamExt};
use udam_domain::id::{AccountId, OrderId};
use udam_domain::order::{Sale, SalesPeriod};
use udam_domain::page::{Page, PageLimit, PageRequest};
use udam_domain::time::Timestamp;
use udam_domain::{OrderReader, StoreError};

/// Media type, with the header that RFC 4180 names.
pub const MEDIA_TYPE: &str = "text/csv; charset=utf-8; header=present";

/// Names of the columns. Amounts are decimals in the currency of the row.
const COLUMNS: [&str; 13] = [
    "order_id",
    "created_at",
    "status",
    "buyer_name",
    "listing_id",
    "service_name",
    "units",
    "price_per_unit",
    "total_price",
    "refunded_amount",
    "currency",
    "paid_at",
    "closed_at",
];

/// The response with all sales of a period, the newest first. They are read page by page as the client takes them,
/// so that any number of them needs the memory of one page. If reading fails on the way, the response breaks off.
///
/// # Errors
/// [`StoreError`], of reading the first page
pub async fn response(
    reader: Arc<dyn OrderReader>,
    seller: AccountId,
    period: SalesPeriod,
) -> Result<HttpResponse, StoreError> {
    let rows = rows(reader, seller, period).await?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, MEDIA_TYPE))
        .insert_header((
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"sales.csv\"",
        ))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .streaming(rows))
}

async fn rows(
    reader: Arc<dyn OrderReader>,
    seller: AccountId,
    period: SalesPeriod,
) -> Result<impl Stream<Item = Result<Bytes, StoreError>> + use<>, StoreError> {
    let first = page(reader.as_ref(), seller, period, None).await?;
    let next = first.next;
    let head = head().and_then(|head| Ok([head, lines(&first.items)?]))?;
    let rest = stream::try_unfold(next, move |after| {
        let reader = Arc::clone(&reader);
        async move {
            if after.is_none() {
                return Ok(None);
            }
            let page = page(reader.as_ref(), seller, period, after).await?;
            Ok(Some((lines(&page.items)?, page.next)))
        }
    });
    Ok(stream::iter(head.map(Ok)).chain(rest.into_stream()))
}

async fn page(
    reader: &dyn OrderReader,
    seller: AccountId,
    period: SalesPeriod,
    after: Option<OrderId>,
) -> Result<Page<Sale, OrderId>, StoreError> {
    let limit = PageLimit::MAX;
    reader
        .of_seller(seller, period, PageRequest { after, limit })
        .await
}

fn head() -> Result<Bytes, StoreError> {
    let mut writer = writer();
    writer.write_record(COLUMNS).map_err(failed)?;
    finished(writer)
}

/// The lines of these sales.
fn lines(sales: &[Sale]) -> Result<Bytes, StoreError> {
    let mut writer = writer();
    for Sale { order, buyer } in sales {
        let status: &str = order.state.into();
        let fields: [&str; COLUMNS.len()] = [
            &order.id.to_string(),
            &order.created_at.to_string(),
            status,
            &inert(buyer.as_str()),
            &order.listing_id.to_string(),
            &inert(order.service_name.as_str()),
            &order.units.to_string(),
            &order.price_per_unit.to_string(),
            &order.total.to_string(),
            &order.refunded.to_string(),
            order.total.currency().code(),
            &instant(order.paid_at),
            &instant(order.closed_at),
        ];
        writer.write_record(fields).map_err(failed)?;
    }
    finished(writer)
}

fn writer() -> Writer<Vec<u8>> {
    WriterBuilder::new()
        .terminator(Terminator::CRLF)
        .from_writer(Vec::new())
}

fn finished(writer: Writer<Vec<u8>>) -> Result<Bytes, StoreError> {
    let written = writer.into_inner();
    written
        .map(Bytes::from)
        .map_err(|error| StoreError::Failed(error.into_error().into()))
}

fn failed(error: csv::Error) -> StoreError {
    StoreError::Failed(error.into())
}

fn instant(at: Option<Timestamp>) -> String {
    at.map(|at| at.to_string()).unwrap_or_default()
}

/// A text that no spreadsheet takes for a formula: one that could be is written after an apostrophe
/// (<https://owasp.org/www-community/attacks/CSV_Injection>). Names are chosen by strangers.
fn inert(text: &str) -> String {
    // Some spreadsheets skip white space before a formula, and fold full-width signs.
    let begins = text.trim_start().chars().next();
    let is_formula = matches!(
        begins,
        Some('=' | '+' | '-' | '@' | '\u{ff1d}' | '\u{ff0b}' | '\u{ff0d}' | '\u{ff20}')
    );
    if is_formula || text.starts_with(['\t', '\r', '\n']) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests;
