//! The orders of a seller's listings.

use std::sync::Arc;

use actix_web::http::StatusCode;
use askama::Template;
use udam_domain::id::OrderId;
use udam_domain::order::{Sale, SalesPeriod};
use udam_domain::time::Date;
use udam_web::sales_csv;

use super::{edit_path, refund};
use crate::error::PageError;
use crate::form::Form;
use crate::format;
use crate::layout::{Layout, Notice};
use crate::pages::orders;
use crate::request::Request;
use crate::response::{PageResult, private};
use crate::table::{Cell, Column, Link, Table};

const REFUNDED: &str = "Refunded. The token is revoked, and the amount goes back to the buyer or comes off \
    their tab.";

const REVOKED: &str =
    "Revoked. The token no longer grants access; the order stays paid unless you refund it.";

const COLUMNS: [Column; 8] = [
    Column::text("Order"),
    Column::text("Service"),
    Column::text("Buyer"),
    Column::text("Placed"),
    Column::number("Units"),
    Column::number("Total"),
    Column::text("Status"),
    Column::text("Refund or revoke"),
];

#[derive(Template)]
#[template(path = "sales.html")]
struct SalesPage {
    layout: Layout,
    /// The period.
    form: Form,
    table: Table,
    is_first: bool,
    is_filtered: bool,
    /// Address of the sales of the period as CSV.
    csv: String,
    /// Address of the next page.
    next: Option<String>,
}

fn row(Sale { order, buyer }: &Sale) -> Vec<Cell> {
    let placed = format::instant(order.created_at);
    let total = format::money(order.total);
    let mut actions = Vec::new();
    if order.state.is_refundable() {
        actions.push(Link::new(
            refund::path(order.id),
            "Refund",
            format!(" {total} for {}, placed {placed}", order.service_name),
        ));
        actions.extend(order.token_id.map(|token| {
            Link::new(
                format!("/tokens/{token}/revoke"),
                "Revoke",
                format!(" the token of {}, placed {placed}", order.service_name),
            )
        }));
    }
    vec![
        Cell::link(orders::path(order.id, None), order.id.to_string(), ""),
        Cell::link(edit_path(order.listing_id), order.service_name.as_str(), ""),
        Cell::text(buyer.as_str()),
        Cell::Text(placed),
        Cell::Text(format::count(order.units)),
        Cell::Text(total),
        Cell::Status(order.state.into()),
        Cell::Links(actions),
    ]
}

/// The first and the last day of a period, UTC, as they are in a query.
struct Days {
    from: Option<Date>,
    to: Option<Date>,
}

impl Days {
    /// Reads them; `None` if the form has errors.
    fn read(form: &mut Form) -> Option<Self> {
        let day = |text: &str| {
            text.parse()
                .map_err(|_other| "must be a day such as 2026-01-31")
        };
        let (from, to) = (
            form.read_optional("from", day),
            form.read_optional("to", day),
        );
        let (from, to) = (from?, to?);
        if from.zip(to).is_some_and(|(from, to)| to < from) {
            form.add_error("to", "must not be before the first day");
            return None;
        }
        Some(Self { from, to })
    }

    const fn is_any(&self) -> bool {
        self.from.is_some() || self.to.is_some()
    }

    fn period(&self) -> SalesPeriod {
        SalesPeriod::of_days(self.from, self.to)
    }

    /// The address of the sales of these days at this path.
    fn address(&self, path: &str, after: Option<OrderId>) -> String {
        let from = self.from.map(|day| format!("from={day}"));
        let to = self.to.map(|day| format!("to={day}"));
        let after = after.map(|id| format!("after={id}"));
        let query: Vec<String> = [from, to, after].into_iter().flatten().collect();
        if query.is_empty() {
            path.to_owned()
        } else {
            format!("{path}?{}", query.join("&"))
        }
    }
}

/// Shows a page of the seller's sales, newest first.
pub(crate) async fn show(mut request: Request) -> PageResult {
    let seller = request.signed_in()?.account.id;
    let list_page = request.list_page();
    let is_first = list_page.after.is_none();
    let notice = match request.flash() {
        "refunded" => Some(Notice::success(REFUNDED)),
        "revoked" => Some(Notice::success(REVOKED)),
        _ => None,
    };
    let mut form = std::mem::take(&mut request.form);
    let read = Days::read(&mut form);
    let status = if read.is_some() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let (from, to) = (None, None);
    let days = read.unwrap_or(Days { from, to });
    let orders = &request.marketplace().readers.orders;
    let page = orders.of_seller(seller, days.period(), list_page).await?;
    let page = SalesPage {
        layout: request.layout().with_notice(notice),
        form,
        table: Table {
            caption: "Orders for your listings, newest first",
            columns: &COLUMNS,
            rows: page.items.iter().map(row).collect(),
        },
        is_first,
        is_filtered: days.is_any(),
        csv: days.address("/my/sales.csv", None),
        next: page.next.map(|last| days.address("/my/sales", Some(last))),
    };
    private(status, &page)
}

/// Sends the sales of a period as CSV.
pub(crate) async fn csv(mut request: Request) -> PageResult {
    let seller = request.signed_in()?.account.id;
    let days = Days::read(&mut request.form).ok_or(PageError::BadRequest)?;
    let orders = Arc::clone(&request.marketplace().readers.orders);
    Ok(sales_csv::response(orders, seller, days.period()).await?)
}
