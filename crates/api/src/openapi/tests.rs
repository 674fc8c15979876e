use std::collections::BTreeSet;

use serde_json::Value;

use super::document;
use crate::endpoints;
use crate::problem::Code;
use crate::settings::{OperationsOn, WireRules};
use crate::testing::wire_rules;

fn described() -> Value {
    document(wire_rules(), OperationsOn::PublicListener)
}

/// Every path and method that the document describes.
fn operations(document: &Value) -> Vec<(String, String, &Value)> {
    let mut operations = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            operations.push((path.clone(), method.to_uppercase(), operation));
        }
    }
    operations
}

#[test]
fn every_route_is_described_and_every_description_routed() {
    for operations_on in [OperationsOn::PublicListener, OperationsOn::AdminListener] {
        let document = document(wire_rules(), operations_on);
        let described: BTreeSet<_> = operations(&document)
            .into_iter()
            .map(|(path, method, _)| (path, method))
            .collect();
        let mut routed = BTreeSet::new();
        for (path, endpoints) in endpoints::by_path() {
            if !super::is_described(&path, operations_on) {
                continue;
            }
            for (method, _) in endpoints {
                routed.insert((path.clone(), method.to_string()));
            }
        }
        assert_eq!(described, routed);
    }
}

#[test]
fn every_operation_has_a_unique_id_and_a_summary() {
    let document = described();
    let mut names = BTreeSet::new();
    for (path, method, operation) in operations(&document) {
        let name = operation["operationId"].as_str().unwrap().to_owned();
        assert!(names.insert(name), "{method} {path}");
        assert!(operation["summary"].is_string(), "{method} {path}");
        assert!(operation.get("x-problems").is_none(), "{method} {path}");
    }
}

#[test]
fn every_code_of_the_catalogue_is_announced_by_some_operation() {
    // A method that a path does not have cannot be an operation's.
    let nowhere = [
        Code::MethodNotAllowed,
        Code::MalformedRequest,
        Code::RequestTimeout,
        Code::RequestHeadTooLarge,
    ];
    let document = described().to_string();
    for code in Code::ALL.iter().filter(|code| !nowhere.contains(code)) {
        let example = format!("\"code\":\"{}\"", code.name());
        assert!(document.contains(&example), "{}", code.name());
    }
}

#[test]
fn the_codes_of_problems_are_listed_and_others_may_come() {
    let document = described();
    let codes = &document["components"]["schemas"]["ProblemCode"]["anyOf"];
    let names: Vec<_> = Code::ALL.iter().map(|code| code.name()).collect();
    assert_eq!(codes[0]["enum"], serde_json::json!(names));
    assert_eq!(codes[1], serde_json::json!({"type": "string"}));
}

#[test]
fn every_call_that_needs_a_session_declares_it() {
    let open = [
        "/v1/auth/register",
        "/v1/auth/login",
        "/v1/auth/login/second-factor",
        "/v1/auth/verify-email",
        "/v1/auth/forgot-password",
        "/v1/auth/reset-password",
        "/v1/webhooks/stripe",
    ];
    let document = described();
    for (path, method, operation) in operations(&document) {
        let public = !path.starts_with("/v1/")
            || open.contains(&path.as_str())
            || (method == "GET" && path.starts_with("/v1/listings"));
        let security = operation["security"].as_array().unwrap();
        assert_eq!(security.is_empty(), public, "{method} {path}");
        // These are shown something else than a session.
        let proves = [
            "/v1/auth/login",
            "/v1/auth/login/second-factor",
            "/v1/webhooks/stripe",
        ];
        let proves = proves.contains(&path.as_str());
        let refuses = operation["responses"]["401"].is_object();
        assert_eq!(refuses, !public || proves, "{method} {path}");
    }
}

#[test]
fn bodies_are_closed_and_every_reference_leads_somewhere() {
    let document = described();
    let schemas = document["components"]["schemas"].as_object().unwrap();
    let bodies = schemas.iter().filter(|(name, _)| name.ends_with("Body"));
    for (name, body) in bodies {
        assert_eq!(body["additionalProperties"], false, "{name}");
    }
    let text = document.to_string();
    for reference in text.split("\"$ref\":\"").skip(1) {
        let name = reference.split('"').next().unwrap();
        let name = name.strip_prefix("#/components/schemas/").unwrap();
        assert!(schemas.contains_key(name), "{name}");
    }
    assert_eq!(document["openapi"], "3.1.0");
    assert_eq!(
        document["components"]["securitySchemes"]["session"]["scheme"],
        "bearer"
    );
}

