//! The terms of calls through the gateway: as a part of the bodies that publish and edit a listing, and of its responses.

use serde::Serialize;
use udam_domain::gateway::{
    CallCost, CallRate, CallTimeout, GatewayTerms, KeyPlace, KeyPlacement, Methods, PathPrefix,
    Paths,
};
use udam_domain::listing::Change;
use udam_domain::units::Units;
use utoipa::ToSchema;

use super::access::Access;
use super::schemas;
use crate::fields::{Fields, Recorded};
use crate::reading::{count, text, variant, whole};
use crate::settings::WireRules;

/// Place of your key in requests to the service.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it only describes what is read below")]
pub(crate) struct KeyPlacementBody {
    /// A header, a parameter of the query, or basic authentication.
    #[schema(rename = "in")]
    place: schemas::KeyPlace,
    /// Name of the header, `Authorization` by default; name of the parameter, which is required; or the user of basic
    /// authentication, whose password the key is. Without a user, the key is the user's name, and the password is empty.
    name: Option<schemas::KeyName>,
    /// Text before the key in a header. By default, `Bearer ` in `Authorization`, and none in others.
    prefix: Option<schemas::KeyPrefix>,
}

/// Most calls of a token in a period.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it only describes what is read below")]
pub(crate) struct CallRateBody {
    /// Number of calls. They may come all at once, and are admitted again evenly.
    calls: schemas::RateCalls,
    /// The period.
    per: schemas::RatePeriod,
}

/// Terms of calls through the gateway. What is left out has its default.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it only describes what is read below")]
pub(crate) struct GatewayTermsBody {
    /// Place of your key in requests to the service. By default, it is a bearer token in `Authorization`.
    auth: Option<KeyPlacementBody>,
    /// Methods that are sold. By default, all of them.
    #[schema(min_items = 1)]
    methods: Option<Vec<schemas::CallMethod>>,
    /// Beginnings of the paths that are sold, in whole segments. By default, `/`: all of them.
    #[schema(min_items = 1)]
    paths: Option<Vec<schemas::PathPrefix>>,
    /// Units of a call. By default, 1.
    units_per_call: Option<schemas::Units>,
    /// Most units that the service may declare for a call, in its header `UDAM-Units`. Each call needs so many units left.
    /// By default, what it declares is not read.
    max_units_per_call: Option<schemas::Units>,
    /// Answers that are charged for: those with a status of 200 to 399 by default, those below 500, or all.
    charge: Option<schemas::ChargeRule>,
    /// Seconds for the head of an answer to come. By default, 30.
    timeout: Option<schemas::CallTimeout>,
    /// Most calls of a token in a period. By default, any number.
    rate: Option<CallRateBody>,
}

/// Reads the terms of a listing that is published: the field `access`, and with it `gateway`.
pub(super) fn published(
    fields: &mut Fields,
    rules: WireRules,
) -> Result<Option<GatewayTerms>, Recorded> {
    let access = fields.optional("access", access(rules));
    let terms = fields.object("gateway", terms);
    match (access?.unwrap_or_default(), terms?) {
        (Access::Key, None) => Ok(None),
        (Access::Gateway, terms) => Ok(Some(terms.unwrap_or_default())),
        (Access::Key, Some(_)) => reject(fields, WITHOUT_ACCESS),
    }
}

/// Reads the terms of a listing that is edited.
pub(super) fn edited(
    fields: &mut Fields,
    rules: WireRules,
) -> Result<Change<Option<GatewayTerms>>, Recorded> {
    let access = fields.change("access", access(rules));
    let terms = fields.clearable_object("gateway", terms);
    match (access?, terms?) {
        (Change::Keep, Change::Keep) => Ok(Change::Keep),
        (Change::To(Access::Key), Change::Keep | Change::To(None)) => Ok(Change::To(None)),
        (Change::To(Access::Gateway), Change::To(Some(terms))) => Ok(Change::To(Some(terms))),
        (Change::To(Access::Gateway), Change::Keep | Change::To(None)) => reject(
            fields,
            "must be given with an access of gateway: all terms from now on, or {} for the defaults",
        ),
        (Change::Keep | Change::To(Access::Key), Change::To(_)) => reject(fields, WITHOUT_ACCESS),
    }
}

/// The rule that terms without their mode of access break.
const WITHOUT_ACCESS: &str = "must not be given without an access of gateway";

fn reject<T>(fields: &mut Fields, rule: &str) -> Result<T, Recorded> {
    fields.reject("gateway", rule);
    Err(Recorded)
}

fn access(rules: WireRules) -> impl FnOnce(serde_json::Value) -> Result<Access, String> {
    move |value| match variant(value)? {
        Access::Gateway if !rules.has_gateway => {
            Err("must be key: this marketplace has no gateway".to_owned())
        }
        access => Ok(access),
    }
}

fn terms(fields: &mut Fields) -> Result<GatewayTerms, Recorded> {
    let auth = fields.object("auth", placement);
    let methods = methods(fields);
    let paths = paths(fields);
    let cost = cost(fields);
    let charge = fields.optional("charge", variant);
    let timeout = fields.optional(
        "timeout",
        whole(|seconds| {
            let most = CallTimeout::MOST;
            CallTimeout::new(seconds).ok_or_else(|| format!("must be 1 to {most} seconds"))
        }),
    );
    let rate = fields.object("rate", rate);
    Ok(GatewayTerms {
        auth: auth?.unwrap_or_default(),
        methods: methods?,
        paths: paths?,
        cost: cost?,
        charge: charge?.unwrap_or_default(),
        timeout: timeout?.unwrap_or_default(),
        rate: rate?,
    })
}

