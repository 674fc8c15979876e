//! Terms of calls through the gateway and the measured quality of a service, as facts for people.

use std::time::Duration;

use udam_domain::gateway::{
    CallQuality, CallRate, ChargeRule, GatewayTerms, KeyPlacement, Methods, PathPrefix, Paths,
    RatePeriod,
};

use crate::format;

/// A label and its value.
pub(crate) type Fact = (&'static str, String);

/// What buyers have to know of the terms of a listing.
pub(crate) fn facts(terms: &GatewayTerms) -> Vec<Fact> {
    let sold_in_part = [
        (terms.methods != Methods::default()).then(|| ("Methods", methods(terms))),
        (terms.paths != Paths::default()).then(|| ("Paths", paths(terms))),
    ];
    let rate = terms.rate.map(|rate| ("Call rate", call_rate(rate)));
    let mut facts = vec![
        ("Key", placement(&terms.auth)),
        ("Units per call", cost(terms)),
        ("Charged", charged(terms.charge).to_owned()),
    ];
    facts.extend(sold_in_part.into_iter().flatten());
    facts.push(("Time limit", seconds(terms.timeout.seconds())));
    facts.extend(rate);
    facts
}

/// The methods of terms, such as "GET, POST".
pub(crate) fn methods(terms: &GatewayTerms) -> String {
    let names = terms.methods.iter().map(<&str>::from);
    names.collect::<Vec<_>>().join(", ")
}

fn paths(terms: &GatewayTerms) -> String {
    let prefixes = terms.paths.prefixes().iter();
    prefixes
        .map(PathPrefix::as_str)
        .collect::<Vec<_>>()
        .join(", ")
}

fn placement(placement: &KeyPlacement) -> String {
    match placement {
        KeyPlacement::Header { name, prefix } => match prefix.as_str().trim() {
            "" => format!("In the header {name}"),
            prefix => format!("In the header {name}, after {prefix}"),
        },
        KeyPlacement::Query(name) => format!("In the query, as {name}"),
        KeyPlacement::Basic(Some(user)) => {
            format!("As the password of {user} (basic authentication)")
        }
        KeyPlacement::Basic(None) => "As the user name (basic authentication)".to_owned(),
    }
}

fn cost(terms: &GatewayTerms) -> String {
    let per_call = format::count(terms.cost.per_call());
    match terms.cost.declared_up_to() {
        Some(most) => {
            let most = format::count(most);
            format!("{per_call}, or what the service declares, up to {most}")
        }
        None => per_call,
    }
}

const fn charged(rule: ChargeRule) -> &'static str {
    match rule {
        ChargeRule::Success => "Calls that succeed (status below 400)",
        ChargeRule::Answered => "Calls that are answered (status below 500)",
        ChargeRule::Always => "Calls that are answered with any status",
    }
}

fn seconds(seconds: u16) -> String {
    match seconds {
        1 => "1 second to an answer".to_owned(),
        seconds => format!("{seconds} seconds to an answer"),
    }
}

fn call_rate(rate: CallRate) -> String {
    let calls = format::count(rate.calls());
    let plural = if rate.calls().get() == 1 {
        "call"
    } else {
        "calls"
    };
    let per = match rate.per() {
        RatePeriod::Second => "a second",
        RatePeriod::Minute => "a minute",
        RatePeriod::Hour => "an hour",
        RatePeriod::Day => "a day",
    };
    format!("{calls} {plural} {per}")
}

/// The quality of a service as statistics.
pub(crate) fn statistics(quality: CallQuality) -> Vec<Fact> {
    vec![
        ("Calls", format::count(quality.calls)),
        ("Succeeded", share(quality.successes, quality.calls)),
        ("Median time", milliseconds(quality.p50)),
        ("95 % within", milliseconds(quality.p95)),
    ]
}

/// A part in percent, rounded down to a tenth: 100 % is all of it.
fn share(part: u64, whole: u64) -> String {
    let tenths = part
        .saturating_mul(1_000)
        .checked_div(whole)
        .unwrap_or_default();
    format!("{}.{} %", tenths / 10, tenths % 10)
}

/// A time, such as "48 ms".
pub(crate) fn milliseconds(duration: Duration) -> String {
    format!("{} ms", format::count(duration.as_millis()))
}

#[cfg(test)]
mod tests {
    use udam_domain::gateway::{CallCost, Method};
    use udam_domain::units::Units;

    use super::*;

    #[test]
    fn default_terms_are_few_facts() {
        let expected = [
            ("Key", "In the header Authorization, after Bearer"),
            ("Units per call", "1"),
            ("Charged", "Calls that succeed (status below 400)"),
            ("Time limit", "30 seconds to an answer"),
        ];
        let expected = expected.map(|(label, value)| (label, value.to_owned()));
        assert_eq!(facts(&GatewayTerms::default()), expected);
    }

    #[test]
    fn every_other_term_is_a_fact() {
        let units = |count| Units::new(count).unwrap();
        let terms = GatewayTerms {
            auth: KeyPlacement::Basic(None),
            methods: Methods::new([Method::Get, Method::Head]).unwrap(),
            paths: Paths::new(vec!["/v1".parse().unwrap()]).unwrap(),
            cost: CallCost::new(units(2), Some(units(1_000))).unwrap(),
            rate: Some(CallRate::new(1, RatePeriod::Hour).unwrap()),
            ..GatewayTerms::default()
        };
        let facts = facts(&terms);
        for (label, value) in [
            ("Key", "As the user name (basic authentication)"),
            (
                "Units per call",
                "2, or what the service declares, up to 1,000",
            ),
            ("Methods", "GET, HEAD"),
            ("Paths", "/v1"),
            ("Call rate", "1 call an hour"),
        ] {
            assert!(facts.contains(&(label, value.to_owned())), "{label}");
        }
    }

    #[test]
    fn nearly_all_is_not_shown_as_all() {
        assert_eq!(share(99_999, 100_000), "99.9 %");
        assert_eq!(share(100, 100), "100.0 %");
        assert_eq!(share(0, 0), "0.0 %");
        assert_eq!(milliseconds(Duration::from_millis(1_250)), "1,250 ms");
    }
}
