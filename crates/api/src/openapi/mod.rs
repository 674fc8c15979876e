//! What the world is told about the API: an OpenAPI 3.1 document made of what is said beside the
//! handlers and the wire types, completed with what follows from the form of each call.

mod problems;
mod refinement;
mod settlement;
#[cfg(test)]
mod tests;

use serde_json::Value;
use utoipa::OpenApi;
use utoipa::openapi::path::Operation;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
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
                       refused.",
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
    ),
    servers((url = "/", description = "This server")),
    tags(
        (name = "Accounts", description = "Registering, logging in, changing a password"),
        (name = "Sessions", description = "Being signed in, and ceasing to be"),
        (name = "Listings", description = "What is for sale"),
        (name = "Orders", description = "Buying, and taking back"),
        (name = "Tokens", description = "What opens the seller's key"),
        (name = "Payments", description = "Paying"),
        (name = "Operations", description = "Looking after the server"),
    ),
    // What only parameters are of is not found by itself.
    components(schemas(
        ProblemResponse, FieldErrorResponse, schemas::ListingId, schemas::OrderId, schemas::TokenId,
        schemas::SessionId, schemas::AccountId, schemas::IdempotencyKey, schemas::SearchText,
        schemas::Sort, schemas::PriceBound, schemas::PageLimit, schemas::CatalogueCursor, schemas::OwnListingCursor,
        schemas::OrderCursor, schemas::SessionCursor, schemas::TokenCursor,
    )),
)]
struct Described;

/// The document of an API with these settings.
pub(super) fn document(rules: WireRules, operations: OperationsOn) -> Value {
    // A document has text keys only, and so always a JSON form.
    let mut document = serde_json::to_value(described(rules, operations)).unwrap_or_default();
    refinement::apply(&mut document);
    document
}

fn described(rules: WireRules, operations: OperationsOn) -> Document {
    let mut document = Described::openapi();
    document.merge(endpoints::document());
    let components = document.components.get_or_insert_with(Components::new);
    let scheme = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
    components.add_security_scheme("session", scheme);
    settlement::apply(components, rules);
    if operations == OperationsOn::AdminListener {
        let paths = &mut document.paths.paths;
        paths.retain(|path, _| !is_for_operators(path));
    }
    for (path, item) in &mut document.paths.paths {
        for (method, operation) in operations_of(item) {
            problems::complete(path, method, operation);
            problems::name_answers(operation);
        }
    }
    document
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
