//! Events that the payment provider has sent.

use actix_web::http::StatusCode;
use askama::Template;
use udam_domain::administration::Operator;
use udam_domain::marketplace::{EventReplay, Replayed};
use udam_domain::page::PageRequest;
use udam_domain::payment::{EventId, EventNumber, EventState, ReceivedEvent};
use udam_domain::time::Timestamp;

use super::story_page::{Action, Card, Fact, StoryPage};
use super::{acts, done, paths, reason};
use crate::error::PageError;
use crate::form::Form;
use crate::format;
use crate::layout::Layout;
use crate::request::Request;
use crate::response::{PageResult, private, see_other};
use crate::table::{Cell, Column, Table};

const COLUMNS: [Column; 6] = [
    Column::text("Event"),
    Column::text("Kind"),
    Column::text("State"),
    Column::text("Received"),
    Column::number("Attempts"),
    Column::text("Payment"),
];

#[derive(Template)]
#[template(path = "admin_events.html")]
struct EventsPage {
    layout: Layout,
    table: Table,
    state: Option<EventState>,
    /// Form that replays a period; `None` if this operator may not.
    form: Option<Form>,
    next: Option<String>,
}

/// Shows a page of events, those received last first.
pub(crate) async fn list(request: Request) -> PageResult {
    let by = request.operator().await?;
    let page = list_page(&request, &by, Form::default()).await?;
    private(StatusCode::OK, &page)
}

/// Applies the events of a period again.
pub(crate) async fn replay_period(mut request: Request) -> PageResult {
    let by = request.operator().await?;
    let mut form = std::mem::take(&mut request.form);
    let instant = |text: &str| {
        let instant = text.parse::<Timestamp>();
        instant.map_err(|_error| "must be a time such as 2026-01-31T00:00:00Z")
    };
    let since = form.read_as("since", instant);
    let until = form.read_as("until", instant);
    let reason = reason(&mut form);
    let (Some(since), Some(until), Some(reason)) = (since, until, reason) else {
        let page = list_page(&request, &by, form).await?;
        return private(StatusCode::UNPROCESSABLE_ENTITY, &page);
    };
    let replayed = events(&request)?
        .replay_period(by, (since, until), reason)
        .await?;
    Ok(see_other(
        &request.with_flash("/admin/webhooks", code_of(replayed)),
    ))
}

/// Shows an event.
pub(crate) async fn show(request: Request) -> PageResult {
    let by = request.operator().await?;
    let page = event_page(&request, &by, Form::default()).await?;
    private(StatusCode::OK, &page)
}

/// Applies an event again.
pub(crate) async fn replay(mut request: Request) -> PageResult {
    let by = request.operator().await?;
    let id = event_id(&request)?;
    let mut form = std::mem::take(&mut request.form);
    let Some(reason) = reason(&mut form) else {
        let page = event_page(&request, &by, form).await?;
        return private(StatusCode::UNPROCESSABLE_ENTITY, &page);
    };
    let replayed = events(&request)?.replay(by, &id, reason).await?;
    Ok(see_other(
        &request.with_flash(&paths::event(&id), code_of(replayed)),
    ))
}

const fn code_of(replayed: Replayed) -> &'static str {
    if replayed.applied > 0 || replayed.alerted > 0 {
        "applied"
    } else {
        "unchanged"
    }
}

fn events(request: &Request) -> Result<&EventReplay, PageError> {
    let events = request.marketplace().events.as_ref();
    events.ok_or(PageError::PaymentsUnavailable)
}

fn event_id(request: &Request) -> Result<EventId, PageError> {
    request.path_id().map(EventId::new)
}

async fn list_page(request: &Request, by: &Operator, form: Form) -> Result<EventsPage, PageError> {
    let state = request.form.value("state").parse().ok();
    let asked: PageRequest<i64> = request.list_page();
    let asked = PageRequest {
        after: asked.after.map(EventNumber),
        limit: asked.limit,
    };
    let page = events(request)?.list(by, state, asked).await?;
    let filter = state.map_or_else(String::new, |state: EventState| format!("state={state}&"));
    Ok(EventsPage {
        layout: request.layout().with_notice(done(request)),
        table: Table {
            caption: "Received last first",
            columns: &COLUMNS,
            rows: page.items.iter().map(row).collect(),
        },
        state,
        form: acts(by).then_some(form),
        next: page
            .next
            .map(|EventNumber(after)| format!("/admin/webhooks?{filter}after={after}")),
    })
}

fn row(event: &ReceivedEvent) -> Vec<Cell> {
    let (kind, state): (&str, &str) = (event.name.into(), event.state.into());
    let payment = event.charge_id.map(|id| id.to_string());
    let payment = payment.or_else(|| event.payment.as_ref().map(ToString::to_string));
    vec![
        Cell::link(paths::event(&event.id), event.id.to_string(), ""),
        Cell::Text(format::sentence_case(kind)),
        Cell::Text(format::sentence_case(state)),
        Cell::Text(format::second(event.received_at)),
        Cell::Text(format::count(event.attempts)),
        payment.map_or_else(
            || Cell::text("–"),
            |payment| Cell::link(paths::search(&payment), payment, ""),
        ),
    ]
}

async fn event_page(request: &Request, by: &Operator, form: Form) -> Result<StoryPage, PageError> {
    let id = event_id(request)?;
    let found = events(request)?.find(by, &id).await?;
    let event = found.ok_or(PageError::NotFound)?;
    let action = Action {
        heading: "Replay",
        path: format!("{}/replay", paths::event(&id)),
        meaning: "The event is read again at the payment provider, and applied. What it has done already is not done again."
            .to_owned(),
        label: "Reason",
        button: "Replay".to_owned(),
        asks_for_units: false,
        form,
    };
    let kind: &str = event.name.into();
    Ok(StoryPage {
        layout: request.layout().with_notice(done(request)),
        title: format!("Event: {}", format::sentence_case(kind)),
        status: None,
        text: None,
        cards: vec![card(&event)],
        history: None,
        next: None,
        action: acts(by).then_some(action),
    })
}

fn card(event: &ReceivedEvent) -> Card {
    let state: &str = event.state.into();
    let mut facts = vec![
        Fact::new("Event", event.id.as_str()),
        Fact::new("State", format::sentence_case(state)),
        Fact::new("Attempts", format::count(event.attempts)),
    ];
    facts.extend(
        event
            .error
            .as_ref()
            .map(|error| Fact::new("Error", error.as_str())),
    );
    let charge = event.charge_id.map(|charge| charge.to_string());
    let session = event.session.as_ref().map(ToString::to_string);
    let payment = event.payment.as_ref().map(ToString::to_string);
    let names = [
        ("Payment", charge),
        ("Session", session),
        ("At the provider", payment),
    ];
    let names = names.into_iter();
    facts.extend(names.filter_map(|(label, name)| {
        let name = name?;
        Some(Fact::linked(label, name.as_str(), paths::search(&name)))
    }));
    facts.extend([
        Fact::new("Happened", format::second(event.happened_at)),
        Fact::new("Received", format::second(event.received_at)),
        Fact::new("Last attempt", format::second(event.last_at)),
    ]);
    Card {
        id: "event-facts",
        heading: "Event",
        facts,
    }
}
