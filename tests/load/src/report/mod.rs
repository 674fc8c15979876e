//! The results: figures against their targets, all figures, the plot, and errors.

mod json;
mod plot;
mod table;
mod target;

use std::cell::RefCell;
use std::fmt::Display;
use std::fs;
use std::io::{Write, stderr};
use std::path::Path;

use anyhow::{Context, Result};

use crate::measure::median;

pub(crate) use plot::Point;
pub(crate) use target::Target;

/// Collects the results of all scenarios.
#[derive(Default)]
pub(crate) struct Report {
    settings: RefCell<Vec<(String, String)>>,
    results: RefCell<Vec<(&'static Target, f64)>>,
    figures: RefCell<Vec<Figure>>,
    curve: RefCell<Vec<Point>>,
    notes: RefCell<Vec<String>>,
    errors: RefCell<Vec<String>>,
}

/// A figure, with its value in each round.
#[derive(Debug, Clone)]
struct Figure {
    scenario: String,
    name: &'static str,
    unit: &'static str,
    median: f64,
    rounds: Vec<f64>,
}

impl Report {
    /// Adds settings under which the figures were measured.
    pub(crate) fn settings(&self, settings: impl IntoIterator<Item = (String, String)>) {
        self.settings.borrow_mut().extend(settings);
    }

    /// Adds a figure that has a target, with its value in each round.
    pub(crate) fn result(&self, target: &'static Target, rounds: &[f64]) {
        if let Some(median) = median(rounds) {
            progress(format_args!("  {}: {}", target.name, target.show(median)));
            self.results.borrow_mut().push((target, median));
        }
    }

    /// Adds another figure, with its value in each round that has one.
    pub(crate) fn figure(
        &self,
        scenario: impl Display,
        name: &'static str,
        unit: &'static str,
        rounds: &[f64],
    ) {
        if let Some(median) = median(rounds) {
            self.figures.borrow_mut().push(Figure {
                scenario: scenario.to_string(),
                name,
                unit,
                median,
                rounds: rounds.to_vec(),
            });
        }
    }

    /// Sets the points of the plot.
    pub(crate) fn curve(&self, points: Vec<Point>) {
        *self.curve.borrow_mut() = points;
    }

    /// Adds a note, such as why something could not be measured.
    pub(crate) fn note(&self, note: impl Display) {
        progress(format_args!("  {note}"));
        self.notes.borrow_mut().push(note.to_string());
    }

    /// Adds an error: a wrong response or inconsistent data, which fails the run.
    pub(crate) fn error(&self, error: impl Display) {
        progress(format_args!("  ERROR: {error}"));
        self.errors.borrow_mut().push(error.to_string());
    }

    /// Whether there are no errors.
    pub(crate) fn passed(&self) -> bool {
        self.errors.borrow().is_empty()
    }

    /// Prints it, and writes `report.json` and `load.svg` to a directory.
    pub(crate) fn publish(&self, directory: &Path, out: &mut impl Write) -> Result<()> {
        fs::create_dir_all(directory)
            .with_context(|| format!("creating {}", directory.display()))?;
        fs::write(directory.join("report.json"), self.json()?)?;
        if !self.curve.borrow().is_empty() {
            plot::draw(&self.curve.borrow(), &directory.join("load.svg"))?;
        }
        write!(out, "{}", self.table())?;
        Ok(out.flush()?)
    }
}

/// Prints a line on standard error while the benchmark runs.
pub(crate) fn progress(line: impl Display) {
    // If standard error is closed, nobody reads it.
    let _ = writeln!(stderr(), "{line}");
}
