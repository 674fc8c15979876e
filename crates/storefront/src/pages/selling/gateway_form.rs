//! The fields of a listing that say how its service is sold: by its key, or through the gateway and on which terms.

use std::fmt::Display;
use std::str::FromStr;

use strum::VariantArray;
use udam_domain::gateway::{
    CallCost, CallRate, CallTimeout, ChargeRule, GatewayTerms, KeyPlace, KeyPlacement, Method,
    Methods, PathPrefix, Paths, RatePeriod,
};
use udam_domain::listing::{ApiKey, NotCallable};
use udam_domain::units::Units;

use crate::form::Form;
use crate::pages::gateway_terms;

/// Value of the choice to sell through the gateway.
const GATEWAY: &str = "gateway";

/// The fields of terms, by whose errors the page decides whether to show them.
const FIELDS: [&str; 10] = [
    "auth_in",
    "auth_name",
    "auth_prefix",
    "methods",
    "paths",
    "units_per_call",
    "max_units_per_call",
    "charge",
    "timeout",
    "rate_calls",
];

/// Proposes to sell through the gateway, on default terms.
pub(super) fn propose(form: &mut Form) {
    form.set("access", GATEWAY);
    fill_terms(form, &GatewayTerms::default());
}

/// Fills in how a service is sold.
pub(super) fn fill(form: &mut Form, terms: Option<&GatewayTerms>) {
    form.set("access", if terms.is_some() { GATEWAY } else { "key" });
    fill_terms(form, terms.unwrap_or(&GatewayTerms::default()));
}

fn fill_terms(form: &mut Form, terms: &GatewayTerms) {
    let place: &str = terms.auth.place().into();
    form.set("auth_in", place);
    match &terms.auth {
        // Left blank, so that nothing has to be removed to choose another place.
        auth if *auth == KeyPlacement::default() => {}
        KeyPlacement::Header { name, prefix } => {
            form.set("auth_name", name.as_str());
            form.set("auth_prefix", prefix.as_str());
        }
        KeyPlacement::Query(name) => form.set("auth_name", name.as_str()),
        KeyPlacement::Basic(user) => form.set_optional("auth_name", user.as_ref()),
    }
    if terms.methods != Methods::default() {
        form.set("methods", gateway_terms::methods(terms));
    }
    let paths = terms.paths.prefixes().iter();
    form.set(
        "paths",
        paths.map(PathPrefix::as_str).collect::<Vec<_>>().join("\n"),
    );
    form.set("units_per_call", terms.cost.per_call().to_string());
    form.set_optional("max_units_per_call", terms.cost.declared_up_to());
    form.set("charge", terms.charge.to_string());
    form.set("timeout", terms.timeout.seconds().to_string());
    if let Some(rate) = terms.rate {
        form.set("rate_calls", rate.calls().to_string());
        form.set("rate_per", rate.per().to_string());
    }
}

/// Parses the terms, all of them, so that all errors are shown at once: `Some(None)` of a listing that is sold by its
/// key, `None` with an error.
#[expect(
    clippy::option_option,
    reason = "validity and presence are two questions"
)]
pub(super) fn read(form: &mut Form) -> Option<Option<GatewayTerms>> {
    if form.value("access") != GATEWAY {
        return Some(None);
    }
    let auth = auth(form);
    let methods = form.read_optional("methods", read_methods);
    let paths = form.read_optional("paths", read_paths);
    let cost = cost(form);
    let charge = form.read_optional("charge", ChargeRule::from_str);
    let timeout = form.read_optional("timeout", read_timeout);
    let rate = rate(form);
    Some(Some(GatewayTerms {
        auth: auth?,
        methods: methods?.unwrap_or_default(),
        paths: paths?.unwrap_or_default(),
        cost: cost?,
        charge: charge?.unwrap_or_default(),
        timeout: timeout?.unwrap_or_default(),
        rate: rate?,
    }))
}

