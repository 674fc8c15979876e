//! The chart of sales by day. All coordinates are computed here, in whole numbers; the template only prints
//! them.

use udam_domain::money::{Currency, Money};
use udam_domain::order::DailySales;

use crate::format;

/// Size of the drawing, in its own units: small enough that its labels are legible on a phone.
const WIDTH: u32 = 320;
const HEIGHT: u32 = 142;
/// Edges of the area of the bars.
const LEFT: u32 = 44;
const TOP: u32 = 18;
const BOTTOM: u32 = 126;
const RIGHT: u32 = 314;
/// Days from one label to the next, so that labels do not touch.
const DAYS_BETWEEN: usize = 7;
/// Rightmost centre of a label that is not cut off.
const LAST_LABEL: u32 = WIDTH - 17;

/// A bar chart, with its coordinates.
pub(super) struct Plot {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) left: u32,
    pub(super) right: u32,
    pub(super) title: String,
    /// Text alternative.
    pub(super) description: String,
    pub(super) currency: &'static str,
    pub(super) bars: Vec<Bar>,
    pub(super) amounts: Vec<Label>,
    pub(super) days: Vec<Label>,
}

/// The bar of one day.
pub(super) struct Bar {
    pub(super) x: u32,
    pub(super) y: u32,
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) title: String,
}

/// A label on an axis, with its position along it.
pub(super) struct Label {
    pub(super) at: u32,
    pub(super) text: String,
}

impl Plot {
    /// The chart of each day's revenue; `None` without revenue.
    pub(super) fn of(sales: &[DailySales], currency: Currency) -> Option<Self> {
        let best = sales.iter().max_by_key(|day| revenue(day))?;
        let step = round_step(revenue(best));
        let steps = revenue(best).div_ceil(step);
        let most = step.checked_mul(steps).filter(|most| *most > 0)?;
        let slot = (RIGHT - LEFT).checked_div(u32::try_from(sales.len()).ok()?)?;
        let start_of = |place: usize| {
            let place = u32::try_from(place).unwrap_or_default();
            LEFT.saturating_add(slot.saturating_mul(place))
        };
        let bars = sales.iter().enumerate().filter(|(_, day)| revenue(day) > 0);
        let labelled = sales.iter().enumerate().rev().step_by(DAYS_BETWEEN);
        Some(Self {
            width: WIDTH,
            height: HEIGHT,
            left: LEFT,
            right: RIGHT,
            title: format!("Revenue by day, the last {} days", sales.len()),
            description: format!("Most was sold on {}.", day_summary(best)),
            currency: currency.code(),
            bars: bars
                .map(|(place, day)| bar(start_of(place), slot, day, most))
                .collect(),
            amounts: (0..=steps)
                .map(|count| amount(step.saturating_mul(count), most, currency))
                .collect(),
            days: labelled
                .map(|(place, day)| Label {
                    at: (start_of(place) + slot / 2).min(LAST_LABEL),
                    text: date(day),
                })
                .collect(),
        })
    }
}

fn bar(x: u32, slot: u32, day: &DailySales, most: u64) -> Bar {
    // Every day with revenue is visible, however small beside the best day.
    let height = height(revenue(day), most).max(1);
    Bar {
        x,
        y: BOTTOM.saturating_sub(height),
        width: slot.saturating_sub(2).max(1),
        height,
        title: day_summary(day),
    }
}

fn amount(minor: u64, most: u64, currency: Currency) -> Label {
    Label {
        at: BOTTOM.saturating_sub(height(minor, most)),
        text: short(minor, currency),
    }
}

/// Height of a bar, if one of `most` reaches the top.
fn height(minor: u64, most: u64) -> u32 {
    let scaled = u128::from(minor) * u128::from(BOTTOM - TOP);
    let height = scaled.checked_div(u128::from(most)).unwrap_or_default();
    u32::try_from(height).unwrap_or(BOTTOM - TOP)
}

fn revenue(day: &DailySales) -> u64 {
    u64::try_from(day.revenue.minor()).unwrap_or_default()
}

