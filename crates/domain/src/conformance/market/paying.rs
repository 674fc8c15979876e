//! Charges, events and refunds.

use super::Market;
use crate::conformance::check::Checked;
use crate::conformance::values::at;
use crate::id::{AccountId, ChargeId, ListingId, OrderId, RefundId, TokenId};
use crate::money::Money;
use crate::order::Order;
use crate::payment::{
    Charge, ChargeOrder, ChargeTab, CheckoutSession, DisputeState, EventId, Payment, PaymentEvent,
    PaymentEventKind, ProviderReference, RefundDue, RefundOutcome, ReportedDispute, ReportedRefund,
};
use crate::policy::{Claim, SweepPolicy};
use crate::ports::{Applied, ApplyEvent, OpenChargeError, OverdueCharge};

/// Reference of the payment of a charge.
pub(in crate::conformance) fn payment_of(charge: ChargeId) -> ProviderReference {
    ProviderReference::new(format!("pi_{charge}"))
}

/// Reference of the session of a charge.
pub(in crate::conformance) fn session_of(charge: ChargeId) -> ProviderReference {
    ProviderReference::new(format!("cs_{charge}"))
}

/// The event that a charge was paid in full.
pub(in crate::conformance) fn paid(charge: &Charge) -> Checked<PaymentEventKind> {
    Ok(paid_with(charge.id, charge.total()?))
}

pub(in crate::conformance) fn paid_with(charge: ChargeId, amount: Money) -> PaymentEventKind {
    let payment = Payment {
        reference: payment_of(charge),
        amount,
    };
    PaymentEventKind::Paid {
        charge_id: Some(charge),
        session: session_of(charge),
        payment,
    }
}

pub(in crate::conformance) fn expired(charge: ChargeId) -> PaymentEventKind {
    PaymentEventKind::Expired {
        charge_id: Some(charge),
        session: session_of(charge),
    }
}

pub(in crate::conformance) fn failed(charge: ChargeId) -> PaymentEventKind {
    PaymentEventKind::Failed {
        charge_id: Some(charge),
        session: session_of(charge),
    }
}

/// The report of the sum of all refunds.
pub(in crate::conformance) fn given_back(charge: ChargeId, refunded: Money) -> PaymentEventKind {
    let payment = payment_of(charge);
    PaymentEventKind::Refunded { payment, refunded }
}

/// The report of a refund that was owed.
pub(in crate::conformance) fn sent(
    due: &RefundDue,
    name: &str,
    outcome: RefundOutcome,
) -> PaymentEventKind {
    PaymentEventKind::Refund {
        payment: due.payment.clone(),
        refund: ReportedRefund {
            reference: ProviderReference::new(name.to_owned()),
            id: Some(due.id),
            order_id: None,
            amount: due.amount,
            outcome,
        },
    }
}

/// The report of a refund that an operator has made at the provider.
pub(in crate::conformance) fn by_operator(
    charge: ChargeId,
    name: &str,
    amount: Money,
    outcome: RefundOutcome,
) -> PaymentEventKind {
    PaymentEventKind::Refund {
        payment: payment_of(charge),
        refund: ReportedRefund {
            reference: ProviderReference::new(name.to_owned()),
            id: None,
            order_id: None,
            amount,
            outcome,
        },
    }
}

/// The report of a dispute about an amount.
pub(in crate::conformance) fn dispute_of(
    charge: ChargeId,
    name: &str,
    amount: Money,
    state: DisputeState,
) -> PaymentEventKind {
    PaymentEventKind::Dispute {
        payment: payment_of(charge),
        dispute: ReportedDispute {
            reference: ProviderReference::new(format!("{name}_{charge}")),
            amount,
            state,
            is_known: true,
        },
    }
}

/// The report of a dispute about all of a payment.
pub(in crate::conformance) fn dispute(
    charge: &Charge,
    state: DisputeState,
) -> Checked<PaymentEventKind> {
    Ok(dispute_of(charge.id, "du", charge.total()?, state))
}

impl Market {
    pub(in crate::conformance) async fn ask_to_charge(
        &self,
        order_id: OrderId,
        buyer_id: AccountId,
        seconds: i64,
    ) -> Result<Charge, OpenChargeError> {
        let at = at(seconds);
        let request = ChargeOrder {
            charge_id: ChargeId::mint(at, &self.ids),
            order_id,
            buyer_id: Some(buyer_id),
            at,
            network: None,
        };
        self.stores.payments.charge_order(request).await
    }

