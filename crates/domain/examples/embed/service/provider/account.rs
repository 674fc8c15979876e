//! What happens at the provider: buyers pay, operators refund, banks dispute.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use udam_domain::Clock;
use udam_domain::id::{ChargeId, RefundId};
use udam_domain::money::Money;
use udam_domain::payment::{
    CheckoutSession, DisputeState, EventId, Payment, PaymentEvent, PaymentEventKind,
    ProviderReference, ReportedDispute, ReportedRefund, SessionStatus,
};

/// A payment provider.
pub(crate) struct Provider {
    clock: Arc<dyn Clock>,
    account: Mutex<Account>,
}

/// What the provider keeps of the marketplace.
#[derive(Default)]
pub(super) struct Account {
    /// By the charge that they are for.
    pub(super) sessions: BTreeMap<ChargeId, Session>,
    pub(super) refunds: BTreeMap<RefundId, (ProviderReference, ReportedRefund)>,
    pub(super) events: Vec<PaymentEvent>,
    /// Number of events whose webhooks were sent or lost.
    sent: usize,
    pub(super) is_down: bool,
}

pub(super) struct Session {
    pub(super) page: CheckoutSession,
    pub(super) total: Money,
    pub(super) status: SessionStatus,
    pub(super) refunded: Money,
}

impl Provider {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        let account = Mutex::default();
        Self { clock, account }
    }

    /// Takes the provider down, or brings it back.
    pub(crate) fn set_down(&self, is_down: bool) {
        self.account().is_down = is_down;
    }

    /// The buyer pays at this URL, even if the session has expired: a bank was slow.
    pub(crate) fn pay(&self, url: &str) {
        let mut account = self.account();
        let mut sessions = account.sessions.iter_mut();
        let Some((id, session)) = sessions.find(|(_, known)| known.page.url == url) else {
            return;
        };
        let payment = Payment {
            reference: payment_of(*id),
            amount: session.total,
        };
        session.status = SessionStatus::Paid(payment.clone());
        let kind = PaymentEventKind::Paid {
            charge_id: Some(*id),
            session: session.page.reference.clone(),
            payment,
        };
        self.tell(&mut account, kind);
    }

    /// An operator gives back so much of the payment made at this URL.
    pub(crate) fn refund_at(&self, url: &str, amount: Money) {
        let mut account = self.account();
        if let Some(id) = account.paid_at(url) {
            self.give(&mut account, id, amount);
        }
    }

    /// The buyer's bank disputes the payment made at this URL, or decides the dispute.
    pub(crate) fn dispute(&self, url: &str, state: DisputeState) {
        let mut account = self.account();
        let Some(id) = account.paid_at(url) else {
            return;
        };
        let Some(amount) = account.sessions.get(&id).map(|session| session.total) else {
            return;
        };
        let dispute = ReportedDispute {
            reference: ProviderReference::new(format!("dispute_{id}")),
            amount,
            state,
            is_known: true,
        };
        let payment = payment_of(id);
        self.tell(&mut account, PaymentEventKind::Dispute { payment, dispute });
    }

    /// The bodies of the webhooks that are to be sent now.
    pub(crate) fn webhooks(&self) -> Vec<Vec<u8>> {
        let mut account = self.account();
        let new = account.events.iter().skip(account.sent);
        let bodies = new.map(|event| event.id.as_str().as_bytes().to_vec());
        let bodies = bodies.collect();
        account.sent = account.events.len();
        bodies
    }

    pub(super) fn account(&self) -> MutexGuard<'_, Account> {
        self.account.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives money back, and tells the sum given back so far.
    pub(super) fn give(&self, account: &mut Account, id: ChargeId, amount: Money) {
        let Some(session) = account.sessions.get_mut(&id) else {
            return;
        };
        let sum = session.refunded.minor().saturating_add(amount.minor());
        session.refunded = Money::new(sum, amount.currency());
        let (payment, refunded) = (payment_of(id), session.refunded);
        self.tell(account, PaymentEventKind::Refunded { payment, refunded });
    }

    pub(super) fn tell(&self, account: &mut Account, kind: PaymentEventKind) {
        let id = EventId::new(format!("evt_{}", account.events.len()));
        let at = self.clock.now();
        account.events.push(PaymentEvent { id, at, kind });
    }
}

impl Account {
    /// The charge that was paid at this URL.
    fn paid_at(&self, url: &str) -> Option<ChargeId> {
        let mut sessions = self.sessions.iter();
        let found = sessions.find(|(_, known)| known.page.url == url);
        found.map(|(id, _)| *id)
    }

    /// The charge with this session.
    pub(super) fn charge_of(&self, session: &ProviderReference) -> Option<ChargeId> {
        let mut sessions = self.sessions.iter();
        let found = sessions.find(|(_, known)| known.page.reference == *session);
        found.map(|(id, _)| *id)
    }
}

/// The provider's reference of the payment of a charge.
pub(super) fn payment_of(charge: ChargeId) -> ProviderReference {
    ProviderReference::new(format!("pay_{charge}"))
}
