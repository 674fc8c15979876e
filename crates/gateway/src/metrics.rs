use std::time::Duration;

use metrics::{
    Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram,
};
use udam_domain::marketplace::CallEnd;

const CALLS: &str = "udam_gateway_calls_total";
const REFUSED: &str = "udam_gateway_refused_calls_total";
const OPEN: &str = "udam_gateway_open_calls";
const DRAW: &str = "udam_gateway_draw_duration_seconds";
const UPSTREAM: &str = "udam_gateway_upstream_duration_seconds";

/// Describes the metrics of calls to the installed recorder.
pub fn describe_gateway_metrics() {
    describe_counter!(CALLS, "Calls that have ended, by outcome.");
    describe_counter!(
        REFUSED,
        "Calls that were not made, by the code of their problem."
    );
    describe_gauge!(OPEN, "Calls whose end is not recorded yet.");
    describe_histogram!(
        DRAW,
        Unit::Seconds,
        "How long taking the units of a call took."
    );
    describe_histogram!(
        UPSTREAM,
        Unit::Seconds,
        "Time from a call's beginning to the head of its answer."
    );
}

pub(crate) fn count_end(end: &CallEnd) {
    counter!(CALLS, "outcome" => end.outcome.name()).increment(1);
}

pub(crate) fn count_refused(code: &'static str) {
    counter!(REFUSED, "code" => code).increment(1);
}

pub(crate) fn open_calls_changed(by: f64) {
    gauge!(OPEN).increment(by);
}

pub(crate) fn draw_took(time: Duration) {
    histogram!(DRAW).record(time.as_secs_f64());
}

pub(crate) fn upstream_took(time: Duration) {
    histogram!(UPSTREAM).record(time.as_secs_f64());
}
