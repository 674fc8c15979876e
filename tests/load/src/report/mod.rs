//! What was found: figures against their targets, raw figures, the plot, and whatever was wrong.

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

/// Where all scenarios write down what they find.
#[derive(Default)]
pub(crate) struct Report {
    settings: RefCell<Vec<(String, String)>>,
    results: RefCell<Vec<(&'static Target, f64)>>,
    figures: RefCell<Vec<Figure>>,
    curve: RefCell<Vec<Point>>,
    notes: RefCell<Vec<String>>,
    faults: RefCell<Vec<String>>,
}

/// A raw figure, of each round.
#[derive(Debug, Clone)]
struct Figure {
    scenario: String,
    name: &'static str,
    unit: &'static str,
    median: f64,
    rounds: Vec<f64>,
}

impl Report {
    /// What the figures were found with.
    pub(crate) fn settings(&self, settings: impl IntoIterator<Item = (String, String)>) {
        self.settings.borrow_mut().extend(settings);
    }

    /// What a figure that has a target came to, in each round.
    pub(crate) fn result(&self, target: &'static Target, rounds: &[f64]) {
        if let Some(median) = median(rounds) {
            remark(format_args!("  {}: {}", target.name, target.show(median)));
            self.results.borrow_mut().push((target, median));
        }
    }

    /// What another figure came to, in each round that had one.
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

    pub(crate) fn curve(&self, points: Vec<Point>) {
        *self.curve.borrow_mut() = points;
    }

    /// Something that could not be measured, and why.
    pub(crate) fn note(&self, note: impl Display) {
        remark(format_args!("  {note}"));
        self.notes.borrow_mut().push(note.to_string());
    }

    /// Something that is wrong, and no matter of speed.
    pub(crate) fn fault(&self, fault: impl Display) {
        remark(format_args!("  WRONG: {fault}"));
        self.faults.borrow_mut().push(fault.to_string());
    }

    /// Whether all answers were right, and all books fit.
    pub(crate) fn is_sound(&self) -> bool {
        self.faults.borrow().is_empty()
    }

    /// Shows it, and leaves it as `report.json` and `load.svg` in a directory.
    pub(crate) fn publish(&self, directory: &Path, out: &mut impl Write) -> Result<()> {
        fs::create_dir_all(directory).with_context(|| format!("making {}", directory.display()))?;
        fs::write(directory.join("report.json"), self.json()?)?;
        if !self.curve.borrow().is_empty() {
            plot::draw(&self.curve.borrow(), &directory.join("load.svg"))?;
        }
        write!(out, "{}", self.table())?;
        Ok(out.flush()?)
    }
}

/// A line for whoever watches.
pub(crate) fn remark(line: impl Display) {
    // There is nowhere left to complain.
    let _ = writeln!(stderr(), "{line}");
}