#[test]
fn every_body_response_and_path_has_an_example() {
    let document = described();
    for (path, method, operation) in operations(&document) {
        if path == "/v1/webhooks/stripe" {
            continue;
        }
        let place = format!("{method} {path}");
        let parameters = operation["parameters"].as_array().into_iter().flatten();
        for parameter in parameters.filter(|it| it["in"] == "path") {
            assert!(parameter["example"].is_string(), "{place}");
        }
        let json = "/content/application~1json";
        let body = operation.get("requestBody");
        let responses = operation["responses"].as_object().unwrap().iter();
        let responses = responses.filter(|(status, _)| status.starts_with('2'));
        let all = responses.map(|(_, response)| response).chain(body);
        for content in all.filter_map(|it| it.pointer(json)) {
            let is_document = path == "/openapi.json";
            assert!(content["example"].is_object() || is_document, "{place}");
        }
    }
}

#[test]
fn examples_are_in_the_settlement_currency() {
    let mut rules = wire_rules();
    rules.currency = "JPY".parse().unwrap();
    let document = document(rules, OperationsOn::PublicListener);
    let example = |path: &str| {
        let body = &document["paths"][path]["post"]["requestBody"];
        body["content"]["application/json"]["example"].clone()
    };
    assert_eq!(example("/v1/listings")["price_per_unit"], "250");
    assert_eq!(example("/v1/listings")["currency"], "JPY");
    assert_eq!(example("/v1/orders")["expected_price_per_unit"], "250");
}

/// Calls `see` with every object in a value.
fn each_object(value: &Value, see: &mut impl FnMut(&serde_json::Map<String, Value>)) {
    match value {
        Value::Object(object) => {
            see(object);
            object.values().for_each(|value| each_object(value, see));
        }
        Value::Array(items) => items.iter().for_each(|value| each_object(value, see)),
        _ => {}
    }
}

#[test]
fn no_two_values_of_an_enum_differ_only_in_case() {
    let mut enums = 0;
    each_object(&described(), &mut |object| {
        let Some(Value::Array(values)) = object.get("enum") else {
            return;
        };
        let lower = values.iter().map(|value| value.to_string().to_lowercase());
        let distinct: BTreeSet<_> = lower.collect();
        assert_eq!(distinct.len(), values.len(), "{values:?}");
        enums += 1;
    });
    assert!(enums > 3, "{enums}");
}

#[test]
fn no_two_schemas_are_renamed_to_the_same_name() {
    let before = serde_json::to_value(super::described(wire_rules(), OperationsOn::PublicListener));
    let count = |document: &Value| document["components"]["schemas"].as_object().unwrap().len();
    assert_eq!(count(&described()), count(&before.unwrap()));
}

#[test]
fn amounts_are_described_in_the_settlement_currency() {
    let mut rules = wire_rules();
    rules.currency = "JPY".parse().unwrap();
    let document = document(rules, OperationsOn::PublicListener);
    let schemas = &document["components"]["schemas"];
    let pattern = "^0*(1000000000000|[1-9][0-9]{0,11})$";
    assert_eq!(schemas["Price"]["oneOf"][0]["pattern"], pattern);
    assert_eq!(schemas["Price"]["oneOf"][1]["type"], "integer");
    assert_eq!(schemas["SettlementCurrency"]["pattern"], "^(JPY|jpy)$");
    assert!(schemas["Price"]["description"].is_string());
}

#[test]
fn in_development_the_password_is_not_required() {
    let mut rules = wire_rules();
    let required = |rules: WireRules| {
        let document = document(rules, OperationsOn::PublicListener);
        document["components"]["schemas"]["LogInBody"]["required"].clone()
    };
    assert_eq!(required(rules), serde_json::json!(["email", "password"]));
    rules.password_required = false;
    assert_eq!(required(rules), serde_json::json!(["email"]));
}
