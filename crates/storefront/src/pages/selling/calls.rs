//! The calls of a listing's service through the gateway, their sums, and a probe of the service.

use actix_web::http::StatusCode;
use askama::Template;
use strum::VariantArray;
use udam_domain::gateway::{CallPath, Granularity, Method, UsageBucket, UsageQuery};
use udam_domain::listing::Listing;
use udam_domain::marketplace::{ProbeCall, ProbeError};
use udam_domain::page::{PageLimit, PageRequest};
use udam_domain::time::day_of;
use udam_domain::{ProbeAnswer, ProbeFailed};

use super::{calls_path, edit_path, own_listing};
use crate::form::Form;
use crate::format;
use crate::layout::Layout;
use crate::pages::calls_table;
use crate::pages::gateway_terms::{Fact, milliseconds, statistics};
use crate::request::Request;
use crate::response::{PageResult, private, see_other};
use crate::table::{Cell, Column, Table};

/// Number of calls that are shown.
const CALLS: i64 = 20;

const COLUMNS: [Column; 5] = [
    Column::text("Day"),
    Column::number("Calls"),
    Column::number("Charged"),
    Column::number("Units"),
    Column::number("Bytes"),
];

#[derive(Template)]
#[template(path = "listing_calls.html")]
struct CallsPage {
    layout: Layout,
    id: String,
    /// Path of the page where the listing is edited.
    edit: String,
    service_name: String,
    /// Quality as everyone sees it; empty with too few calls.
    quality: Vec<Fact>,
    usage: Table,
    calls: Table,
    /// Whether the service has an address to be probed at.
    has_endpoint: bool,
    methods: &'static [Method],
    form: Form,
    probed: Option<Probed>,
}

/// Result of a probe, as the page shows it.
enum Probed {
    /// The service has answered.
    Answer {
        status: u16,
        latency: String,
        headers: Vec<(String, String)>,
        body: String,
        is_truncated: bool,
    },
    /// It has not, and why.
    Failure(String),
}

/// Shows the calls and the form of a probe.
pub(crate) async fn show(request: Request) -> PageResult {
    let listing = own_listing(&request).await?;
    let mut form = Form::default();
    let terms = listing.details.gateway.as_ref();
    let sold = terms.and_then(|terms| terms.paths.prefixes().first());
    form.set("path", sold.map_or("/", |prefix| prefix.as_str()));
    page(&request, &listing, StatusCode::OK, form, None).await
}

/// Probes the service, and shows what it answers.
pub(crate) async fn probe(mut request: Request) -> PageResult {
    let listing = own_listing(&request).await?;
    let mut form = std::mem::take(&mut request.form);
    let Some(call) = read(&mut form) else {
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return page(&request, &listing, status, form, None).await;
    };
    let gateway = request.gateway()?;
    let seller = request.actor()?;
    let probed = match gateway.probes.probe(seller, listing.id, call).await {
        Ok(answer) => Probed::from(answer),
        Err(ProbeError::Failed(failed)) => Probed::from(failed),
        Err(error) => return Err(error.into()),
    };
    page(&request, &listing, StatusCode::OK, form, Some(probed)).await
}

/// Redirects a visitor who opens the address of the form itself.
pub(crate) async fn show_probe(request: Request) -> PageResult {
    Ok(see_other(&calls_path(request.path_id()?)))
}

fn read(form: &mut Form) -> Option<ProbeCall> {
    let method = form.read_optional("method", |name| {
        name.parse::<Method>()
            .map_err(|_unknown| "must be one of the list")
    });
    let path = form.read_as("path", |text| {
        let path = Some(text).filter(|text| !text.contains(['?', '#']));
        let path = path.and_then(|text| CallPath::new(text.to_owned()));
        path.ok_or("must be a path such as /v1, without a query")
    });
    let query = form.read_optional("query", |text| {
        let text = text.trim_start_matches('?');
        let is_query = text
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && byte != b'#');
        let encoded = is_query.then(|| text.to_owned());
        encoded.ok_or("must be percent-encoded, without spaces")
    });
    Some(ProbeCall {
        method: method?.unwrap_or(Method::Get),
        path: path?,
        query: query?,
    })
}

impl From<ProbeAnswer> for Probed {
    fn from(answer: ProbeAnswer) -> Self {
        Self::Answer {
            status: answer.status,
            latency: milliseconds(answer.latency),
            headers: answer.headers,
            body: String::from_utf8_lossy(&answer.body).into_owned(),
            is_truncated: answer.is_truncated,
        }
    }
}

impl From<ProbeFailed> for Probed {
    fn from(failed: ProbeFailed) -> Self {
        Self::Failure(format::sentence_case(failed.outcome.name()))
    }
}

async fn page(
    request: &Request,
    listing: &Listing,
    status: StatusCode,
    form: Form,
    probed: Option<Probed>,
) -> PageResult {
    let seller = listing.seller.id;
    let calls = &request.gateway()?.reader;
    let now = request.marketplace().clock.now();
    let sums = UsageQuery::Seller {
        id: seller,
        listing: Some(listing.id),
    };
    let mut usage = calls.usage(sums, Granularity::Day, now).await?;
    usage.reverse();
    let latest = PageRequest {
        after: None,
        limit: PageLimit::new(CALLS).unwrap_or_default(),
    };
    let latest = calls.of_listing(listing.id, seller, latest).await?;
    let quality = &request.store.quality;
    let quality = quality.of(request.marketplace(), listing).await?;
    let page = CallsPage {
        layout: request.layout(),
        id: listing.id.to_string(),
        edit: edit_path(listing.id),
        service_name: listing.details.service_name.to_string(),
        quality: quality.map(statistics).unwrap_or_default(),
        usage: Table {
            caption: "Calls by day (UTC), last 30 days, newest first",
            columns: &COLUMNS,
            rows: usage.iter().map(day).collect(),
        },
        calls: calls_table::table("The last calls, newest first", &latest.items),
        has_endpoint: listing.details.endpoint_url.is_some(),
        methods: Method::VARIANTS,
        form,
        probed,
    };
    private(status, &page)
}

fn day(bucket: &UsageBucket) -> Vec<Cell> {
    vec![
        Cell::Text(day_of(bucket.from).strftime("%-d %b %Y").to_string()),
        Cell::Text(format::count(bucket.calls)),
        Cell::Text(format::count(bucket.charged_calls)),
        Cell::Text(format::count(bucket.units)),
        Cell::Text(format::count(bucket.bytes)),
    ]
}
