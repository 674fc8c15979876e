//! A demonstration, in development only: two hundred buyers want ten units at once.

mod figures;
mod ledger;
mod plot;
mod run;
mod track;

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use askama::Template;

use crate::layout::Layout;
use crate::request::Request;
use crate::response::{PageResult, private, see_other};

use figures::{Figures, Finish, milliseconds};
use ledger::Ledger;
use plot::Plot;
use track::{Phase, Race};

pub(crate) use track::Track;

/// How many want one unit each.
const BUYERS: usize = 200;

/// How many units there are.
const UNITS: u32 = 10;

const PATH: &str = "/demo/race";

#[derive(Template)]
#[template(path = "race.html")]
struct RacePage {
    layout: Layout,
    buyers: usize,
    units: u32,
    /// Where to look for what comes next, until nothing does.
    live: Option<&'static str>,
    state: String,
    has_failed: bool,
    cells: Vec<&'static str>,
    summary: String,
    figures: Option<Figures>,
    plot: Option<Plot>,
    ledger: Option<Ledger>,
    finishes: Vec<Finish>,
}

/// Shows the race, as far as it has got.
pub(crate) async fn show(mut request: Request) -> PageResult {
    let visitor = request.issue_csrf_cookie();
    let race = request.store.race.snapshot();
    let ledger = match race.listing() {
        Some(listing) => ledger::read(request.marketplace(), listing).await?,
        None => None,
    };
    let mut answer = private(StatusCode::OK, &page(request.layout(), &race, ledger))?;
    if race.is_under_way() {
        let in_a_second = HeaderValue::from_static("1");
        answer.headers_mut().insert(header::REFRESH, in_a_second);
    }
    if let Some(visitor) = visitor {
        visitor.set(&mut answer, &request.store)?;
    }
    Ok(answer)
}

/// Starts one, unless one is under way: then that is shown.
pub(crate) async fn start(request: Request) -> PageResult {
    run::start(request.store.clone());
    Ok(see_other(PATH))
}

fn page(layout: Layout, race: &Race, ledger: Option<Ledger>) -> RacePage {
    let has_begun = race.listing().is_some();
    let is_over = has_begun && !race.is_under_way();
    let figures = Figures::of(race);
    RacePage {
        layout,
        buyers: BUYERS,
        units: UNITS,
        live: race.is_under_way().then_some(PATH),
        state: state(race),
        has_failed: matches!(race.phase, Phase::BrokenOff(_)),
        cells: figures::cells(race),
        summary: figures.summary(),
        figures: has_begun.then_some(figures),
        plot: Plot::of(race),
        ledger,
        finishes: if is_over {
            figures::finishes(race)
        } else {
            Vec::new()
        },
    }
}

/// What goes on, in a sentence.
fn state(race: &Race) -> String {
    match race.phase {
        Phase::Ahead => "Nobody has raced yet.".to_owned(),
        Phase::Preparing => {
            let ready = race.buyers.len();
            format!("The buyers come to the line: {ready} of {BUYERS} have an account.")
        }
        Phase::Running(_) => {
            let answered = race.answered().count();
            format!("They are off: {answered} of {BUYERS} are answered.")
        }
        Phase::Over(_) => match race.answered().map(|(_, answer)| answer.after).max() {
            Some(last) => format!(
                "It is over: everybody was answered within {}.",
                milliseconds(last)
            ),
            None => "It is over, and nobody was answered.".to_owned(),
        },
        Phase::BrokenOff(_) => {
            "The race was broken off; the log of the server says why. Start another.".to_owned()
        }
    }
}

#[cfg(test)]
mod tests;
