//! The list of endpoints. Path, methods and description of each stand above its handler; the list
//! has each handler with its limits.

use std::collections::HashMap;

use actix_web::http::Method;
use udam_web::RateLimitClass;
use udam_web::body::BodyLimit;
use utoipa::OpenApi;
use utoipa::openapi::{OpenApi as Document, PathItem};

use super::cross_origin::CrossOrigin;
use super::handlers::{
    access_keys, accounts, administration, audit, calls, complaints, listings, mail_links,
    mail_preferences, operations, orders, payments, personal_data, probes, receipts, sessions, tab,
    tokens, usage, webhooks,
};
use super::limits::Limits;
use super::query_string::Queries;
use super::routes::Endpoint;

/// Reads a query string.
const LIST: Limits = Limits {
    queries: Queries::Read,
    ..Limits::DEFAULT
};

/// The same for everybody.
const PUBLIC: Limits = Limits {
    cross_origin: CrossOrigin::Readable,
    ..Limits::DEFAULT
};

/// Reads a query string, and is the same for everybody who sends it.
const PUBLIC_LIST: Limits = Limits {
    queries: Queries::Read,
    ..PUBLIC
};

/// Checks or sets a password.
const CREDENTIALS: Limits = Limits {
    class: RateLimitClass::Credentials,
    ..Limits::DEFAULT
};

/// Makes the server call an address of its client's choice.
const OUTBOUND: Limits = Limits {
    class: RateLimitClass::Outbound,
    ..Limits::DEFAULT
};

/// Requested by others than the API's clients, who may add a query string for their own use.
const ANYBODY: Limits = Limits {
    queries: Queries::Ignored,
    ..Limits::DEFAULT
};

/// A document that is the same for everybody, which tools in a browser load from wherever it is.
const DOCUMENT: Limits = Limits {
    cross_origin: CrossOrigin::Readable,
    ..ANYBODY
};

/// Requested by probes, apart from what else their clients request.
const PROBE: Limits = Limits {
    class: RateLimitClass::Probes,
    ..DOCUMENT
};

/// Sent by the payment provider.
const WEBHOOK: Limits = Limits {
    class: RateLimitClass::Unlimited,
    body: BodyLimit::Webhook,
    signed: true,
    ..ANYBODY
};

macro_rules! endpoints {
    ($($module:ident::$handler:ident: $limits:expr,)*) => {
        #[derive(OpenApi)]
        #[openapi(paths($($module::$handler),*))]
        struct Described;

        fn listed() -> Vec<Endpoint> {
            vec![$(Endpoint::new(stringify!($handler), $limits, $module::$handler)),*]
        }
    };
}

