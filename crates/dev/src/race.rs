//! A demonstration, in development only: two hundred buyers want ten units at once.

mod figures;
mod ledger;
mod plot;
mod run;
mod state;

use std::sync::Arc;

use askama::Template;
use async_trait::async_trait;
use udam_domain::money::Currency;
use udam_domain::{Marketplace, StoreError};
use udam_storefront::{DemoAnswer, DemoContent, DemoPage, DemoRequest};
use udam_web::PasswordlessLogIn;

use figures::{BuyerOutcome, Figures, milliseconds};
use ledger::Ledger;
use plot::Plot;
use state::{BUYERS, Phase, RaceCell, RaceState, UNITS};

pub(crate) const PATH: &str = "/demo/race";

#[derive(Template)]
#[template(path = "race.html")]
struct RacePage<'a> {
    csrf: &'a str,
    buyers: usize,
    units: u32,
    /// Path that the page refreshes itself from; `None` once the race is over.
    live: Option<&'static str>,
    state: String,
    has_failed: bool,
    cells: Vec<&'static str>,
    summary: String,
    figures: Option<Figures>,
    plot: Option<Plot>,
    ledger: Option<Ledger>,
    outcomes: Vec<BuyerOutcome>,
}

/// A demo page on which 200 buyers race for 10 units. Clones share one race.
#[derive(Clone)]
pub struct Race(Arc<Shared>);

struct Shared {
    marketplace: Marketplace,
    currency: Currency,
    log_in: Arc<dyn PasswordlessLogIn>,
    race: RaceCell,
}

impl Race {
    /// A race in this marketplace, whose prices are in `currency`.
    #[must_use]
    pub fn new(
        marketplace: Marketplace,
        currency: Currency,
        log_in: Arc<dyn PasswordlessLogIn>,
    ) -> Self {
        Self(Arc::new(Shared {
            marketplace,
            currency,
            log_in,
            race: RaceCell::default(),
        }))
    }
}

#[async_trait]
impl DemoPage for Race {
    fn paths(&self) -> &'static [&'static str] {
        &[PATH]
    }

    /// Shows the race, as far as it has got.
    async fn show(&self, request: DemoRequest<'_>) -> Result<Option<DemoAnswer>, StoreError> {
        let race = self.0.race.snapshot();
        let ledger = match race.listing() {
            Some(listing) => ledger::read(&self.0.marketplace, listing).await?,
            None => None,
        };
        let page = page(request.csrf, &race, ledger);
        let main = page.render();
        Ok(Some(DemoAnswer::Page(DemoContent {
            title: format!("{BUYERS} buyers race for {UNITS} units"),
            main: main.map_err(|error| StoreError::Failed(error.into()))?,
            refresh: race.is_under_way(),
            frames: false,
        })))
    }

    /// Starts a race, unless one is under way: then that one is shown.
    fn start(&self) {
        run::start(self.clone());
    }
}

fn page<'a>(csrf: &'a str, race: &RaceState, ledger: Option<Ledger>) -> RacePage<'a> {
    let has_begun = race.listing().is_some();
    let is_over = has_begun && !race.is_under_way();
    let figures = Figures::of(race);
    RacePage {
        csrf,
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
        outcomes: if is_over {
            figures::outcomes(race)
        } else {
            Vec::new()
        },
    }
}

/// State of the race, in a sentence.
fn state(race: &RaceState) -> String {
    match race.phase {
        Phase::NotStarted => "Nobody has raced yet.".to_owned(),
        Phase::Preparing => {
            let ready = race.buyers.len();
            format!("Preparing: {ready} of {BUYERS} buyers have an account.")
        }
        Phase::Running(_) => {
            let answered = race.answered().count();
            format!("Running: {answered} of {BUYERS} orders are answered.")
        }
        Phase::Over(_) => match race.answered().map(|(_, answer)| answer.after).max() {
            Some(last) => format!(
                "It is over: every order was answered within {}.",
                milliseconds(last)
            ),
            None => "It is over, and no order was answered.".to_owned(),
        },
        Phase::BrokenOff(_) => {
            "The race failed; the log of the server says why. Start another.".to_owned()
        }
    }
}

#[cfg(test)]
mod tests;
