//! All of a seller's listings, and what was sold of late.

use actix_web::http::StatusCode;
use askama::Template;
use udam_domain::account::SignedIn;
use udam_domain::listing::OwnListing;
use udam_domain::money::{Currency, Money};
use udam_domain::order::DailySales;
use udam_domain::page::PageRequest;

use super::address;
use super::plot::{self, Plot};
use crate::answer::{Answer, private};
use crate::shell::Shell;
use crate::trouble::Trouble;
use crate::visit::Visit;
use crate::words;

/// How far back sales are shown.
const DAYS: u16 = 30;

#[derive(Template)]
#[template(path = "my_listings.html")]
struct ListingsPage {
    shell: Shell,
    listings: Vec<OwnCard>,
    /// Above the first page only.
    recent: Option<Recent>,
    next: Option<String>,
}

/// What was sold in the last days.
struct Recent {
    days: u16,
    revenue: String,
    units: String,
    days_with_sales: String,
    plot: Option<Plot>,
    /// The newest first.
    table: Vec<Day>,
}

/// The sales of a day.
struct Day {
    date: String,
    units: String,
    revenue: String,
}

/// A listing, as its seller sees it.
struct OwnCard {
    edit_path: String,
    public_path: String,
    service_name: String,
    status: &'static str,
    status_text: String,
    price: String,
    left: String,
    sold: String,
    revenue: String,
}

impl From<&OwnListing> for OwnCard {
    fn from(own: &OwnListing) -> Self {
        let listing = &own.listing;
        let status = listing.status().as_str();
        Self {
            edit_path: address(listing.id),
            public_path: format!("/listings/{}", listing.id),
            service_name: listing.details.service_name.to_string(),
            status,
            status_text: words::status(status),
            price: words::money(listing.details.price_per_unit.amount()),
            left: words::count(listing.available),
            sold: words::count(own.units_sold),
            revenue: words::money(own.revenue),
        }
    }
}

impl Recent {
    fn of(sales: &[DailySales], currency: Currency) -> Self {
        let nothing = Money::zero(currency);
        let mut revenues = sales.iter().map(|day| day.revenue);
        let revenue = revenues.try_fold(nothing, Money::checked_add);
        let sold = sales.iter().filter(|day| day.units > 0);
        let newest_first = sales.iter().rev();
        Self {
            days: DAYS,
            // Amounts in two currencies have no sum.
            revenue: revenue.map_or_else(|_no_sum| "–".to_owned(), words::money),
            units: words::count(sales.iter().map(|day| day.units).sum::<u64>()),
            days_with_sales: format!("{} of {DAYS}", sold.count()),
            plot: Plot::of(sales, currency),
            table: newest_first
                .map(|day| Day {
                    date: plot::date(day),
                    units: words::count(day.units),
                    revenue: words::money(day.revenue),
                })
                .collect(),
        }
    }
}

/// Shows a page of them, the newest first.
pub(crate) async fn show(visit: Visit) -> Answer {
    let seller = visit.account()?;
    let request = PageRequest {
        after: visit.form.value("after").parse().ok(),
        ..PageRequest::default()
    };
    let is_first = request.after.is_none();
    let catalogue = &visit.marketplace().catalogue;
    let page = catalogue.of_seller(seller.account.id, request).await?;
    let has_any = !page.items.is_empty();
    let recent = if is_first && has_any {
        Some(recent(&visit, seller).await?)
    } else {
        None
    };
    let page = ListingsPage {
        shell: visit.shell(),
        listings: page.items.iter().map(OwnCard::from).collect(),
        recent,
        next: page.next.map(|id| format!("/my/listings?after={id}")),
    };
    private(StatusCode::OK, &page)
}

async fn recent(visit: &Visit, seller: &SignedIn) -> Result<Recent, Trouble> {
    let currency = visit.store.settings.currency;
    let orders = &visit.marketplace().orders;
    let sales = orders.daily_sales(seller.account.id, DAYS, currency);
    Ok(Recent::of(&sales.await?, currency))
}
