use serde_json::Value;

use super::data::Account;
use super::error::{ParamLocation, RequestError};
use crate::model::{
    Cause, ChargeStatus, EventType, NewEvent, RepeatedPayment, Session, SessionStatus,
};
use crate::objects;

impl Account {
    /// Pays for what a session is for by another payment intent, whatever has become of the session.
    /// Returns the second session, as its event has it.
    ///
    /// A second session that has the id of a known one is not stored: only the event tells of it.
    pub(crate) fn pay_again(
        &mut self,
        id: &str,
        repeat: RepeatedPayment,
        cause: &Cause,
    ) -> Result<Value, RequestError> {
        let first = self.sessions.get(id, ParamLocation::Path("session"))?;
        let mut second = Session {
            created: cause.now,
            status: SessionStatus::Complete,
            paid: true,
            total: repeat.amount.unwrap_or(first.total),
            currency: repeat.currency.unwrap_or(first.currency),
            mode: repeat.mode.unwrap_or_else(|| first.mode.clone()),
            livemode: repeat.livemode,
            payment_intent: None,
            ..first.clone()
        };
        second.id = repeat.session.unwrap_or_else(|| self.ids.session());
        let (payment, charge) = self.attempt(second.clone(), ChargeStatus::Succeeded, cause);
        second.payment_intent = Some(payment.clone());
        self.record_event(cause, &second.id, EventType::PaymentSucceeded, &payment);
        self.record_event(cause, &second.id, EventType::ChargeSucceeded, &charge);
        let object = objects::session(&second, &self.settings.page_base_url);
        let completed = NewEvent {
            kind: EventType::SessionCompleted.into_str().to_owned(),
            object: object.clone(),
            created: None,
            livemode: second.livemode,
        };
        self.record_new(completed, &second.id, cause);
        if self.sessions.find(&second.id).is_none() {
            self.sessions.insert(second);
        }
        Ok(object)
    }
}
