//! What the page of an order says about complaints.

use udam_domain::complaint::Complaint;
use udam_domain::id::AccountId;
use udam_domain::order::{Fulfillment, Order};

use crate::error::PageError;
use crate::form::Form;
use crate::format;
use crate::request::Request;

/// What the page of an order says about complaints. Only its buyer sees any of it.
#[derive(Default)]
pub(in crate::pages) struct Complaining {
    /// The form to complain with, with its errors; `None` while a complaint is open.
    pub(super) form: Option<Form>,
    /// The latest complaint.
    pub(super) sent: Option<Sent>,
}

/// A complaint that was sent.
pub(super) struct Sent {
    pub(super) reason: String,
    /// What has become of it, as a sentence.
    pub(super) outcome: String,
}

impl Complaining {
    /// What the viewer of an order can do, and has done.
    pub(super) async fn of(
        request: &Request,
        order: &Order,
        viewer: AccountId,
    ) -> Result<Self, PageError> {
        if order.buyer_id != viewer || order.state.fulfillment() == Fulfillment::Never {
            return Ok(Self::default());
        }
        let complaints = &request.marketplace().complaints;
        let sent = complaints.latest(order.id, viewer).await?;
        let is_open = sent.as_ref().is_some_and(Complaint::is_open);
        Ok(Self {
            form: (!is_open).then(Form::default),
            sent: sent.map(Sent::from),
        })
    }
}

impl Complaining {
    /// Shows the form as it was submitted, with its errors, unless there is none to show.
    pub(in crate::pages) fn show_again(&mut self, submitted: Form) {
        if let Some(form) = &mut self.form {
            *form = submitted;
        }
    }
}

impl From<Complaint> for Sent {
    fn from(complaint: Complaint) -> Self {
        let sent = format::instant(complaint.sent_at);
        let outcome = match complaint.resolved_at {
            Some(at) => format!("Sent on {sent}, resolved on {}.", format::instant(at)),
            None => format!("Sent on {sent}. The operator has yet to resolve it."),
        };
        Self {
            reason: complaint.reason.to_string(),
            outcome,
        }
    }
}
