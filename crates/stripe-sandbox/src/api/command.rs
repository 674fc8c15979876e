use super::expansion::{ExpandFrom, validate};
use super::parameters::{
    EventFilter, PaymentFilter, SessionFilter, event_filter, new_refund, new_session,
    payment_filter, session_filter,
};
use crate::account::RequestError;
use crate::model::{NewRefund, NewSession};
use crate::wire::{ApiError, ApiRequest};

/// A validated request.
#[derive(Debug)]
pub(super) struct Command {
    pub(super) operation: Operation,
    /// Paths to expand in the response.
    pub(super) expand: Vec<String>,
}

#[derive(Debug)]
pub(super) enum Operation {
    CreateSession(Box<NewSession>),
    ExpireSession(String),
    GetSession(String),
    GetLineItems(String),
    ListSessions(SessionFilter),
    CreateRefund(NewRefund),
    GetRefund(String),
    ListRefunds(PaymentFilter),
    GetPayment(String),
    GetCharge(String),
    GetDispute(String),
    ListDisputes(PaymentFilter),
    GetEvent(String),
    ListEvents(EventFilter),
}

impl Operation {
    /// Type of the object in the response, and whether the response is a list of them.
    const fn response_type(&self) -> (ExpandFrom, bool) {
        match self {
            Self::CreateSession(_) | Self::ExpireSession(_) | Self::GetSession(_) => {
                (ExpandFrom::Session, false)
            }
            Self::ListSessions(_) => (ExpandFrom::Session, true),
            Self::CreateRefund(_) | Self::GetRefund(_) => (ExpandFrom::Refund, false),
            Self::ListRefunds(_) => (ExpandFrom::Refund, true),
            Self::GetPayment(_) => (ExpandFrom::Payment, false),
            Self::GetCharge(_) => (ExpandFrom::Charge, false),
            Self::GetDispute(_) => (ExpandFrom::Dispute, false),
            Self::ListDisputes(_) => (ExpandFrom::Dispute, true),
            Self::GetLineItems(_) | Self::ListEvents(_) => (ExpandFrom::Leaf, true),
            Self::GetEvent(_) => (ExpandFrom::Leaf, false),
        }
    }
}

impl Command {
    /// Validates a request. A parameter that the sandbox does not know is rejected, so that no test relies
    /// on one that has no effect here.
    pub(super) fn parse(request: &ApiRequest) -> Result<Self, ApiError> {
        let mut form = request.form.clone();
        let expand = form.take_list("expand");
        let path: Vec<&str> = request
            .path
            .strip_prefix("/v1/")
            .unwrap_or_default()
            .split('/')
            .collect();
        let operation = match (request.method.as_str(), path.as_slice()) {
            ("POST", ["checkout", "sessions"]) => {
                Operation::CreateSession(Box::new(new_session(&mut form)?))
            }
            ("POST", ["checkout", "sessions", id, "expire"]) => {
                Operation::ExpireSession((*id).to_owned())
            }
            ("POST", ["refunds"]) => Operation::CreateRefund(new_refund(&mut form)?),
            ("GET", ["checkout", "sessions"]) => {
                Operation::ListSessions(session_filter(&mut form)?)
            }
            ("GET", ["refunds"]) => Operation::ListRefunds(payment_filter(&mut form)?),
            ("GET", ["disputes"]) => Operation::ListDisputes(payment_filter(&mut form)?),
            ("GET", ["events"]) => Operation::ListEvents(event_filter(&mut form)?),
            ("GET", path) => get_one(path).ok_or_else(|| unknown_url(request))?,
            _ => return Err(unknown_url(request)),
        };
        let (object, is_list) = operation.response_type();
        validate(object, is_list, &expand)?;
        match form.first_remaining() {
            None => Ok(Self { operation, expand }),
            Some(param) => Err(ApiError::Request(RequestError::UnknownParameter {
                param: param.to_owned(),
            })),
        }
    }
}

/// The operation that returns one object, by its path.
fn get_one(path: &[&str]) -> Option<Operation> {
    let operation = match path {
        ["checkout", "sessions", id] => Operation::GetSession((*id).to_owned()),
        ["checkout", "sessions", id, "line_items"] => Operation::GetLineItems((*id).to_owned()),
        ["refunds", id] => Operation::GetRefund((*id).to_owned()),
        ["payment_intents", id] => Operation::GetPayment((*id).to_owned()),
        ["charges", id] => Operation::GetCharge((*id).to_owned()),
        ["disputes", id] => Operation::GetDispute((*id).to_owned()),
        ["events", id] => Operation::GetEvent((*id).to_owned()),
        _ => return None,
    };
    Some(operation)
}

fn unknown_url(request: &ApiRequest) -> ApiError {
    ApiError::UnknownUrl {
        method: request.method.clone(),
        path: request.path.clone(),
    }
}
