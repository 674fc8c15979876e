//! Pages of operators: finding things, reading what has happened to them, and acting on them.

pub(crate) mod account;
pub(crate) mod alerts;
pub(crate) mod audit;
mod history;
pub(crate) mod listing;
pub(crate) mod order;
mod paths;
pub(crate) mod search;
mod story_page;
mod suspending;
pub(crate) mod webhooks;

use udam_domain::administration::{NotAnOperator, Operator, Role, may_operate};
use udam_domain::audit::Reason;
use udam_domain::marketplace::OperatorError;

use crate::error::PageError;
use crate::form::Form;
use crate::layout::Notice;
use crate::request::Request;

impl Request {
    /// The account that is signed in, as an operator. Fails with [`PageError::Forbidden`] if it has no role.
    async fn operator(&self) -> Result<Operator, PageError> {
        let administration = &self.marketplace().administration;
        let operator = administration.operator(self.actor()?, self.signed_in()?);
        operator.await.map_err(|error| match error {
            OperatorError::Refused(NotAnOperator::NoRole) => PageError::Forbidden,
            OperatorError::Refused(NotAnOperator::NoFactor) => PageError::SecondFactorNeeded,
            OperatorError::Refused(NotAnOperator::StepUpRequired(_)) => self.step_up_required(),
            OperatorError::Unavailable(error) => error.into(),
        })
    }
}

/// Whether an operator may act, or only read.
fn acts(by: &Operator) -> bool {
    may_operate(by, Role::Operator).is_ok()
}

/// Reads why an operator acts; `None` with an error in the form if nobody has said.
fn reason(form: &mut Form) -> Option<Reason> {
    form.read("why")
}

/// The message of what was just done.
fn done(request: &Request) -> Option<Notice> {
    let text = match request.flash() {
        "refunded" => "The order is refunded.",
        "suspended" => "It is suspended.",
        "restored" => "It is not suspended any more.",
        "resolved" => "The alert is resolved.",
        "applied" => "The events were applied, and something has changed.",
        "unchanged" => "The events were applied, and nothing has changed.",
        _ => return None,
    };
    Some(Notice::success(text))
}
