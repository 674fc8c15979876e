//! Refinements that attributes cannot express.

use serde_json::{Value, json};

/// Makes the schemas exact.
pub(super) fn apply(document: &mut Value) {
    if let Some(schemas) = object(document, "/components/schemas") {
        close_bodies(schemas);
    }
    for operation in operations(document) {
        let parameters = operation
            .get_mut("parameters")
            .and_then(Value::as_array_mut);
        for parameter in parameters.into_iter().flatten() {
            absent_instead_of_null(parameter.get_mut("schema"));
        }
        let body = operation.get_mut("requestBody");
        let Some(body) = body else { continue };
        if absent_instead_of_null(body.pointer_mut("/content/application~1json/schema")) {
            insert(body, "required", json!(false));
        }
    }
}

/// The operations of a document.
pub(super) fn operations(document: &mut Value) -> impl Iterator<Item = &mut Value> {
    object(document, "/paths")
        .into_iter()
        .flat_map(serde_json::Map::values_mut)
        .filter_map(Value::as_object_mut)
        .flat_map(serde_json::Map::values_mut)
}

/// Bodies have no fields but those described, and an edit has one kind of change of units.
fn close_bodies(schemas: &mut serde_json::Map<String, Value>) {
    for (_, body) in schemas
        .iter_mut()
        .filter(|(name, _)| name.ends_with("Body"))
    {
        insert(body, "additionalProperties", json!(false));
    }
    if let Some(edit) = schemas.get_mut("EditListingBody") {
        insert(
            edit,
            "not",
            json!({
                "properties": {"available_units": {}, "add_units": {}},
                "required": ["available_units", "add_units"],
            }),
        );
    }
}

/// Optional headers and bodies are left out: there is no null for them.
fn absent_instead_of_null(schema: Option<&mut Value>) -> bool {
    let Some(schema) = schema else { return false };
    let choices = schema.get("oneOf").and_then(Value::as_array);
    let Some([choice, null]) = choices.map(Vec::as_slice) else {
        return false;
    };
    let nullable = *null == json!({"type": "null"});
    if nullable {
        *schema = choice.clone();
    }
    nullable
}

fn object<'a>(
    document: &'a mut Value,
    pointer: &str,
) -> Option<&'a mut serde_json::Map<String, Value>> {
    document.pointer_mut(pointer)?.as_object_mut()
}

pub(super) fn insert(value: &mut Value, key: &str, inserted: Value) {
    if let Some(object) = value.as_object_mut() {
        object.insert(key.to_owned(), inserted);
    }
}