fn methods(fields: &mut Fields) -> Result<Methods, Recorded> {
    match fields.list("methods", variant)? {
        None => Ok(Methods::default()),
        Some(methods) => Methods::new(methods).map_err(|rule| {
            fields.reject("methods", rule);
            Recorded
        }),
    }
}

fn paths(fields: &mut Fields) -> Result<Paths, Recorded> {
    match fields.list("paths", text::<PathPrefix>)? {
        None => Ok(Paths::default()),
        Some(prefixes) => Paths::new(prefixes).map_err(|rule| {
            fields.reject("paths", rule);
            Recorded
        }),
    }
}

fn cost(fields: &mut Fields) -> Result<CallCost, Recorded> {
    let per_call = fields.optional("units_per_call", count);
    let most = fields.optional("max_units_per_call", count);
    let per_call = per_call?.unwrap_or(Units::MIN);
    CallCost::new(per_call, most?).map_err(|rule| {
        fields.reject("max_units_per_call", rule);
        Recorded
    })
}

fn rate(fields: &mut Fields) -> Result<CallRate, Recorded> {
    let calls = fields.required("calls", whole(Ok::<i64, String>));
    let per = fields.required("per", variant);
    let (calls, per) = (calls?, per?);
    CallRate::new(calls, per).map_err(|rule| {
        fields.reject("calls", rule);
        Recorded
    })
}

fn placement(fields: &mut Fields) -> Result<KeyPlacement, Recorded> {
    match fields.required("in", variant) {
        Ok(KeyPlace::Header) => {
            let name = fields.optional("name", text);
            let prefix = fields.optional("prefix", text);
            Ok(KeyPlacement::in_header(name?, prefix?))
        }
        Ok(KeyPlace::Query) => {
            let name = fields.required("name", text);
            let prefix = no_prefix(fields);
            prefix.and(name).map(KeyPlacement::Query)
        }
        Ok(KeyPlace::Basic) => {
            let user = fields.optional("name", text);
            let prefix = no_prefix(fields);
            prefix.and(user).map(KeyPlacement::Basic)
        }
        Err(Recorded) => {
            // Which rules they have to follow is not known.
            let name = fields.optional("name", text::<String>);
            let prefix = fields.optional("prefix", text::<String>);
            name.and(prefix).and(Err(Recorded))
        }
    }
}

fn no_prefix(fields: &mut Fields) -> Result<(), Recorded> {
    let refuse = |_| Err::<(), _>("is for headers; leave it out".to_owned());
    fields.optional("prefix", refuse).map(|_none| ())
}

/// Place of the seller's key in requests to the service, and of an access key in requests to the gateway.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct KeyPlacementResponse {
    /// A header, a parameter of the query, or basic authentication.
    #[serde(rename = "in")]
    #[schema(value_type = schemas::KeyPlace)]
    place: &'static str,
    /// Name of the header, of the parameter, or of the user.
    #[schema(required = true, example = "X-Api-Key")]
    name: Option<String>,
    /// Text before the key in a header.
    #[schema(required = true, example = "")]
    prefix: Option<String>,
}

/// Most calls of a token in a period.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CallRateResponse {
    /// Number of calls.
    #[schema(value_type = schemas::RateCalls)]
    calls: u32,
    /// The period.
    #[schema(value_type = schemas::RatePeriod)]
    per: &'static str,
}

/// Terms of calls through the gateway.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct GatewayTermsResponse {
    /// Place where the service expects its key. Yours is read in the same place, as a bearer token, and in `X-UDAM-Key`.
    auth: KeyPlacementResponse,
    /// Methods of calls.
    #[schema(value_type = Vec<schemas::CallMethod>)]
    methods: Vec<&'static str>,
    /// Beginnings of the paths of calls, in whole segments.
    #[schema(value_type = Vec<schemas::PathPrefix>)]
    paths: Vec<String>,
    /// Units of a call.
    #[schema(value_type = schemas::UnitCount)]
    units_per_call: u32,
    /// Most units that the service may declare for a call; `null` if all calls cost the same.
    #[schema(value_type = Option<schemas::UnitCount>, required = true)]
    max_units_per_call: Option<u32>,
    /// Answers that are charged for.
    #[schema(value_type = schemas::ChargeRule)]
    charge: &'static str,
    /// Seconds for the head of an answer to come.
    #[schema(value_type = schemas::CallTimeout)]
    timeout: u16,
    /// Most calls of a token in a period; `null` for any number.
    #[schema(required = true)]
    rate: Option<CallRateResponse>,
}

impl From<KeyPlacement> for KeyPlacementResponse {
    fn from(placement: KeyPlacement) -> Self {
        let place = placement.place().into();
        let (name, prefix) = match placement {
            KeyPlacement::Header { name, prefix } => {
                (Some(name.to_string()), Some(prefix.to_string()))
            }
            KeyPlacement::Query(name) => (Some(name.to_string()), None),
            KeyPlacement::Basic(user) => (user.map(|user| user.to_string()), None),
        };
        Self {
            place,
            name,
            prefix,
        }
    }
}

impl From<GatewayTerms> for GatewayTermsResponse {
    fn from(terms: GatewayTerms) -> Self {
        let prefixes = terms.paths.prefixes().iter();
        Self {
            auth: terms.auth.into(),
            methods: terms.methods.iter().map(<&str>::from).collect(),
            paths: prefixes.map(PathPrefix::to_string).collect(),
            units_per_call: terms.cost.per_call().get(),
            max_units_per_call: terms.cost.declared_up_to().map(Units::get),
            charge: terms.charge.into(),
            timeout: terms.timeout.seconds(),
            rate: terms.rate.map(|rate| CallRateResponse {
                calls: rate.calls().get(),
                per: rate.per().into(),
            }),
        }
    }
}
