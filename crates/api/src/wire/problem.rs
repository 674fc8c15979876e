use std::borrow::Cow;

use serde::Serialize;
use udam_domain::id::OrderId;
use udam_web::RequestId;
use utoipa::ToSchema;
use utoipa::openapi::schema::AnyOfBuilder;

use super::describe::{described, string};
use super::readiness::ChecksResponse;
use super::schemas;
use crate::problem::{Code, FieldError, Problem};

/// Largest number of invalid fields that are listed: a mistake has few, and the response to an attack stays short.
const MOST_ERRORS: usize = 50;

described! {
    /// Stable name of a problem, to decide by: one of these, or one that a later version has added.
    ProblemCode => AnyOfBuilder::new()
        .item(string().enum_values(Some(Code::ALL.iter().map(|code| code.name()))))
        .item(string())
        .examples(["not_found"]);
}

/// Problem details of a failed request (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub(crate) struct ProblemResponse<'a> {
    /// A URN that ends in the code.
    #[schema(value_type = String, example = "urn:udam:problem:not_found")]
    r#type: String,
    /// Title, the same for every problem of this code.
    #[schema(example = "Not found")]
    title: &'static str,
    /// The HTTP status.
    #[schema(minimum = 400, maximum = 599, example = 404)]
    status: u16,
    /// The stable name to decide by.
    #[schema(value_type = ProblemCode)]
    code: &'static str,
    /// Explanation of this occurrence, and what to do next.
    #[schema(value_type = String)]
    detail: Cow<'static, str>,
    /// All invalid fields, when the code is `invalid_request`. Of more than 50, the last entry
    /// says how many others there are.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_items = 50)]
    errors: Option<Vec<FieldErrorResponse<'a>>>,
    /// The order that is kept, when the code is `payment_provider_error` or `too_many_checkouts` and there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schemas::OrderId>, nullable = false)]
    order_id: Option<String>,
    /// Secret of the login, when the code is `second_factor_required`: the second factor ends it, once.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schemas::ChallengeSecret>, nullable = false)]
    challenge: Option<String>,
    /// Time from which the login cannot be ended any more, when the code is `second_factor_required`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schemas::Instant>, nullable = false)]
    challenge_expires_at: Option<String>,
    /// Price of one unit now, when the code is `price_changed`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schemas::Amount>, nullable = false)]
    price_per_unit: Option<String>,
    /// Largest number of units of one order, when the code is `too_many_units`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schemas::UnitCount>, nullable = false)]
    max_units_per_order: Option<u32>,
    /// What has failed, when `/readyz` says that the server is not ready.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    checks: Option<ChecksResponse>,
    /// Id of this request in the log.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    request_id: Option<String>,
}

/// A field, parameter or header of a request, and the rule that it breaks.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FieldError)]
pub(crate) struct FieldErrorResponse<'a> {
    /// The field, parameter or header; `...` stands for all that are not listed.
    #[schema(example = "units_requested")]
    field: &'a str,
    /// The rule that it breaks.
    #[schema(example = "must be a whole number from 1 to 1000000")]
    #[schema(value_type = String)]
    message: Cow<'a, str>,
}

impl<'a> ProblemResponse<'a> {
    /// The problem in full.
    pub(crate) fn new(problem: &'a Problem, request_id: Option<&RequestId>) -> Self {
        let code = problem.code();
        let entry = code.entry();
        let errors = match problem {
            Problem::InvalidRequest(errors) => Some(listed(errors)),
            _ => None,
        };
        let order_id = match problem {
            Problem::PaymentProviderError(order) => order.as_ref().map(OrderId::to_string),
            Problem::PaymentRefused(order) | Problem::TooManyCheckouts(_, order) => {
                order.as_ref().map(|order| order.id.to_string())
            }
            _ => None,
        };
        let challenge = match problem {
            Problem::SecondFactorRequired(challenge) => Some(challenge),
            _ => None,
        };
        let price_per_unit = match problem {
            Problem::PriceChanged(now) => Some(now.to_string()),
            _ => None,
        };
        let max_units_per_order = match problem {
            Problem::TooManyUnits(most) => Some(most.get()),
            _ => None,
        };
        let checks = match problem {
            Problem::NotReady(failed) => Some(ChecksResponse::new(Some(*failed))),
            _ => None,
        };
        Self {
            r#type: format!("urn:udam:problem:{}", entry.name),
            title: entry.title,
            status: entry.status.as_u16(),
            code: entry.name,
            detail: problem.detail(),
            errors,
            order_id,
            challenge: challenge.map(|challenge| challenge.secret.expose().to_owned()),
            challenge_expires_at: challenge.map(|challenge| challenge.expires_at.to_string()),
            price_per_unit,
            max_units_per_order,
            checks,
            request_id: request_id.map(RequestId::to_string),
        }
    }
}

impl<'a> From<&'a FieldError> for FieldErrorResponse<'a> {
    fn from(error: &'a FieldError) -> Self {
        Self {
            field: &error.field,
            message: Cow::Borrowed(&error.message),
        }
    }
}

/// The errors, with a last entry in place of those beyond the limit.
fn listed(errors: &[FieldError]) -> Vec<FieldErrorResponse<'_>> {
    let all = errors.iter().map(FieldErrorResponse::from);
    if errors.len() <= MOST_ERRORS {
        return all.collect();
    }
    let named = MOST_ERRORS.saturating_sub(1);
    let others = errors.len().saturating_sub(named);
    let last = FieldErrorResponse {
        field: "...",
        message: format!("{others} more are invalid").into(),
    };
    all.take(named).chain([last]).collect()
}
