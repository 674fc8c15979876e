//! Names of schemas as clients see them: generators make types of them. `OrderResponse` is an `Order` to its reader,
//! and a page of orders an `OrderPage`, with a reference to the order and no copy of it.

use serde_json::{Map, Value, json};

const REFERENCE: &str = "#/components/schemas/";

/// Prefix of a page's name, before the name of its items.
const PAGE: &str = "PageResponse_";

/// Suffix of responses.
const RESPONSE: &str = "Response";

/// Renames all schemas, and the references to them.
pub(super) fn apply(document: &mut Value) {
    if let Some(Value::Object(schemas)) = document.pointer_mut("/components/schemas") {
        *schemas = std::mem::take(schemas)
            .into_iter()
            .map(|(name, schema)| (public_name(&name), with_items(&name, schema)))
            .collect();
    }
    rename_references(document);
}

fn public_name(name: &str) -> String {
    match name.strip_prefix(PAGE) {
        Some(item) => format!("{}Page", public_name(item)),
        None => name.strip_suffix(RESPONSE).unwrap_or(name).to_owned(),
    }
}

/// The schema of a page with references to its items; any other schema as it is.
fn with_items(name: &str, mut schema: Value) -> Value {
    let items = schema.pointer_mut("/properties/data/items");
    if let (Some(item), Some(items)) = (name.strip_prefix(PAGE), items) {
        *items = json!({"$ref": format!("{REFERENCE}{item}")});
    }
    schema
}

fn rename_references(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            rename_reference(fields);
            fields.values_mut().for_each(rename_references);
        }
        Value::Array(items) => items.iter_mut().for_each(rename_references),
        _ => {}
    }
}

fn rename_reference(fields: &mut Map<String, Value>) {
    if let Some(Value::String(reference)) = fields.get_mut("$ref")
        && let Some(name) = reference.strip_prefix(REFERENCE)
    {
        *reference = format!("{REFERENCE}{}", public_name(name));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_named_after_its_items_and_refers_to_them() {
        let mut document = json!({
            "paths": {"schema": {"$ref": "#/components/schemas/PageResponse_OrderResponse"}},
            "components": {"schemas": {
                "OrderResponse": {"type": "object"},
                "PageResponse_OrderResponse": {"properties": {"data": {"items": {"type": "object"}}}},
                "PlaceOrderBody": {},
            }},
        });
        apply(&mut document);
        let expected = json!({
            "paths": {"schema": {"$ref": "#/components/schemas/OrderPage"}},
            "components": {"schemas": {
                "Order": {"type": "object"},
                "OrderPage": {"properties": {"data": {"items": {"$ref": "#/components/schemas/Order"}}}},
                "PlaceOrderBody": {},
            }},
        });
        assert_eq!(document, expected);
    }
}