/// The smallest of 1, 2, 5, 10, 20 and so on that reaches `most` in at most four steps.
fn round_step(most: u64) -> u64 {
    let powers = (0..19).map(|exponent| 10_u64.pow(exponent));
    let mut rounds = powers.flat_map(|power| [power, 2 * power, 5 * power]);
    rounds
        .find(|step| *step >= most.div_ceil(4))
        .unwrap_or(u64::MAX)
}

/// An amount as a short label: "0.05", "20", "5k", "2M".
fn short(minor: u64, currency: Currency) -> String {
    let exponent = u32::try_from(currency.exponent()).unwrap_or_default();
    let unit = 10_u64.saturating_pow(exponent);
    if !minor.is_multiple_of(unit) {
        let minor = i64::try_from(minor).unwrap_or(i64::MAX);
        return Money::new(minor, currency).to_string();
    }
    let whole = minor / unit;
    let sizes = [(1_000_000_000, "bn"), (1_000_000, "M"), (1_000, "k")];
    let fitting = sizes
        .into_iter()
        .find(|(size, _)| whole > 0 && whole.is_multiple_of(*size));
    match fitting {
        Some((size, letter)) => format!("{}{letter}", whole / size),
        None => whole.to_string(),
    }
}

/// A day as a label: "24 Nov".
pub(super) fn date(day: &DailySales) -> String {
    day.day.strftime("%-d %b").to_string()
}

/// A day and its sales: "24 Nov: 12 units, 30.00 USD".
fn day_summary(day: &DailySales) -> String {
    let plural = if day.units == 1 { "unit" } else { "units" };
    let units = format::count(day.units);
    let revenue = format::money(day.revenue);
    format!("{}: {units} {plural}, {revenue}", date(day))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn days(revenues: &[i64]) -> Vec<DailySales> {
        let days = (1..).zip(revenues);
        days.map(|(day, minor)| DailySales {
            day: format!("2026-11-{day:02}").parse().unwrap(),
            units: u64::try_from(*minor).unwrap().min(12),
            revenue: Money::new(*minor, Currency::USD),
        })
        .collect()
    }

    #[test]
    fn each_day_with_sales_has_a_bar_with_a_title() {
        let plot = Plot::of(&days(&[0, 30_00, 15_00]), Currency::USD).unwrap();
        let bars: Vec<_> = plot.bars.iter().map(|bar| bar.title.as_str()).collect();
        assert_eq!(
            bars,
            ["2 Nov: 12 units, 30.00 USD", "3 Nov: 12 units, 15.00 USD"]
        );
        assert_eq!(plot.bars[0].height, 2 * plot.bars[1].height);
        assert_eq!(plot.bars[0].y, TOP);
        let amounts: Vec<_> = plot
            .amounts
            .iter()
            .map(|label| label.text.as_str())
            .collect();
        assert_eq!(amounts, ["0", "10", "20", "30"]);
        assert_eq!(
            plot.description,
            "Most was sold on 2 Nov: 12 units, 30.00 USD."
        );
    }

    #[test]
    fn without_sales_there_is_no_chart() {
        assert!(Plot::of(&days(&[0, 0]), Currency::USD).is_none());
        assert!(Plot::of(&[], Currency::USD).is_none());
    }

    #[test]
    fn labels_are_short() {
        let usd = |minor| short(minor, Currency::USD);
        assert_eq!([usd(5), usd(20_00)], ["0.05", "20"]);
        assert_eq!([usd(500_000), usd(200_000_000)], ["5k", "2M"]);
        assert_eq!(short(500, "JPY".parse().unwrap()), "500");
    }

    proptest! {
        #[test]
        fn nothing_is_drawn_outside_the_area(revenues in prop::collection::vec(0..=i64::MAX, 1..=30)) {
            let Some(plot) = Plot::of(&days(&revenues), Currency::USD) else {
                return Ok(());
            };
            prop_assert!(plot.amounts.len() <= 5);
            for bar in &plot.bars {
                prop_assert!(bar.x >= LEFT && bar.x + bar.width <= RIGHT);
                prop_assert!(bar.y >= TOP && bar.y + bar.height == BOTTOM);
            }
            for label in &plot.amounts {
                prop_assert!((TOP..=BOTTOM).contains(&label.at));
            }
        }
    }
}
