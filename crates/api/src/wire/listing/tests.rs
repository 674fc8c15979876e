use serde_json::{Value, json};
use udam_domain::units::{Stock, Units};

use super::*;
use crate::problem::Problem;
use crate::testing::wire_rules;

fn edit(body: &Value) -> Result<ListingEdit<ApiKey>, Problem> {
    let fields = Fields::new(body.as_object().unwrap().clone());
    fields.parse(wire_rules())
}

#[test]
fn an_empty_change_keeps_everything() {
    let edit = edit(&json!({})).unwrap();
    assert_eq!(edit.details.service_name, Change::Keep);
    assert_eq!(edit.details.description, Change::Keep);
    assert_eq!(edit.details.pay_first, Change::Keep);
    assert_eq!(edit.details.max_units_per_order, Change::Keep);
    assert_eq!(edit.stock, StockChange::Keep);
    assert_eq!(edit.state, Change::Keep);
}

#[test]
fn null_clears_optional_fields_only() {
    let null = json!({"description": null, "endpoint_url": null, "max_units_per_order": null});
    let cleared = edit(&null).unwrap();
    assert_eq!(cleared.details.description, Change::To(None));
    assert_eq!(cleared.details.endpoint_url, Change::To(None));
    assert_eq!(cleared.details.max_units_per_order, Change::To(None));
    for field in [
        "service_name",
        "api_key",
        "price_per_unit",
        "currency",
        "unit_description",
        "pay_first",
        "available_units",
        "add_units",
        "status",
    ] {
        let refused = edit(&json!({ field: null })).unwrap_err();
        assert_eq!(refused, Problem::field(field, "must not be null"));
    }
}

#[test]
fn units_are_set_or_added_but_not_both() {
    let stock = |body: &Value| edit(body).map(|edit| edit.stock);
    let ten = Stock::new(10).unwrap();
    assert_eq!(stock(&json!({"add_units": 10})), Ok(StockChange::Add(ten)));
    let set = json!({"available_units": "10"});
    assert_eq!(stock(&set), Ok(StockChange::Set(ten)));
    assert!(stock(&json!({"available_units": 10, "add_units": 10})).is_err());
}

#[test]
fn the_terms_of_orders_are_a_flag_and_a_number_of_units() {
    let terms = |body: &Value| edit(body).map(|edit| edit.details);
    let set = terms(&json!({"pay_first": true, "max_units_per_order": "20"})).unwrap();
    assert_eq!(set.pay_first, Change::To(true));
    let most = Units::new(20).unwrap();
    assert_eq!(set.max_units_per_order, Change::To(Some(most)));
    for body in [
        json!({"pay_first": "true"}),
        json!({"pay_first": 1}),
        json!({"max_units_per_order": 0}),
        json!({"max_units_per_order": 1_000_001}),
        json!({"max_units_per_order": 1.5}),
        json!({"max_units_per_order": true}),
    ] {
        assert!(terms(&body).is_err(), "{body}");
    }
}
