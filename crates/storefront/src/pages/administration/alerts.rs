//! Alerts, which operators work off.

use actix_web::http::StatusCode;
use askama::Template;
use udam_domain::administration::Operator;
use udam_domain::page::{PageLimit, PageRequest};
use udam_domain::{AlertNumber, RaisedAlert, WhichAlerts};

use super::story_page::{Action, Card, Fact, StoryPage};
use super::{acts, done, paths, reason};
use crate::error::PageError;
use crate::form::Form;
use crate::format;
use crate::layout::Layout;
use crate::request::Request;
use crate::response::{PageResult, private, see_other};
use crate::table::{Cell, Column, Table};

const COLUMNS: [Column; 5] = [
    Column::text("Alert"),
    Column::text("Kind"),
    Column::text("Last raised"),
    Column::number("Times"),
    Column::text("Finding"),
];

#[derive(Template)]
#[template(path = "admin_alerts.html")]
struct AlertsPage {
    layout: Layout,
    table: Table,
    /// Whether resolved alerts are shown as well.
    all: bool,
    next: Option<String>,
}

/// Shows a page of alerts, those with the highest numbers first.
pub(crate) async fn list(request: Request) -> PageResult {
    let by = request.operator().await?;
    let all = request.form.value("all") == "yes";
    let which = if all {
        WhichAlerts::All
    } else {
        WhichAlerts::Open
    };
    let asked: PageRequest<i64> = request.list_page();
    let asked = PageRequest {
        after: asked.after.map(AlertNumber),
        limit: asked.limit,
    };
    let administration = &request.marketplace().administration;
    let page = administration.alerts(&by, which, asked).await?;
    let more = if all { "all=yes&" } else { "" };
    let page = AlertsPage {
        layout: request.layout().with_notice(done(&request)),
        table: Table {
            caption: "Newest first",
            columns: &COLUMNS,
            rows: page.items.iter().map(row).collect(),
        },
        all,
        next: page
            .next
            .map(|after| format!("/admin/alerts?{more}after={after}")),
    };
    private(StatusCode::OK, &page)
}

fn row(raised: &RaisedAlert) -> Vec<Cell> {
    let number = raised.number;
    let kind: &str = raised.alert.kind.into();
    vec![
        Cell::link(paths::alert(number), number.to_string(), ""),
        Cell::Text(format::sentence_case(kind)),
        Cell::Text(format::instant(raised.last_at)),
        Cell::Text(format::count(raised.count)),
        Cell::Text(format::excerpt(&raised.alert.finding, 160)),
    ]
}

/// Shows an alert.
pub(crate) async fn show(request: Request) -> PageResult {
    let by = request.operator().await?;
    let page = page(&request, &by, Form::default()).await?;
    private(StatusCode::OK, &page)
}

/// Resolves an alert.
pub(crate) async fn resolve(mut request: Request) -> PageResult {
    let by = request.operator().await?;
    let number = AlertNumber(request.path_id_named("number")?);
    let mut form = std::mem::take(&mut request.form);
    let Some(note) = reason(&mut form) else {
        let page = page(&request, &by, form).await?;
        return private(StatusCode::UNPROCESSABLE_ENTITY, &page);
    };
    let administration = &request.marketplace().administration;
    administration.resolve_alert(by, number, note).await?;
    Ok(see_other(&request.with_flash("/admin/alerts", "resolved")))
}

async fn page(request: &Request, by: &Operator, form: Form) -> Result<StoryPage, PageError> {
    let number = AlertNumber(request.path_id_named("number")?);
    // The page of one alert that lies before the number that follows.
    let asked = PageRequest {
        after: Some(AlertNumber(number.0.saturating_add(1))),
        limit: PageLimit::new(1).unwrap_or_default(),
    };
    let administration = &request.marketplace().administration;
    let page = administration.alerts(by, WhichAlerts::All, asked).await?;
    let found = page.items.into_iter().next();
    let raised = found.filter(|raised| raised.number == number);
    let raised = raised.ok_or(PageError::NotFound)?;
    let can_resolve = acts(by) && raised.resolved_at.is_none();
    let action = Action {
        heading: "Resolve",
        path: format!("{}/resolve", paths::alert(number)),
        meaning: "Raised again, the alert is open again.".to_owned(),
        label: "What was done about it",
        button: "Resolve".to_owned(),
        asks_for_units: false,
        form,
    };
    let kind: &str = raised.alert.kind.into();
    Ok(StoryPage {
        layout: request.layout(),
        title: format!("Alert {number}: {}", format::sentence_case(kind)),
        status: None,
        text: Some(raised.alert.finding.clone()),
        cards: vec![card(&raised)],
        history: None,
        next: None,
        action: can_resolve.then_some(action),
    })
}

fn card(raised: &RaisedAlert) -> Card {
    let subject = &raised.alert.subject;
    let mut facts = vec![
        Fact::linked("About", subject.as_str(), paths::search(subject)),
        Fact::new("Times raised", format::count(raised.count)),
        Fact::new("First", format::second(raised.first_at)),
        Fact::new("Last", format::second(raised.last_at)),
        Fact::time("Resolved", raised.resolved_at, "Not yet"),
    ];
    let charge = raised.alert.charge_id.map(|charge| charge.to_string());
    facts.extend(
        charge.map(|charge| Fact::linked("Payment", charge.as_str(), paths::search(&charge))),
    );
    let resolution = raised.resolution.as_ref();
    facts.extend(resolution.map(|note| Fact::new("What was done", note.as_str())));
    Card {
        id: "alert-facts",
        heading: "Alert",
        facts,
    }
}
