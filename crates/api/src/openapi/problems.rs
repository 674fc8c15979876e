//! The problems that a call may fail with: its own, and those that follow from its form. Also
//! what all responses share.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use udam_domain::page::PageLimit;
use udam_web::RequestId;
use utoipa::openapi::example::ExampleBuilder;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::path::{Operation, ParameterIn};
use utoipa::openapi::response::{Response, ResponseBuilder};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{ContentBuilder, Object, Ref, RefOr};

use crate::problem::{Code, MEDIA_TYPE};

/// Extension in which handlers name their own problems.
const OWN_PROBLEMS: &str = "x-problems";

/// Adds every problem that the operation may fail with to its responses. `takes_key` says whether an API key may take the place
/// of a session.
pub(super) fn complete(path: &str, method: &str, takes_key: bool, operation: &mut Operation) {
    let mut by_status = BTreeMap::<u16, Vec<Code>>::new();
    for code in codes(path, method, takes_key, operation) {
        let codes = by_status.entry(code.entry().status.as_u16()).or_default();
        if !codes.contains(&code) {
            codes.push(code);
        }
    }
    for (status, codes) in by_status {
        let responses = &mut operation.responses.responses;
        responses.insert(status.to_string(), RefOr::T(response(&codes)));
    }
}

fn codes(path: &str, method: &str, takes_key: bool, operation: &mut Operation) -> Vec<Code> {
    let mut codes = own(operation);
    let has = |place: &ParameterIn| {
        let parameters = operation.parameters.iter().flatten();
        parameters
            .filter_map(|parameter| match parameter {
                RefOr::T(parameter) => Some(parameter),
                RefOr::Ref(_) => None,
            })
            .any(|parameter| parameter.parameter_in == *place)
    };
    let from_machines = path == "/v1/webhooks/stripe";
    if !path.starts_with("/v1/") || from_machines {
        if has(&ParameterIn::Path) {
            codes.push(Code::NotFound);
        }
        if !from_machines {
            codes.push(Code::RateLimited);
        }
        return codes;
    }
    if operation.security.is_some() {
        codes.push(Code::Unauthenticated);
        codes.push(if takes_key {
            Code::ScopeMissing
        } else {
            Code::SessionRequired
        });
    }
    if has(&ParameterIn::Path) {
        codes.push(Code::NotFound);
    }
    // Of its parameters, if it has any, or because it was given some that it has not.
    codes.push(Code::InvalidRequest);
    // Calls that need no body read one all the same, and refuse what is not empty.
    if matches!(method, "POST" | "PATCH") {
        codes.extend([
            Code::MalformedJson,
            Code::PayloadTooLarge,
            Code::UnsupportedMediaType,
        ]);
    }
    codes.extend([Code::RateLimited, Code::InternalError, Code::Overloaded]);
    codes
}

/// Removes the extension of the handler from the operation and returns it.
fn own(operation: &mut Operation) -> Vec<Code> {
    let Some(extensions) = &mut operation.extensions else {
        return Vec::new();
    };
    let names = extensions.remove(OWN_PROBLEMS);
    if extensions.is_empty() {
        operation.extensions = None;
    }
    let names = names
        .as_ref()
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    names
        .filter_map(Value::as_str)
        .filter_map(Code::named)
        .collect()
}

fn response(codes: &[Code]) -> Response {
    let titles: Vec<_> = codes.iter().map(|code| code.entry().title).collect();
    let examples = codes.iter().map(|code| {
        let entry = code.entry();
        let example = ExampleBuilder::new()
            .summary(entry.title)
            .value(Some(example(*code)))
            .build();
        (entry.name, RefOr::T(example))
    });
    let content = ContentBuilder::new()
        .schema(Some(RefOr::Ref(Ref::from_schema_name("Problem"))))
        .examples_from_iter(examples)
        .build();
    let mut response = ResponseBuilder::new()
        .description(titles.join(", or: "))
        .content(MEDIA_TYPE, content);
    for (name, description) in codes.iter().filter_map(|code| header(*code)) {
        let header = HeaderBuilder::new()
            .schema(Some(Object::with_type(Type::String)))
            .description(Some(description))
            .build();
        response = response.header(name, header);
    }
    response.build()
}

const fn header(code: Code) -> Option<(&'static str, &'static str)> {
    match code {
        Code::Unauthenticated
        | Code::InvalidCredentials
        | Code::SecondFactorRequired
        | Code::InvalidSecondFactor
        | Code::ChallengeExpired => Some(("WWW-Authenticate", "How to sign in")),
        Code::RateLimited | Code::Overloaded => Some(("Retry-After", "Seconds to wait")),
        _ => None,
    }
}

fn example(code: Code) -> Value {
    let entry = code.entry();
    let mut example = json!({
        "type": format!("urn:udam:problem:{}", entry.name),
        "title": entry.title,
        "status": entry.status.as_u16(),
        "code": entry.name,
        "detail": entry.advice,
        "request_id": "0192f1a27c9b4d4c9a0b3f6f3f1e2d4c",
    });
    let more = match code {
        Code::InvalidRequest => {
            let message = format!("must be a whole number from 1 to {}", PageLimit::MAX.get());
            Some(("errors", json!([{"field": "limit", "message": message}])))
        }
        Code::SecondFactorRequired => Some((
            "challenge",
            json!("udam_chl_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh82pSPrQ"),
        )),
        Code::PriceChanged => Some(("price_per_unit", json!("2.75"))),
        _ => None,
    };
    if let (Some((member, value)), Some(example)) = (more, example.as_object_mut()) {
        example.insert(member.to_owned(), value);
    }
    example
}

/// Fields of the client's allowance, and what they say.
const ALLOWANCE: [(&str, &str); 2] = [
    (
        "RateLimit-Policy",
        "Requests of a period, by the name of the limit: `\"general\";q=400;w=4`",
    ),
    (
        "RateLimit",
        "Requests that are admitted now, and seconds until all are again: `\"general\";r=399;t=1`",
    ),
];

/// Adds the headers with the client's allowance to every response of a limited call, which has 429 among them.
pub(super) fn report_allowance(operation: &mut Operation) {
    let limited = Code::RateLimited.entry().status.as_str().to_owned();
    let responses = &mut operation.responses.responses;
    if !responses.contains_key(&limited) {
        return;
    }
    for response in responses.values_mut() {
        let RefOr::T(response) = response else {
            continue;
        };
        for (name, description) in ALLOWANCE {
            let header = HeaderBuilder::new()
                .schema(Some(Object::with_type(Type::String)))
                .description(Some(description))
                .build();
            response.headers.insert(name.to_owned(), RefOr::T(header));
        }
    }
}

/// Adds the header with the request id to every response.
pub(super) fn name_answers(operation: &mut Operation) {
    for response in operation.responses.responses.values_mut() {
        let RefOr::T(response) = response else {
            continue;
        };
        let name = ObjectBuilder::new()
            .schema_type(Type::String)
            .min_length(Some(1))
            .max_length(Some(RequestId::MAX_LENGTH))
            .pattern(Some("^[A-Za-z0-9_.-]+$"));
        let header = HeaderBuilder::new()
            .schema(Some(name))
            .description(Some("What the log knows this request by"))
            .build();
        response
            .headers
            .insert("X-Request-Id".to_owned(), RefOr::T(header));
    }
}