    /// The charge of an order of the buyer's.
    pub(in crate::conformance) async fn charge(
        &self,
        order: &Order,
        seconds: i64,
    ) -> Checked<Charge> {
        Ok(self
            .ask_to_charge(order.id, order.buyer_id, seconds)
            .await?)
    }

    pub(in crate::conformance) async fn ask_to_charge_tab(
        &self,
        seconds: i64,
    ) -> Result<Charge, OpenChargeError> {
        let at = at(seconds);
        let request = ChargeTab {
            charge_id: ChargeId::mint(at, &self.ids),
            buyer_id: self.buyer,
            at,
            network: None,
        };
        self.stores.payments.charge_tab(request).await
    }

    /// Records a session for a charge, with a reference of its own.
    pub(in crate::conformance) async fn open_session(
        &self,
        charge: &Charge,
    ) -> Checked<CheckoutSession> {
        let session = CheckoutSession {
            reference: session_of(charge.id),
            url: format!("https://pay.example.com/{}", charge.id),
        };
        let recorded = self
            .stores
            .payments
            .record_session(charge.id, session.clone());
        recorded.await?;
        Ok(session)
    }

    /// Buys units that are paid through a checkout, and opens the session.
    pub(in crate::conformance) async fn check_out(
        &self,
        listing: ListingId,
        units: i64,
        seconds: i64,
    ) -> Checked<(Order, Charge)> {
        let order = self.buy(listing, units, seconds).await?;
        let charge = self.charge(&order, seconds).await?;
        self.open_session(&charge).await?;
        Ok((order, charge))
    }

    /// Buys units and pays for them.
    pub(in crate::conformance) async fn buy_and_pay(
        &self,
        listing: ListingId,
        units: i64,
        seconds: i64,
    ) -> Checked<(Order, Charge)> {
        let (order, charge) = self.check_out(listing, units, seconds).await?;
        self.apply(paid(&charge)?, seconds).await?;
        Ok((self.find(&order).await?, charge))
    }

    /// Buys one unit on the tab, and four through a checkout whose charge carries it, and pays the charge at
    /// 3 seconds. Returns the small order, the other, and the charge.
    pub(in crate::conformance) async fn pay_order_and_tab(
        &self,
        listing: ListingId,
    ) -> Checked<(Order, Order, Charge)> {
        let small = self.buy(listing, 1, 1).await?;
        let (order, charge) = self.check_out(listing, 4, 2).await?;
        self.apply(paid(&charge)?, 3).await?;
        Ok((small, order, charge))
    }

    /// An event with an id of its own, which happened and was received at the same time.
    pub(in crate::conformance) fn event(&self, kind: PaymentEventKind, seconds: i64) -> ApplyEvent {
        let at = at(seconds);
        ApplyEvent {
            event: PaymentEvent {
                id: EventId::new(format!("evt_{}", self.ids.next())),
                at,
                kind,
            },
            refund_id: RefundId::mint(at, &self.ids),
            token_id: TokenId::mint(at, &self.ids),
            at,
        }
    }

    /// Applies an event of its own id.
    pub(in crate::conformance) async fn apply(
        &self,
        kind: PaymentEventKind,
        seconds: i64,
    ) -> Checked<Applied> {
        self.receive(self.event(kind, seconds)).await
    }

    pub(in crate::conformance) async fn receive(&self, event: ApplyEvent) -> Checked<Applied> {
        Ok(self.stores.payments.apply(event).await?)
    }

    /// Claims the refunds that are owed, for 30 seconds.
    pub(in crate::conformance) async fn owed(&self, seconds: i64) -> Checked<Vec<RefundDue>> {
        let claim = claim_at(seconds, 100);
        Ok(self.stores.backlog.refunds_owed(claim).await?)
    }

    /// Claims the charges that are overdue, for 30 seconds.
    pub(in crate::conformance) async fn overdue(
        &self,
        seconds: i64,
    ) -> Checked<Vec<OverdueCharge>> {
        let claim = claim_at(seconds, 100);
        Ok(self.stores.backlog.overdue(claim).await?)
    }

    pub(in crate::conformance) async fn close(&self, charge: ChargeId, seconds: i64) -> Checked {
        Ok(self.stores.backlog.close(charge, at(seconds)).await?)
    }
}

/// A claim for 30 seconds.
pub(in crate::conformance) fn claim_at(seconds: i64, limit: u16) -> Claim {
    Claim {
        limit,
        ..SweepPolicy::default().claim_at(at(seconds))
    }
}
