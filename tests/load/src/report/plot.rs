//! Plots throughput and latency against the offered load.

use std::path::Path;

use anyhow::Result;
use plotters::coord::Shift;
use plotters::prelude::*;

/// Throughput and latency at one rate.
#[derive(Debug, Clone)]
pub(crate) struct Point {
    /// Offered rate, in percent of the peak.
    pub(crate) percent: u32,
    /// Offered rate, in orders per second.
    pub(crate) offered: f64,
    /// Orders placed per second.
    pub(crate) throughput: f64,
    pub(crate) median_ms: f64,
    pub(crate) p99_ms: f64,
}

const FONT: (&str, u32) = ("sans-serif", 18);

/// One half of the image.
type Half<'a> = DrawingArea<SVGBackend<'a>, Shift>;

/// Width and height, in pixels.
const SIZE: (u32, u32) = (960, 420);

/// Draws throughput on the left, and on the right the latencies on a logarithmic scale: beyond the peak they
/// grow as long as the load lasts.
pub(super) fn draw(points: &[Point], path: &Path) -> Result<()> {
    let whole = SVGBackend::new(path, SIZE).into_drawing_area();
    whole.fill(&WHITE)?;
    let (left, right) = whole.split_horizontally(SIZE.0 / 2);
    throughput(points, &left)?;
    latency(points, &right)?;
    Ok(whole.present()?)
}

fn throughput(points: &[Point], area: &Half<'_>) -> Result<()> {
    let offered = max_of(points, |point| point.offered);
    let mut chart = ChartBuilder::on(area)
        .caption("Throughput", FONT)
        .margin(10)
        .x_label_area_size(40)
        .y_label_area_size(60)
        .build_cartesian_2d(0.0..offered, 0.0..offered)?;
    chart
        .configure_mesh()
        .x_desc("orders offered per second")
        .y_desc("orders placed per second")
        .draw()?;
    let ideal = [(0.0, 0.0), (offered, offered)];
    chart.draw_series(LineSeries::new(ideal, BLACK.mix(0.3)))?;
    let placed = points.iter().map(|point| (point.offered, point.throughput));
    chart.draw_series(LineSeries::new(placed, BLUE.stroke_width(2)).point_size(3))?;
    Ok(())
}

fn latency(points: &[Point], area: &Half<'_>) -> Result<()> {
    let offered = max_of(points, |point| point.offered);
    let highest = max_of(points, |point| point.p99_ms);
    let mut chart = ChartBuilder::on(area)
        .caption("Latency", FONT)
        .margin(10)
        .x_label_area_size(40)
        .y_label_area_size(60)
        .build_cartesian_2d(0.0..offered, (0.1..highest).log_scale())?;
    chart
        .configure_mesh()
        .x_desc("orders offered per second")
        .y_desc("ms since the order was due")
        .draw()?;
    let medians = points.iter().map(|point| (point.offered, point.median_ms));
    let p99s = points.iter().map(|point| (point.offered, point.p99_ms));
    for (name, color, line) in [
        ("median", BLUE, medians.collect::<Vec<_>>()),
        ("p99", RED, p99s.collect()),
    ] {
        chart
            .draw_series(LineSeries::new(line, color.stroke_width(2)).point_size(3))?
            .label(name)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 16, y)], color));
    }
    let labels = SeriesLabelPosition::UpperLeft;
    let mut legend = chart.configure_series_labels();
    legend
        .position(labels)
        .background_style(WHITE)
        .border_style(BLACK)
        .draw()?;
    Ok(())
}

/// The highest value, with a margin.
fn max_of(points: &[Point], of: impl Fn(&Point) -> f64) -> f64 {
    points.iter().map(of).fold(1.0, f64::max) * 1.05
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plot_is_drawn() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("load.svg");
        let point = |percent, offered, p99_ms| Point {
            percent,
            offered,
            throughput: offered,
            median_ms: p99_ms / 2.0,
            p99_ms,
        };
        draw(&[point(50, 1e4, 2.0), point(125, 2.5e4, 900.0)], &path).unwrap();
        let drawn = std::fs::read_to_string(path).unwrap();
        assert!(drawn.starts_with("<svg") && drawn.contains("p99"));
    }
}
