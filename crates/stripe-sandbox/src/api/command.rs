//! What a call asks for.

use super::call::Call;
use super::expansion::{Kind, check};
use super::parameters::{
    EventsWanted, MoneyWanted, SessionsWanted, events_wanted, money_wanted, new_refund,
    new_session, sessions_wanted,
};
use super::problem::Problem;
use crate::account::{NewRefund, NewSession, Refusal};

/// A call whose parameters are in order.
#[derive(Debug)]
pub(crate) struct Command {
    pub(super) operation: Operation,
    pub(super) expand: Vec<String>,
}

#[derive(Debug)]
pub(super) enum Operation {
    OpenSession(Box<NewSession>),
    ExpireSession(String),
    ShowSession(String),
    ShowLineItems(String),
    ListSessions(SessionsWanted),
    Refund(NewRefund),
    ShowRefund(String),
    ListRefunds(MoneyWanted),
    ShowPayment(String),
    ShowCharge(String),
    ShowDispute(String),
    ListDisputes(MoneyWanted),
    ShowEvent(String),
    ListEvents(EventsWanted),
}

impl Operation {
    /// What kind of object the answer shows, and whether a list of them.
    const fn shows(&self) -> (Kind, bool) {
        match self {
            Self::OpenSession(_) | Self::ExpireSession(_) | Self::ShowSession(_) => {
                (Kind::Session, false)
            }
            Self::ListSessions(_) => (Kind::Session, true),
            Self::Refund(_) | Self::ShowRefund(_) => (Kind::Refund, false),
            Self::ListRefunds(_) => (Kind::Refund, true),
            Self::ShowPayment(_) => (Kind::Payment, false),
            Self::ShowCharge(_) => (Kind::Charge, false),
            Self::ShowDispute(_) => (Kind::Dispute, false),
            Self::ListDisputes(_) => (Kind::Dispute, true),
            Self::ShowLineItems(_) | Self::ListEvents(_) => (Kind::Leaf, true),
            Self::ShowEvent(_) => (Kind::Leaf, false),
        }
    }
}

impl Command {
    /// Reads what is asked for. A parameter that the sandbox does not know is refused, so that
    /// nobody relies on what has no effect here.
    pub(crate) fn read(call: &Call) -> Result<Self, Problem> {
        let mut form = call.form.clone();
        let expand = form.take_list("expand");
        let path: Vec<&str> = call
            .path
            .strip_prefix("/v1/")
            .unwrap_or_default()
            .split('/')
            .collect();
        let operation = match (call.method.as_str(), path.as_slice()) {
            ("POST", ["checkout", "sessions"]) => {
                Operation::OpenSession(Box::new(new_session(&mut form)?))
            }
            ("POST", ["checkout", "sessions", id, "expire"]) => {
                Operation::ExpireSession((*id).to_owned())
            }
            ("POST", ["refunds"]) => Operation::Refund(new_refund(&mut form)?),
            ("GET", ["checkout", "sessions"]) => {
                Operation::ListSessions(sessions_wanted(&mut form)?)
            }
            ("GET", ["refunds"]) => Operation::ListRefunds(money_wanted(&mut form)?),
            ("GET", ["disputes"]) => Operation::ListDisputes(money_wanted(&mut form)?),
            ("GET", ["events"]) => Operation::ListEvents(events_wanted(&mut form)?),
            ("GET", path) => show(path).ok_or_else(|| no_such_url(call))?,
            _ => return Err(no_such_url(call)),
        };
        let (kind, is_list) = operation.shows();
        check(kind, is_list, &expand)?;
        match form.left_over() {
            None => Ok(Self { operation, expand }),
            Some(param) => Err(Problem::Refused(Refusal::UnknownParameter {
                param: param.to_owned(),
            })),
        }
    }
}

/// What shows one object.
fn show(path: &[&str]) -> Option<Operation> {
    let operation = match path {
        ["checkout", "sessions", id] => Operation::ShowSession((*id).to_owned()),
        ["checkout", "sessions", id, "line_items"] => Operation::ShowLineItems((*id).to_owned()),
        ["refunds", id] => Operation::ShowRefund((*id).to_owned()),
        ["payment_intents", id] => Operation::ShowPayment((*id).to_owned()),
        ["charges", id] => Operation::ShowCharge((*id).to_owned()),
        ["disputes", id] => Operation::ShowDispute((*id).to_owned()),
        ["events", id] => Operation::ShowEvent((*id).to_owned()),
        _ => return None,
    };
    Some(operation)
}

fn no_such_url(call: &Call) -> Problem {
    Problem::NoSuchUrl {
        method: call.method.clone(),
        path: call.path.clone(),
    }
}