fn auth(form: &mut Form) -> Option<KeyPlacement> {
    let place = form.read_optional("auth_in", KeyPlace::from_str)?;
    match place.unwrap_or_default() {
        KeyPlace::Header => {
            let name = form.read_optional("auth_name", str::parse);
            // The space at its end is a part of it.
            let prefix = form.value("auth_prefix").trim_start();
            if prefix.is_empty() && form.value("auth_name").trim().is_empty() {
                return Some(KeyPlacement::default());
            }
            let prefix = prefix.parse();
            let prefix = prefix
                .map_err(|rule| form.add_error("auth_prefix", rule))
                .ok();
            Some(KeyPlacement::in_header(name?, Some(prefix?)))
        }
        KeyPlace::Query => form.read("auth_name").map(KeyPlacement::Query),
        KeyPlace::Basic => {
            let user = form.read_optional("auth_name", str::parse);
            user.map(KeyPlacement::Basic)
        }
    }
}

fn read_methods(text: &str) -> Result<Methods, String> {
    let names = text.split([',', ' ']).filter(|name| !name.is_empty());
    let methods: Result<Vec<Method>, _> = names
        .map(|name| name.to_ascii_uppercase().parse())
        .collect();
    let methods = methods.map_err(|_unknown| {
        let all = Method::VARIANTS.iter().map(<&str>::from);
        format!("must be some of {}", all.collect::<Vec<_>>().join(", "))
    })?;
    Methods::new(methods).map_err(text_of)
}

fn read_paths(text: &str) -> Result<Paths, String> {
    let prefixes: Result<Vec<PathPrefix>, _> = text.split_whitespace().map(str::parse).collect();
    Paths::new(prefixes.map_err(text_of)?).map_err(text_of)
}

fn cost(form: &mut Form) -> Option<CallCost> {
    let per_call = form.read_optional("units_per_call", str::parse);
    let most = form.read_optional("max_units_per_call", str::parse);
    let cost = CallCost::new(per_call?.unwrap_or(Units::MIN), most?);
    cost.map_err(|rule| form.add_error("max_units_per_call", rule))
        .ok()
}

fn read_timeout(text: &str) -> Result<CallTimeout, String> {
    let seconds = text.parse().ok().and_then(CallTimeout::new);
    seconds.ok_or_else(|| format!("must be 1 to {} seconds", CallTimeout::MOST))
}

#[expect(
    clippy::option_option,
    reason = "validity and presence are two questions"
)]
fn rate(form: &mut Form) -> Option<Option<CallRate>> {
    let per = form.read_optional("rate_per", RatePeriod::from_str)?;
    let per = per.unwrap_or(RatePeriod::Second);
    form.read_optional("rate_calls", |text| {
        let calls = text.parse().unwrap_or_default();
        CallRate::new(calls, per).map_err(text_of)
    })
}

fn text_of(rule: impl Display) -> String {
    rule.to_string()
}

/// Adds an error that the gateway cannot call the service at its address.
pub(super) fn add_not_callable(form: &mut Form, reason: NotCallable) {
    let rule = match reason {
        NotCallable::NoEndpoint => {
            "must be given: the gateway calls the service there, now or for those who have bought calls"
        }
        NotCallable::Template => {
            "must not have variables in braces to be called through the gateway"
        }
        NotCallable::NotEncrypted => "must be https to be called through the gateway",
        NotCallable::NoBase => "must end with its path to be called through the gateway",
        NotCallable::ShortKey => {
            let shortest = ApiKey::SHORTEST_CALLABLE;
            let rule = format!(
                "must have {shortest} characters or more to be called with through the gateway: enter a longer key of the service"
            );
            form.add_error("api_key", rule);
            return;
        }
    };
    form.add_error("endpoint_url", rule);
}

impl Form {
    /// Whether a field of terms has an error.
    pub(crate) fn has_wrong_terms(&self) -> bool {
        FIELDS.iter().any(|field| self.error(field).is_some())
    }
}
