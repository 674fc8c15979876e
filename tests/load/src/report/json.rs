use anyhow::Result;
use serde_json::{Map, Value, json};

use super::Report;

impl Report {
    /// The report as JSON.
    pub(super) fn json(&self) -> Result<String> {
        let targets = self.results.borrow();
        let targets = targets.iter().map(|(target, value)| {
            let (must, aim) = target.bounds();
            json!({
                "name": target.name,
                "measured": value,
                "must": must,
                "aim": aim,
                "meets": target.grade(*value).name(),
            })
        });
        let figures = self.figures.borrow();
        let figures = figures.iter().map(|figure| {
            json!({
                "scenario": figure.scenario,
                "name": figure.name,
                "unit": figure.unit,
                "median": figure.median,
                "rounds": figure.rounds,
            })
        });
        let curve = self.curve.borrow();
        let curve = curve.iter().map(|point| {
            json!({
                "percent_of_peak": point.percent,
                "offered": point.offered,
                "throughput": point.throughput,
                "median_ms": point.median_ms,
                "p99_ms": point.p99_ms,
            })
        });
        let settings = self.settings.borrow();
        let settings = settings
            .iter()
            .map(|(name, value)| (name.clone(), Value::from(value.as_str())));
        let whole = json!({
            "targets": targets.collect::<Vec<_>>(),
            "figures": figures.collect::<Vec<_>>(),
            "curve": curve.collect::<Vec<_>>(),
            "settings": settings.collect::<Map<_, _>>(),
            "notes": *self.notes.borrow(),
            "errors": *self.errors.borrow(),
        });
        Ok(serde_json::to_string_pretty(&whole)? + "\n")
    }
}
