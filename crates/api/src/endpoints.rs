//! The list of endpoints. Path, methods and description of each stand above its handler; the list
//! has each handler with its limits.

use std::collections::HashMap;

use actix_web::http::Method;
use udam_domain::account::Scope;
use udam_web::RateLimitClass;
use udam_web::body::BodyLimit;
use utoipa::OpenApi;
use utoipa::openapi::{OpenApi as Document, PathItem};

use super::cross_origin::CrossOrigin;
use super::handlers::{
    access_keys, account_keys, accounts, administration, alerts, audit, calls, complaints, events,
    inquiries, listings, mail_links, mail_preferences, operations, orders, payments, personal_data,
    probes, receipts, second_factors, sessions, tab, tokens, usage, webhooks,
};
use super::limits::{Credential, Limits};
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
    ($($module:ident::$handler:ident [$credential:ident]: $limits:expr,)*) => {
        #[derive(OpenApi)]
        #[openapi(paths($($module::$handler),*))]
        struct Described;

        fn listed() -> Vec<Endpoint> {
            vec![$(Endpoint::new(
                stringify!($handler),
                $limits,
                Credential::$credential,
                $module::$handler,
            )),*]
        }
    };
}

// Paths are tried in this order: those asked for most come first. Each says what identifies its caller: nothing, a session alone,
// or a session or an API key with the scope that it names.
endpoints! {
    orders::place_order [Buy]: Limits::DEFAULT,
    orders::list_orders [Read]: LIST,
    listings::search_listings [Nothing]: PUBLIC_LIST,
    listings::publish_listing [Sell]: Limits::DEFAULT,
    listings::find_listing [Nothing]: PUBLIC,
    listings::edit_listing [Sell]: Limits::DEFAULT,
    orders::find_order [Read]: Limits::DEFAULT,
    payments::check_out_order [Buy]: Limits::DEFAULT,
    orders::cancel_order [Buy]: Limits::DEFAULT,
    orders::refund_order [Sell]: Limits::DEFAULT,
    complaints::send_complaint [Buy]: Limits::DEFAULT,
    complaints::find_complaint [Read]: Limits::DEFAULT,
    tokens::list_tokens [Read]: LIST,
    tokens::find_token [Read]: Limits::DEFAULT,
    tokens::reveal_key [Buy]: Limits::DEFAULT,
    tokens::revoke_token [Buy]: Limits::DEFAULT,
    access_keys::list_access_keys [Read]: Limits::DEFAULT,
    access_keys::issue_access_key [Buy]: Limits::DEFAULT,
    access_keys::delete_access_key [Buy]: Limits::DEFAULT,
    calls::list_calls [Read]: LIST,
    calls::list_listing_calls [Read]: LIST,
    usage::show_token_usage [Read]: LIST,
    usage::show_usage [Read]: LIST,
    receipts::find_receipt [Read]: Limits::DEFAULT,
    probes::probe_listing [Sell]: OUTBOUND,
    accounts::show_account [Read]: Limits::DEFAULT,
    accounts::edit_account [Session]: Limits::DEFAULT,
    personal_data::export_account [Session]: CREDENTIALS,
    personal_data::delete_account [Session]: CREDENTIALS,
    mail_preferences::show_mail_preferences [Session]: Limits::DEFAULT,
    mail_preferences::edit_mail_preferences [Session]: Limits::DEFAULT,
    audit::list_own_actions [Read]: LIST,
    listings::list_own_listings [Read]: LIST,
    orders::list_sales [Read]: LIST,
    tab::show_tab [Read]: Limits::DEFAULT,
    tab::list_tab_orders [Read]: LIST,
    tab::list_tab_payments [Read]: LIST,
    tab::list_paid_tab_orders [Read]: LIST,
    payments::check_out_tab [Buy]: Limits::DEFAULT,
    webhooks::receive_stripe_event [Nothing]: WEBHOOK,
    accounts::register [Nothing]: CREDENTIALS,
    accounts::log_in [Nothing]: CREDENTIALS,
    second_factors::finish_log_in [Nothing]: CREDENTIALS,
    accounts::change_password [Session]: CREDENTIALS,
    mail_links::verify_email [Nothing]: CREDENTIALS,
    mail_links::forgot_password [Nothing]: CREDENTIALS,
    mail_links::reset_password [Nothing]: CREDENTIALS,
    mail_links::change_email [Session]: CREDENTIALS,
    second_factors::begin_totp [Session]: CREDENTIALS,
    second_factors::confirm_totp [Session]: CREDENTIALS,
    second_factors::remove_totp [Session]: Limits::DEFAULT,
    second_factors::replace_recovery_codes [Session]: Limits::DEFAULT,
    second_factors::step_up [Session]: CREDENTIALS,
    account_keys::list_api_keys [Session]: Limits::DEFAULT,
    account_keys::make_api_key [Session]: Limits::DEFAULT,
    account_keys::revoke_api_key [Session]: Limits::DEFAULT,
    sessions::log_out [Session]: Limits::DEFAULT,
    sessions::log_out_everywhere [Session]: Limits::DEFAULT,
    sessions::list_sessions [Session]: LIST,
    sessions::end_session [Session]: Limits::DEFAULT,
    administration::suspend_account [Session]: Limits::DEFAULT,
    administration::restore_account [Session]: Limits::DEFAULT,
    administration::suspend_listing [Session]: Limits::DEFAULT,
    administration::restore_listing [Session]: Limits::DEFAULT,
    inquiries::search_by_operator [Session]: LIST,
    inquiries::show_order_to_operator [Session]: LIST,
    inquiries::refund_order_by_operator [Session]: Limits::DEFAULT,
    inquiries::show_account_to_operator [Session]: LIST,
    inquiries::show_listing_to_operator [Session]: LIST,
    alerts::list_alerts [Session]: LIST,
    alerts::resolve_alert [Session]: Limits::DEFAULT,
    events::list_events [Session]: LIST,
    events::replay_events [Session]: Limits::DEFAULT,
    events::show_event [Session]: Limits::DEFAULT,
    events::replay_event [Session]: Limits::DEFAULT,
    audit::search_audit_trail [Session]: LIST,
    operations::openapi_json [Nothing]: DOCUMENT,
    receipts::receipt_keys [Nothing]: DOCUMENT,
    operations::docs [Nothing]: ANYBODY,
    operations::docs_file [Nothing]: ANYBODY,
    operations::healthz [Nothing]: PROBE,
    operations::readyz [Nothing]: ANYBODY,
    operations::metrics [Nothing]: ANYBODY,
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

/// The scope that an API key needs for each call that takes one, by path and method.
pub(super) fn scopes() -> HashMap<(String, Method), Scope> {
    let mut places = places();
    let scoped = listed().into_iter().filter_map(|endpoint| {
        let scope = endpoint.credential.scope()?;
        Some((places.remove(endpoint.name)?, scope))
    });
    scoped.collect()
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
    fn calls_with_a_session_say_whether_a_key_takes_its_place() {
        let document = serde_json::to_value(document()).unwrap();
        for (path, endpoints) in by_path() {
            for (method, endpoint) in endpoints {
                let operation = &document["paths"][&path][method.as_str().to_lowercase()];
                let identifies = endpoint.credential != Credential::Nothing;
                assert_eq!(
                    identifies,
                    !operation["security"].is_null(),
                    "{method} {path}"
                );
                // Never about the account's security, nor for operators.
                if path.starts_with("/v1/auth/")
                    || path.starts_with("/v1/admin/")
                    || path.starts_with("/v1/me/api-keys")
                {
                    let takes_key = endpoint.credential.scope().is_some();
                    assert!(!takes_key, "{method} {path}");
                }
            }
        }
    }

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
