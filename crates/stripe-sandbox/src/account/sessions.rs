use super::data::Account;
use super::error::{ParamLocation, RequestError};
use crate::model::{
    Cause, Currency, EventType, LineItem, NewLineItem, NewSession, PaymentStatus, Session,
    SessionStatus,
};

/// Maximum and default time between the creation and the expiry of a session: 24 hours.
const MAX_SESSION_SECONDS: i64 = 24 * 60 * 60;

/// Maximum charge: eight digits.
const MAX_AMOUNT: i64 = 99_999_999;

impl Account {
    /// Opens a session and returns its id.
    pub(crate) fn open_session(
        &mut self,
        new: NewSession,
        cause: &Cause,
    ) -> Result<String, RequestError> {
        let total = total(new.currency, &new.items)?;
        let expires_at = self.expiry(new.expires_at, cause.now)?;
        let id = self.ids.session();
        let lines = new.items.into_iter().map(|item| self.line_item(item));
        let session = Session {
            id: id.clone(),
            created: cause.now,
            expires_at,
            status: SessionStatus::Open,
            paid: false,
            currency: new.currency,
            total,
            lines: lines.collect(),
            options: new.options,
            payment_intent: None,
            mode: "payment".to_owned(),
            livemode: false,
        };
        self.expirations.insert((expires_at, id.clone()));
        self.sessions.insert(session);
        Ok(id)
    }

    fn line_item(&mut self, item: NewLineItem) -> LineItem {
        LineItem {
            id: self.ids.line_item(),
            price: self.ids.price(),
            product: self.ids.product(),
            item,
        }
    }

    fn expiry(&self, requested: Option<i64>, now: i64) -> Result<i64, RequestError> {
        let latest = now.saturating_add(MAX_SESSION_SECONDS);
        let Some(requested) = requested else {
            return Ok(latest);
        };
        let minimum = self.settings.min_session_seconds;
        if requested < now.saturating_add(minimum) {
            let message = format!(
                "the `expires_at` timestamp must be at least {minimum} seconds from Checkout \
                 Session creation"
            );
            return Err(RequestError::invalid("expires_at", message));
        }
        if requested > latest {
            let message = "the `expires_at` timestamp must be less than 24 hours from Checkout \
                           Session creation";
            return Err(RequestError::invalid("expires_at", message));
        }
        Ok(requested)
    }

    /// Expires an open session before its time.
    pub(crate) fn expire_session(&mut self, id: &str, cause: &Cause) -> Result<(), RequestError> {
        let session = self.sessions.get(id, ParamLocation::Path("session"))?;
        if session.status != SessionStatus::Open {
            return Err(RequestError::SessionNotOpen {
                action: "expired",
                status: session.status.into_str(),
            });
        }
        self.expire(id, cause);
        Ok(())
    }

    /// Expires the sessions that are due. To be called before any other change at `now`.
    pub(crate) fn expire_due(&mut self, now: i64) {
        while let Some((due, id)) = self.expirations.first().cloned()
            && due <= now
        {
            self.expire(&id, &Cause::at(now));
        }
    }

    fn expire(&mut self, id: &str, cause: &Cause) {
        let Some(session) = self.sessions.find_mut(id) else {
            return;
        };
        session.status = SessionStatus::Expired;
        let payment = session.payment_intent.clone();
        self.expirations
            .remove(&(session.expires_at, id.to_owned()));
        if let Some(payment) = payment {
            self.cancel_payment(&payment, cause);
        }
        self.record_event(cause, id, EventType::SessionExpired, id);
    }

    /// Cancels the payment intent that a failed attempt has left with an expiring session.
    fn cancel_payment(&mut self, id: &str, cause: &Cause) {
        if let Some(payment) = self.payments.find_mut(id) {
            payment.status = PaymentStatus::Canceled;
            payment.canceled_at = Some(cause.now);
            let session = payment.session.clone();
            self.record_event(cause, &session, EventType::PaymentCanceled, id);
        }
    }

    /// Keeps a completed session from expiring.
    pub(super) fn cancel_expiration(&mut self, id: &str) {
        if let Some(session) = self.sessions.find(id) {
            self.expirations
                .remove(&(session.expires_at, id.to_owned()));
        }
    }
}

fn total(currency: Currency, items: &[NewLineItem]) -> Result<i64, RequestError> {
    let too_large = || RequestError::AmountTooLarge {
        maximum: currency.format(MAX_AMOUNT),
    };
    let mut total = 0_i64;
    for (index, item) in items.iter().enumerate() {
        if item.unit_amount % currency.increment() != 0 {
            let param = format!("line_items[{index}][price_data][unit_amount]");
            let message = format!(
                "amounts in {} must be multiples of {}",
                currency.code(),
                currency.increment()
            );
            return Err(RequestError::invalid(param, message));
        }
        let amount = item.amount().ok_or_else(too_large)?;
        total = total.checked_add(amount).ok_or_else(too_large)?;
    }
    if total > MAX_AMOUNT {
        return Err(too_large());
    }
    if total < currency.minimum_charge() {
        let minimum = currency.format(currency.minimum_charge());
        return Err(RequestError::AmountTooSmall { minimum });
    }
    Ok(total)
}
