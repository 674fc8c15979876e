//! The catalogue.

pub(crate) mod edit;
pub(crate) mod find;
mod flood;
mod gateway;
pub(crate) mod probe;
pub(crate) mod publish;
pub(crate) mod search;

use serde_json::Value;

use crate::assertions::{assert_fields, assert_id, assert_timestamp};

pub(crate) const FIELDS: [&str; 15] = [
    "id",
    "seller",
    "service_name",
    "description",
    "endpoint_url",
    "price_per_unit",
    "currency",
    "unit_description",
    "available_units",
    "pay_first",
    "max_units_per_order",
    "access",
    "gateway",
    "status",
    "created_at",
];

#[track_caller]
pub(crate) fn assert_listing(listing: &Value, expected: &Value) {
    assert_fields(listing, &FIELDS);
    assert_id(&listing["id"], "lst");
    assert_fields(&listing["seller"], &["id", "name"]);
    assert_id(&listing["seller"]["id"], "acc");
    assert_timestamp(&listing["created_at"]);
    for (name, value) in expected.as_object().unwrap() {
        assert_eq!(&listing[name], value, "{name}");
    }
}
