//! Every documented route has a module of tests, which is found by its path.

use std::collections::BTreeSet;

use anyhow::Result;
use udam_testkit::Market;

use crate::assertions::assert_json;

macro_rules! tested {
    ($($module:path),* $(,)?) => {
        // The modules of tests, and the routes that each declares.
        const TESTED: &[(&str, &[&str])] = &[$({
            use $module as module;
            (stringify!($module), module::ROUTES)
        }),*];
    };
}

tested! {
    crate::operations::healthz,
    crate::operations::metrics,
    crate::operations::openapi,
    crate::operations::readyz,
    crate::operations::well_known::udam_receipts,
    crate::v1::admin::accounts::restore,
    crate::v1::admin::accounts::show,
    crate::v1::admin::accounts::suspend,
    crate::v1::admin::alerts::list,
    crate::v1::admin::alerts::resolve,
    crate::v1::admin::audit,
    crate::v1::admin::listings::restore,
    crate::v1::admin::listings::show,
    crate::v1::admin::listings::suspend,
    crate::v1::admin::orders::refund,
    crate::v1::admin::orders::show,
    crate::v1::admin::search,
    crate::v1::admin::webhooks::list,
    crate::v1::admin::webhooks::replay,
    crate::v1::admin::webhooks::show,
    crate::v1::auth::change_email,
    crate::v1::auth::forgot_password,
    crate::v1::auth::login,
    crate::v1::auth::login::second_factor,
    crate::v1::auth::logout,
    crate::v1::auth::logout_everywhere,
    crate::v1::auth::password,
    crate::v1::auth::recovery_codes,
    crate::v1::auth::register,
    crate::v1::auth::reset_password,
    crate::v1::auth::sessions,
    crate::v1::auth::step_up,
    crate::v1::auth::totp,
    crate::v1::auth::totp::confirm,
    crate::v1::auth::verify_email,
    crate::v1::calls::receipt,
    crate::v1::listings::edit,
    crate::v1::listings::find,
    crate::v1::listings::probe,
    crate::v1::listings::publish,
    crate::v1::listings::search,
    crate::v1::me::api_keys,
    crate::v1::me::audit,
    crate::v1::me::calls,
    crate::v1::me::delete,
    crate::v1::me::export,
    crate::v1::me::listings,
    crate::v1::me::mail_preferences,
    crate::v1::me::sales,
    crate::v1::me::show,
    crate::v1::me::edit,
    crate::v1::me::usage,
    crate::v1::orders::cancel,
    crate::v1::orders::checkout,
    crate::v1::orders::complaint,
    crate::v1::orders::find,
    crate::v1::orders::list,
    crate::v1::orders::place,
    crate::v1::orders::refund,
    crate::v1::tab::checkout,
    crate::v1::tab::orders,
    crate::v1::tab::payments,
    crate::v1::tab::payments::orders,
    crate::v1::tab::show,
    crate::v1::tokens::calls,
    crate::v1::tokens::find,
    crate::v1::tokens::keys,
    crate::v1::tokens::list,
    crate::v1::tokens::reveal,
    crate::v1::tokens::revoke,
    crate::v1::tokens::usage,
    crate::v1::webhooks::stripe,
}

/// Routes at the admin address, which the document of the API leaves out.
const FOR_OPERATORS: [&str; 2] = ["GET /metrics", "GET /readyz"];

#[tokio::test]
async fn every_documented_route_has_a_module_of_tests_and_no_other_has() -> Result<()> {
    let visitor = Market::shared().await?.client()?;
    let document = visitor.get("/openapi.json").await?;
    assert_json(&document, 200);
    let methods = ["get", "post", "patch", "put", "delete"];
    let documented: BTreeSet<_> = document["paths"]
        .as_object()
        .into_iter()
        .flatten()
        .flat_map(|(path, item)| {
            let methods = methods.iter().filter(|method| item[**method].is_object());
            methods.map(move |method| format!("{} {path}", method.to_uppercase()))
        })
        .chain(FOR_OPERATORS.map(str::to_owned))
        .collect();
    let tested = TESTED.iter().flat_map(|(_, routes)| *routes);
    let tested: BTreeSet<_> = tested.map(|route| (*route).to_owned()).collect();
    assert_eq!(documented, tested);
    Ok(())
}

#[test]
fn a_module_is_found_by_the_path_of_its_routes() {
    for (module, routes) in TESTED {
        for route in *routes {
            let (_, path) = route.split_once(' ').unwrap();
            let segments = path
                .split('/')
                .filter(|segment| !segment.is_empty() && !segment.starts_with('{'));
            let name = |segment: &str| {
                let segment = segment.trim_start_matches('.').trim_end_matches(".json");
                segment.replace('-', "_")
            };
            let expected: Vec<_> = segments.map(name).collect();
            let found = module
                .trim_start_matches("crate::")
                .trim_start_matches("operations::");
            assert!(
                found.starts_with(&expected.join("::")),
                "{route} is tested in {module}"
            );
        }
    }
}
