//! The OpenAPI 3.1 document: made of the attributes of handlers and wire types, and completed with what follows
//! from the form of each call.

mod examples;
mod names;
mod problems;
mod refinement;
mod settlement;
#[cfg(test)]
mod tests;

use actix_web::http::Method;
use serde_json::Value;
use utoipa::OpenApi;
use utoipa::openapi::path::Operation;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{Components, OpenApi as Document, PathItem};

use super::endpoints;
use super::settings::{OperationsOn, WireRules};
use super::wire::{FieldErrorResponse, ProblemResponse, schemas};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "UDAM",
        description = "The Unified Data Marketplace: sell units of a data service, buy them, and open \
                       them with tokens. Fields and query parameters that a call does not know are \
                       rejected.",
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
    ),
    servers((url = "/", description = "This server")),
    tags(
        (name = "Accounts", description = "Registration, login, passwords"),
        (name = "Second factor", description = "Codes of an app, and recovery codes"),
        (name = "Sessions", description = "Listing and ending sessions"),
        (name = "API keys", description = "Keys by which programs act for an account"),
        (name = "Listings", description = "Publishing, editing and searching listings"),
        (name = "Orders", description = "Buying units, canceling and refunding"),
        (name = "Tokens", description = "Access to services: sellers' keys, and access keys of the gateway"),
        (name = "Calls", description = "Calls through the gateway, their sums and receipts"),
        (name = "Payments", description = "Payments and the tab"),
        (name = "Administration", description = "What operators of the marketplace do"),
        (name = "Operations", description = "Health and metrics"),
    ),
    // Types of parameters are not found by themselves.
    components(schemas(
        ProblemResponse, FieldErrorResponse, schemas::ListingId, schemas::OrderId, schemas::TokenId,
        schemas::SessionId, schemas::AccountId, schemas::AccountKeyId, schemas::ChargeId, schemas::IdempotencyKey, schemas::SearchText,
        schemas::Sort, schemas::Day, schemas::PriceBound, schemas::PageLimit, schemas::CatalogueCursor, schemas::OwnListingCursor,
        schemas::AuditCursor, schemas::AuditAction, schemas::AuditFormat, schemas::Instant, schemas::StoryCursor, schemas::AlertCursor,
        schemas::EventCursor, schemas::EventState, schemas::LookupText,
        schemas::OrderCursor, schemas::ChargeCursor, schemas::SessionCursor, schemas::TokenCursor,
        schemas::AccessKeyId, schemas::CallId, schemas::CallCursor, schemas::Granularity,
    )),
)]
struct Described;

/// The document of an API with these settings.
pub(super) fn document(rules: WireRules, operations: OperationsOn) -> Value {
    // A document has text keys only, and so always a JSON form.
    let mut document = serde_json::to_value(described(rules, operations)).unwrap_or_default();
    refinement::apply(&mut document);
    examples::apply(&mut document);
    names::apply(&mut document);
    document
}

fn described(rules: WireRules, operations: OperationsOn) -> Document {
    let mut document = Described::openapi();
    document.merge(endpoints::document());
    let components = document.components.get_or_insert_with(Components::new);
    let scheme = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
    components.add_security_scheme("session", scheme.clone());
    components.add_security_scheme("api_key", scheme);
    settlement::apply(components, rules);
    let scopes = endpoints::scopes();
    let paths = &mut document.paths.paths;
    paths.retain(|path, _| is_described(path, operations));
    for (path, item) in &mut document.paths.paths {
        for (method, operation) in operations_of(item) {
            let scope = Method::from_bytes(method.as_bytes()).ok();
            let scope = scope.and_then(|method| scopes.get(&(path.clone(), method)));
            problems::complete(path, method, scope.is_some(), operation);
            if let (Some(scope), Some(security)) = (scope, &mut operation.security) {
                // Clients take scopes of a requirement for those of OAuth: this one is in the text.
                security.push(SecurityRequirement::new("api_key", [""; 0]));
                let needed = format!("An API key needs the scope `{scope}`.");
                operation.description = Some(match operation.description.take() {
                    Some(text) => format!("{text}\n\n{needed}"),
                    None => needed,
                });
            }
            problems::report_allowance(operation);
            problems::name_answers(operation);
            // Says that no session is needed, where none is.
            operation.security.get_or_insert_default();
        }
    }
    document
}

/// Whether a path is part of the document: its own page is for people, not for clients.
fn is_described(path: &str, operations: OperationsOn) -> bool {
    let admin_only = operations == OperationsOn::AdminListener && is_for_operators(path);
    !admin_only && !path.starts_with("/docs")
}

/// Whether a path is served to operators alone, where they have a listener of their own.
pub(super) fn is_for_operators(path: &str) -> bool {
    matches!(path, "/readyz" | "/metrics")
}

/// The operations of a path, by their methods.
fn operations_of(item: &mut PathItem) -> impl Iterator<Item = (&'static str, &mut Operation)> {
    [
        ("GET", &mut item.get),
        ("POST", &mut item.post),
        ("PATCH", &mut item.patch),
        ("DELETE", &mut item.delete),
    ]
    .into_iter()
    .filter_map(|(method, operation)| Some((method, operation.as_mut()?)))
}
