//! Examples of whole bodies and responses, made of those of their fields: what a reader sends from `/docs` as it stands
//! is valid, in the currency of the marketplace.

use serde_json::{Map, Value, json};

use super::refinement::{insert, operations};

/// Adds an example to each JSON body and response, and to each parameter of a path, that has none.
pub(super) fn apply(document: &mut Value) {
    let schemas = document.pointer("/components/schemas");
    let schemas = schemas.and_then(Value::as_object).cloned();
    let schemas = Schemas(schemas.unwrap_or_default());
    for operation in operations(document) {
        let parameters = operation
            .get_mut("parameters")
            .and_then(Value::as_array_mut);
        for parameter in parameters.into_iter().flatten() {
            if parameter.get("in") == Some(&json!("path")) {
                add_example(parameter, &schemas);
            }
        }
        if let Some(body) = operation.pointer_mut("/requestBody/content/application~1json") {
            add_example(body, &schemas);
        }
        let responses = operation
            .get_mut("responses")
            .and_then(Value::as_object_mut);
        for (_, response) in responses.into_iter().flatten() {
            if let Some(content) = response.pointer_mut("/content/application~1json") {
                add_example(content, &schemas);
            }
        }
    }
}

/// Adds an example of its schema to a parameter, a body or a response.
fn add_example(described: &mut Value, schemas: &Schemas) {
    if described.get("example").is_some() || described.get("examples").is_some() {
        return;
    }
    let schema = described.get("schema");
    if let Some(example) = schema.and_then(|schema| schemas.example(schema)) {
        insert(described, "example", example);
    }
}

/// The schemas of the document, by name.
struct Schemas(Map<String, Value>);

impl Schemas {
    /// An example of a schema: its own, or one that is made of its parts. `None` if a part has none.
    fn example(&self, schema: &Value) -> Option<Value> {
        let own = schema.get("example");
        let own = own.or_else(|| schema.get("examples")?.get(0));
        let own = own.or_else(|| schema.get("default"));
        let own = own.or_else(|| schema.get("enum")?.get(0));
        own.cloned().or_else(|| self.composed(schema))
    }

    fn composed(&self, schema: &Value) -> Option<Value> {
        if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
            let name = reference.strip_prefix("#/components/schemas/")?;
            return self.example(self.0.get(name)?);
        }
        if let Some(all) = schema.get("allOf").and_then(Value::as_array) {
            let mut merged = Map::new();
            for part in all {
                merged.extend(self.example(part)?.as_object()?.clone());
            }
            return Some(merged.into());
        }
        if let Some(choices) = schema.get("oneOf").and_then(Value::as_array) {
            return choices.iter().find_map(|choice| self.example(choice));
        }
        match kind(schema)? {
            "object" => self.composed_object(schema),
            "array" => Some(json!([self.example(schema.get("items")?)?])),
            "boolean" => Some(json!(false)),
            _ => None,
        }
    }

    /// An object with an example of each field. One that may be left out and has no example is.
    fn composed_object(&self, schema: &Value) -> Option<Value> {
        let required = schema.get("required").and_then(Value::as_array);
        let required = |name: &str| required.is_some_and(|all| all.contains(&json!(name)));
        let mut fields = Map::new();
        for (name, field) in schema.get("properties")?.as_object()? {
            match self.example(field) {
                Some(example) => {
                    fields.insert(name.clone(), example);
                }
                None if required(name) => return None,
                None => {}
            }
        }
        Some(fields.into())
    }
}

/// The type of a schema, other than null.
fn kind(schema: &Value) -> Option<&str> {
    match schema.get("type")? {
        Value::String(kind) => Some(kind),
        Value::Array(kinds) => kinds
            .iter()
            .filter_map(Value::as_str)
            .find(|kind| *kind != "null"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_example_is_made_of_those_of_the_parts() {
        let named = json!({"Units": {"oneOf": [{"type": "integer"}], "examples": [3]}});
        let schemas = Schemas(named.as_object().unwrap().clone());
        let units = json!({"$ref": "#/components/schemas/Units"});
        let page = json!({
            "type": "object",
            "required": ["data", "next"],
            "properties": {
                "data": {"type": "array", "items": {"allOf": [
                    {"type": "object", "properties": {"units": units}},
                    {"type": "object", "properties": {"sold": {"type": "integer", "example": 1}}},
                ]}},
                "next": {"oneOf": [{"type": "null"}, units]},
                "unknown": {"type": "string"},
                "on": {"type": ["boolean", "null"]},
            },
        });
        let example = json!({"data": [{"units": 3, "sold": 1}], "next": 3, "on": false});
        assert_eq!(schemas.example(&page), Some(example));
        let unknown = json!({
            "type": "object",
            "required": ["unknown"],
            "properties": {"unknown": {"type": "string"}},
        });
        assert_eq!(schemas.example(&unknown), None);
    }
}
