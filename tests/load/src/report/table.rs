use std::fmt::Write;

use super::{Report, Target};

impl Report {
    /// The report as text.
    pub(super) fn table(&self) -> String {
        let mut text = String::new();
        let results = self.results.borrow();
        let targets = Target::ALL.iter().map(|target| {
            let found = results.iter().find(|(of, _)| of == target);
            let (value, grade) = found.map_or(("-".to_owned(), "-"), |(_, value)| {
                (target.show(*value), target.grade(*value).name())
            });
            let name = target.name.to_owned();
            let grade = grade.to_owned();
            vec![name, value, target.must(), target.aim(), grade]
        });
        let header = ["", "Measured", "Must", "Aim", "Meets"];
        text.push_str(&columns(&header, targets));
        let figures = self.figures.borrow();
        let figures = figures.iter().map(|figure| {
            let rounds: Vec<_> = figure.rounds.iter().copied().map(show).collect();
            vec![
                figure.scenario.clone(),
                format!("{}, {}", figure.name, figure.unit),
                show(figure.median),
                rounds.join("  "),
            ]
        });
        text.push('\n');
        text.push_str(&columns(
            &["Scenario", "Figure", "Median", "Rounds"],
            figures,
        ));
        let settings = self.settings.borrow();
        let settings = settings
            .iter()
            .map(|(name, value)| vec![name.clone(), value.clone()]);
        text.push('\n');
        text.push_str(&columns(&["Setting", ""], settings));
        for note in self.notes.borrow().iter() {
            let _ = writeln!(text, "\nNote: {note}");
        }
        for error in self.errors.borrow().iter() {
            let _ = writeln!(text, "\nERROR: {error}");
        }
        text
    }
}

/// Three significant digits or more.
fn show(value: f64) -> String {
    match value.abs() {
        large if large >= 1_000.0 => thousands(&format!("{value:.0}")),
        middling if middling >= 10.0 => format!("{value:.1}"),
        _ => format!("{value:.3}"),
    }
}

/// Inserts commas between groups of three digits.
fn thousands(digits: &str) -> String {
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) && !grouped.ends_with('-') {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// Pads the cells of all lines to columns, and underlines the first line.
fn columns(header: &[&str], lines: impl Iterator<Item = Vec<String>>) -> String {
    let header = header.iter().map(|&cell| cell.to_owned()).collect();
    let mut all: Vec<Vec<String>> = vec![header];
    all.extend(lines);
    let mut widths = Vec::new();
    for line in &all {
        widths.resize(widths.len().max(line.len()), 0);
        for (width, cell) in widths.iter_mut().zip(line) {
            *width = cell.chars().count().max(*width);
        }
    }
    let underline = widths.iter().map(|width| "-".repeat(*width)).collect();
    all.insert(1, underline);
    let mut text = String::new();
    for line in all {
        let cells = line.iter().zip(&widths);
        let padded: Vec<_> = cells
            .map(|(cell, &width)| format!("{cell:width$}"))
            .collect();
        let _ = writeln!(text, "{}", padded.join("  ").trim_end());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_padded_to_columns() {
        let lines = [vec!["≥ 2.5x".to_owned(), "a".to_owned()]].into_iter();
        let expected = "one     two\n------  ---\n≥ 2.5x  a\n";
        assert_eq!(columns(&["one", "two"], lines), expected);
    }

    #[test]
    fn numbers_have_three_significant_digits() {
        assert_eq!(show(1_234_567.8), "1,234,568");
        assert_eq!(show(-123_456.0), "-123,456");
        assert_eq!(show(45.678), "45.7");
        assert_eq!(show(0.012_34), "0.012");
    }

    #[test]
    fn a_figure_that_was_not_measured_is_in_the_table() {
        let report = Report::default();
        report.result(Target::HOT, &[13.0, 19.0, 12.0]);
        let table = report.table();
        let line = |of: &Target| {
            table
                .lines()
                .find(|line| line.starts_with(of.name))
                .unwrap()
        };
        assert!(line(Target::HOT).contains("13.00x") && line(Target::HOT).contains("SHORT"));
        assert!(line(Target::IDLE).ends_with('-'));
    }
}
