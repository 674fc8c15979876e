//! A seller's listings, and the sales of the last days.

use actix_web::http::StatusCode;
use askama::Template;
use udam_domain::account::SignedIn;
use udam_domain::listing::OwnListing;
use udam_domain::money::{Currency, Money};
use udam_domain::order::DailySales;

use super::edit_path;
use super::plot::{self, Plot};
use crate::error::PageError;
use crate::format;
use crate::layout::Layout;
use crate::request::Request;
use crate::response::{PageResult, private};
use crate::table::{Cell, Column, Table};

/// Days that the sales chart shows.
const DAYS: u16 = 30;

const COLUMNS: [Column; 7] = [
    Column::text("Service"),
    Column::text("Status"),
    Column::number("Price per unit"),
    Column::number("Units left"),
    Column::number("Units sold"),
    Column::number("Revenue"),
    Column::text("Public page"),
];

#[derive(Template)]
#[template(path = "my_listings.html")]
struct ListingsPage {
    layout: Layout,
    table: Table,
    /// `None` after the first page.
    recent: Option<Recent>,
    /// Address of the next page.
    next: Option<String>,
}

/// The sales of the last [`DAYS`] days.
struct Recent {
    days: u16,
    revenue: String,
    units: String,
    days_with_sales: String,
    plot: Option<Plot>,
    /// Newest first.
    table: Vec<Day>,
}

/// A row of the table of sales by day.
struct Day {
    date: String,
    units: String,
    revenue: String,
}

fn row(own: &OwnListing) -> Vec<Cell> {
    let listing = &own.listing;
    let name = listing.details.service_name.as_str();
    vec![
        Cell::link(edit_path(listing.id), name, ""),
        Cell::Status(listing.status().into()),
        Cell::Text(format::money(listing.details.price_per_unit.amount())),
        Cell::Text(format::count(listing.available)),
        Cell::Text(format::count(own.units_sold)),
        Cell::Text(format::money(own.revenue)),
        Cell::link(
            format!("/listings/{}", listing.id),
            "View",
            format!(" {name}"),
        ),
    ]
}

impl Recent {
    fn of(sales: &[DailySales], currency: Currency) -> Self {
        let mut revenues = sales.iter().map(|day| day.revenue);
        let revenue = revenues.try_fold(Money::zero(currency), Money::checked_add);
        let sold = sales.iter().filter(|day| day.units > 0);
        let newest_first = sales.iter().rev();
        Self {
            days: DAYS,
            // Amounts in two currencies have no sum.
            revenue: revenue.map_or_else(|_no_sum| "–".to_owned(), format::money),
            units: format::count(sales.iter().map(|day| day.units).sum::<u64>()),
            days_with_sales: format!("{} of {DAYS}", sold.count()),
            plot: Plot::of(sales, currency),
            table: newest_first
                .map(|day| Day {
                    date: plot::date(day),
                    units: format::count(day.units),
                    revenue: format::money(day.revenue),
                })
                .collect(),
        }
    }
}

/// Shows a page of the seller's listings, newest first.
pub(crate) async fn show(request: Request) -> PageResult {
    let seller = request.signed_in()?;
    let list_page = request.list_page();
    let is_first = list_page.after.is_none();
    let listings = &request.marketplace().readers.listings;
    let page = listings.of_seller(seller.account.id, list_page).await?;
    let has_any = !page.items.is_empty();
    let recent = if is_first && has_any {
        Some(recent(&request, seller).await?)
    } else {
        None
    };
    let page = ListingsPage {
        layout: request.layout(),
        table: Table {
            caption: "Your listings, newest first",
            columns: &COLUMNS,
            rows: page.items.iter().map(row).collect(),
        },
        recent,
        next: page.next.map(|id| format!("/my/listings?after={id}")),
    };
    private(StatusCode::OK, &page)
}

async fn recent(request: &Request, seller: &SignedIn) -> Result<Recent, PageError> {
    let currency = request.store.settings.currency;
    let orders = &request.marketplace().orders;
    let sales = orders.daily_sales(seller.account.id, DAYS, currency);
    Ok(Recent::of(&sales.await?, currency))
}
