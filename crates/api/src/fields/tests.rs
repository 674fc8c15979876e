use serde_json::json;
use udam_domain::units::Units;

use super::*;
use crate::reading::{count, flag, text};
use crate::testing::wire_rules;

#[derive(Debug, PartialEq)]
struct Sample {
    units: Units,
    name: Option<String>,
    note: Change<Option<String>>,
    flag: Change<bool>,
}

impl FromFields for Sample {
    fn from_fields(fields: &mut Fields, _rules: WireRules) -> Result<Self, Recorded> {
        let units = fields.required("units", count);
        let name = fields.optional("name", text);
        let note = fields.clearable("note", text);
        let flag = fields.change("flag", flag);
        Ok(Self {
            units: units?,
            name: name?,
            note: note?,
            flag: flag?,
        })
    }
}

fn parse(given: &Value) -> Result<Sample, Vec<(String, String)>> {
    let given = given.as_object().unwrap().clone();
    Fields::new(given).parse(wire_rules()).map_err(|problem| {
        let Problem::InvalidRequest(errors) = problem else {
            panic!("{problem:?}")
        };
        errors
            .into_iter()
            .map(|error| (error.field.into_owned(), error.message))
            .collect()
    })
}

fn refused(given: &Value) -> Vec<String> {
    let errors = parse(given).unwrap_err();
    errors.into_iter().map(|(field, _)| field).collect()
}

#[test]
fn absent_and_null_are_treated_as_the_field_declares() {
    let kept = parse(&json!({"units": 3, "name": null})).unwrap();
    assert_eq!(kept.name, None);
    assert_eq!(kept.note, Change::Keep);
    let cleared = parse(&json!({"units": "3", "note": null, "flag": true})).unwrap();
    assert_eq!(cleared.note, Change::To(None));
    assert_eq!(cleared.flag, Change::To(true));
    assert_eq!(refused(&json!({"units": null})), ["units"]);
    assert_eq!(refused(&json!({"units": 1, "flag": null})), ["flag"]);
}

#[test]
fn all_invalid_fields_are_reported_at_once() {
    let wrong = json!({"name": 1, "note": [], "flag": "yes", "what": 1, "else": 2});
    assert_eq!(
        refused(&wrong),
        ["units", "name", "note", "flag", "else", "what"]
    );
}

#[test]
fn a_repeated_field_is_rejected() {
    let twice = ["units", "units"].map(|name| (name.to_owned(), json!(1)));
    let problem = Fields::new(twice)
        .parse::<Sample>(wire_rules())
        .unwrap_err();
    assert_eq!(problem, Problem::field("units", "must be given once"));
}

#[test]
fn unknown_fields_are_named_briefly() {
    let long = "x".repeat(1_000);
    let unknown = [(long, json!(1))];
    let problem = Fields::new(unknown)
        .parse::<Sample>(wire_rules())
        .unwrap_err();
    let Problem::InvalidRequest(errors) = problem else {
        panic!("{problem:?}")
    };
    assert!(errors.iter().all(|error| error.field.len() <= 64));
}

#[test]
fn errors_in_objects_and_arrays_are_named_by_their_place() {
    struct Nested;

    impl FromFields for Nested {
        fn from_fields(fields: &mut Fields, _rules: WireRules) -> Result<Self, Recorded> {
            let inner = fields.object("inner", |inner| {
                let units = inner.required("units", count::<Units>);
                let names = inner.list("names", text::<String>);
                units.and(names)
            });
            let cleared = fields.clearable_object("cleared", |inner| inner.required("flag", flag));
            inner?;
            cleared.map(|_| Self)
        }
    }

    let refused = |given: &Value| {
        let given = given.as_object().unwrap().clone();
        let Err(Problem::InvalidRequest(errors)) = Fields::new(given).parse::<Nested>(wire_rules())
        else {
            panic!("accepted")
        };
        let fields = errors.into_iter().map(|error| error.field.into_owned());
        fields.collect::<Vec<_>>()
    };
    let wrong = json!({
        "inner": {"units": 0, "names": ["a", 1, "b", null], "else": 1},
        "cleared": {"flag": "yes"},
    });
    let expected = [
        "inner/units",
        "inner/names/1",
        "inner/names/3",
        "inner/else",
        "cleared/flag",
    ];
    assert_eq!(refused(&wrong), expected);
    assert_eq!(
        refused(&json!({"inner": {"units": 1, "x": 1}})),
        ["inner/x"]
    );
    assert_eq!(
        refused(&json!({"inner": [], "cleared": "x"})),
        ["inner", "cleared"]
    );
    let names = json!({"inner": {"units": 1, "names": "a"}});
    assert_eq!(refused(&names), ["inner/names"]);
    for right in [json!({}), json!({"inner": null, "cleared": null})] {
        let right = right.as_object().unwrap().clone();
        assert!(Fields::new(right).parse::<Nested>(wire_rules()).is_ok());
    }
}
