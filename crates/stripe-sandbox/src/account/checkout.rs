//! Opening and ending Checkout sessions.

use super::event::{EventKind, Occasion};
use super::payment::PaymentStatus;
use super::refusal::{Place, Refusal};
use super::session::{Line, NewSession, Session, SessionStatus};
use super::{Account, Currency, Item};

/// How long a session may stay open, which is also how long it does unless told otherwise.
const LONGEST_SESSION: i64 = 24 * 60 * 60;

/// Stripe takes amounts of up to eight digits.
const MOST: i64 = 99_999_999;

impl Account {
    /// Opens a session; its id.
    pub(crate) fn open_session(
        &mut self,
        wanted: NewSession,
        occasion: &Occasion,
    ) -> Result<String, Refusal> {
        let total = total(wanted.currency, &wanted.items)?;
        let expires_at = self.end_of_session(wanted.expires_at, occasion.now)?;
        let id = self.ids.session();
        let lines = wanted.items.into_iter().map(|item| self.line(item));
        let session = Session {
            id: id.clone(),
            created: occasion.now,
            expires_at,
            status: SessionStatus::Open,
            paid: false,
            currency: wanted.currency,
            total,
            lines: lines.collect(),
            terms: wanted.terms,
            payment_intent: None,
        };
        self.due.insert((expires_at, id.clone()));
        self.sessions.put(session);
        Ok(id)
    }

    fn line(&mut self, item: Item) -> Line {
        Line {
            id: self.ids.line_item(),
            price: self.ids.price(),
            product: self.ids.product(),
            item,
        }
    }

    fn end_of_session(&self, wanted: Option<i64>, now: i64) -> Result<i64, Refusal> {
        let latest = now.saturating_add(LONGEST_SESSION);
        let Some(wanted) = wanted else {
            return Ok(latest);
        };
        let shortest = self.rules.shortest_session;
        if wanted < now.saturating_add(shortest) {
            let why = format!(
                "the `expires_at` timestamp must be at least {shortest} seconds from Checkout \
                 Session creation"
            );
            return Err(Refusal::invalid("expires_at", why));
        }
        if wanted > latest {
            let why = "the `expires_at` timestamp must be less than 24 hours from Checkout Session \
                       creation";
            return Err(Refusal::invalid("expires_at", why));
        }
        Ok(wanted)
    }

    /// Ends an open session before its time.
    pub(crate) fn expire_session(&mut self, id: &str, occasion: &Occasion) -> Result<(), Refusal> {
        let session = self.sessions.named(id, Place::Path("session"))?;
        if session.status != SessionStatus::Open {
            return Err(Refusal::SessionNotOpen {
                wanted: "expired",
                status: session.status.name(),
            });
        }
        self.end(id, occasion);
        Ok(())
    }

    /// Ends the sessions whose time has come. To be called before anything else is done at a time.
    pub(crate) fn expire_due(&mut self, now: i64) {
        while let Some((due, id)) = self.due.first().cloned()
            && due <= now
        {
            self.end(&id, &Occasion::at(now));
        }
    }

    fn end(&mut self, id: &str, occasion: &Occasion) {
        let Some(session) = self.sessions.find_mut(id) else {
            return;
        };
        session.status = SessionStatus::Expired;
        let payment = session.payment_intent.clone();
        self.due.remove(&(session.expires_at, id.to_owned()));
        if let Some(payment) = payment {
            self.cancel(&payment, occasion);
        }
        self.announce(occasion, id, EventKind::SessionExpired, id);
    }

    /// An attempt that failed earlier leaves an intent behind, which ends with its session.
    fn cancel(&mut self, id: &str, occasion: &Occasion) {
        if let Some(payment) = self.payments.find_mut(id) {
            payment.status = PaymentStatus::Canceled;
            payment.canceled_at = Some(occasion.now);
            let session = payment.session.clone();
            self.announce(occasion, &session, EventKind::PaymentCanceled, id);
        }
    }

    /// Takes a session off the list of those that time ends.
    pub(super) fn forget_end(&mut self, id: &str) {
        if let Some(session) = self.sessions.find(id) {
            self.due.remove(&(session.expires_at, id.to_owned()));
        }
    }
}

fn total(currency: Currency, items: &[Item]) -> Result<i64, Refusal> {
    let too_large = || Refusal::AmountTooLarge {
        most: currency.write(MOST),
    };
    let mut total = 0_i64;
    for (index, item) in items.iter().enumerate() {
        if item.unit_amount % currency.step() != 0 {
            let param = format!("line_items[{index}][price_data][unit_amount]");
            let why = format!(
                "amounts in {} must be multiples of {}",
                currency.code(),
                currency.step()
            );
            return Err(Refusal::invalid(param, why));
        }
        let amount = item.amount().ok_or_else(too_large)?;
        total = total.checked_add(amount).ok_or_else(too_large)?;
    }
    if total > MOST {
        return Err(too_large());
    }
    if total < currency.least() {
        let least = currency.write(currency.least());
        return Err(Refusal::AmountTooSmall { least });
    }
    Ok(total)
}