// Paths are tried in this order: those asked for most come first.
endpoints! {
    orders::place_order: Limits::DEFAULT,
    orders::list_orders: LIST,
    listings::search_listings: PUBLIC_LIST,
    listings::publish_listing: Limits::DEFAULT,
    listings::find_listing: PUBLIC,
    listings::edit_listing: Limits::DEFAULT,
    orders::find_order: Limits::DEFAULT,
    payments::check_out_order: Limits::DEFAULT,
    orders::cancel_order: Limits::DEFAULT,
    orders::refund_order: Limits::DEFAULT,
    complaints::send_complaint: Limits::DEFAULT,
    complaints::find_complaint: Limits::DEFAULT,
    tokens::list_tokens: LIST,
    tokens::find_token: Limits::DEFAULT,
    tokens::reveal_key: Limits::DEFAULT,
    tokens::revoke_token: Limits::DEFAULT,
    access_keys::list_access_keys: Limits::DEFAULT,
    access_keys::issue_access_key: Limits::DEFAULT,
    access_keys::delete_access_key: Limits::DEFAULT,
    calls::list_calls: LIST,
    calls::list_listing_calls: LIST,
    usage::show_token_usage: LIST,
    usage::show_usage: LIST,
    receipts::find_receipt: Limits::DEFAULT,
    probes::probe_listing: OUTBOUND,
    accounts::show_account: Limits::DEFAULT,
    accounts::edit_account: Limits::DEFAULT,
    personal_data::export_account: CREDENTIALS,
    personal_data::delete_account: CREDENTIALS,
    mail_preferences::show_mail_preferences: Limits::DEFAULT,
    mail_preferences::edit_mail_preferences: Limits::DEFAULT,
    audit::list_own_actions: LIST,
    listings::list_own_listings: LIST,
    orders::list_sales: LIST,
    tab::show_tab: Limits::DEFAULT,
    tab::list_tab_orders: LIST,
    tab::list_tab_payments: LIST,
    tab::list_paid_tab_orders: LIST,
    payments::check_out_tab: Limits::DEFAULT,
    webhooks::receive_stripe_event: WEBHOOK,
    accounts::register: CREDENTIALS,
    accounts::log_in: CREDENTIALS,
    accounts::change_password: CREDENTIALS,
    mail_links::verify_email: CREDENTIALS,
    mail_links::forgot_password: CREDENTIALS,
    mail_links::reset_password: CREDENTIALS,
    mail_links::change_email: CREDENTIALS,
    sessions::log_out: Limits::DEFAULT,
    sessions::log_out_everywhere: Limits::DEFAULT,
    sessions::list_sessions: LIST,
    sessions::end_session: Limits::DEFAULT,
    administration::suspend_account: Limits::DEFAULT,
    administration::restore_account: Limits::DEFAULT,
    administration::suspend_listing: Limits::DEFAULT,
    administration::restore_listing: Limits::DEFAULT,
    operations::openapi_json: DOCUMENT,
    receipts::receipt_keys: DOCUMENT,
    operations::docs: ANYBODY,
    operations::docs_file: ANYBODY,
    operations::healthz: PROBE,
    operations::readyz: ANYBODY,
    operations::metrics: ANYBODY,
}

/// The paths and schemas of all endpoints.
pub(super) fn document() -> Document {
    Described::openapi()
}

/// All endpoints, by path, in the order of the list.
pub(super) fn by_path() -> Vec<(String, Vec<(Method, Endpoint)>)> {
    let places = places();
    let mut paths: Vec<(String, Vec<(Method, Endpoint)>)> = Vec::new();
    for endpoint in listed() {
        let Some((path, method)) = places.get(endpoint.name).cloned() else {
            continue;
        };
        match paths.iter_mut().find(|(known, _)| *known == path) {
            Some((_, endpoints)) => endpoints.push((method, endpoint)),
            None => paths.push((path, vec![(method, endpoint)])),
        }
    }
    paths
}

/// Path and method of each handler, by its name.
fn places() -> HashMap<String, (String, Method)> {
    let mut places = HashMap::new();
    for (path, item) in document().paths.paths {
        for (method, name) in operations_of(item) {
            places.insert(name, (path.clone(), method));
        }
    }
    places
}

fn operations_of(item: PathItem) -> impl Iterator<Item = (Method, String)> {
    [
        (Method::GET, item.get),
        (Method::POST, item.post),
        (Method::PATCH, item.patch),
        (Method::DELETE, item.delete),
    ]
    .into_iter()
    .filter_map(|(method, operation)| Some((method, operation?.operation_id?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_handler_has_its_path() {
        let placed: usize = by_path().iter().map(|(_, endpoints)| endpoints.len()).sum();
        assert_eq!(placed, listed().len());
    }

    #[test]
    fn scripts_of_other_sites_read_what_is_the_same_for_everybody() {
        let document = serde_json::to_value(document()).unwrap();
        let mut readable = Vec::new();
        for (path, endpoints) in by_path() {
            for (method, endpoint) in endpoints {
                if endpoint.limits.cross_origin == CrossOrigin::Readable {
                    let operation = &document["paths"][&path][method.as_str().to_lowercase()];
                    assert!(operation["security"].is_null(), "{method} {path}");
                    readable.push(format!("{method} {path}"));
                }
            }
        }
        let expected = [
            "GET /v1/listings",
            "GET /v1/listings/{id}",
            "GET /openapi.json",
            "GET /.well-known/udam-receipts.json",
            "GET /healthz",
        ];
        assert_eq!(readable, expected);
    }
}
