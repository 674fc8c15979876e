use async_trait::async_trait;
use udam_domain::id::ChargeId;
use udam_domain::money::Money;
use udam_domain::payment::{
    Charge, CheckoutSession, PaymentEventKind, ProviderReference, RefundDue, RefundOutcome,
    ReportedRefund, SessionReport, SessionStatus,
};
use udam_domain::{GatewayError, PaymentGateway};

use super::account::{Account, Provider, Session};

#[async_trait]
impl PaymentGateway for Provider {
    async fn open_session(&self, charge: &Charge) -> Result<CheckoutSession, GatewayError> {
        let mut account = self.account();
        account.is_up()?;
        let total = charge
            .total()
            .map_err(|error| GatewayError::Refused(error.into()))?;
        let number = account.sessions.len();
        let known = account
            .sessions
            .entry(charge.id)
            .or_insert_with(|| Session {
                page: CheckoutSession {
                    reference: ProviderReference::new(format!("session_{number}")),
                    url: format!("https://pay.example.com/{number}"),
                },
                total,
                status: SessionStatus::Open,
                refunded: Money::zero(total.currency()),
            });
        Ok(known.page.clone())
    }

    async fn expire_session(
        &self,
        session: &ProviderReference,
    ) -> Result<SessionReport, GatewayError> {
        let mut account = self.account();
        account.is_up()?;
        let id = account.charge_of(session).ok_or_else(unknown)?;
        let known = account.sessions.get_mut(&id).ok_or_else(unknown)?;
        if known.status == SessionStatus::Open {
            known.status = SessionStatus::Expired;
            let kind = PaymentEventKind::Expired {
                charge_id: Some(id),
                session: session.clone(),
            };
            self.tell(&mut account, kind);
        }
        account.report(id)
    }

    async fn session(&self, session: &ProviderReference) -> Result<SessionReport, GatewayError> {
        let account = self.account();
        account.is_up()?;
        account.report(account.charge_of(session).ok_or_else(unknown)?)
    }

    async fn refund(&self, refund: &RefundDue) -> Result<ReportedRefund, GatewayError> {
        let mut account = self.account();
        account.is_up()?;
        if let Some((_, given)) = account.refunds.get(&refund.id) {
            return Ok(given.clone());
        }
        self.give(&mut account, refund.charge_id, refund.amount);
        let given = ReportedRefund {
            reference: ProviderReference::new(format!("refund_{}", refund.id)),
            id: Some(refund.id),
            order_id: None,
            amount: refund.amount,
            outcome: RefundOutcome::Given,
        };
        let payment = refund.payment.clone();
        account.refunds.insert(refund.id, (payment, given.clone()));
        Ok(given)
    }

    async fn refunds(
        &self,
        payment: &ProviderReference,
    ) -> Result<Vec<ReportedRefund>, GatewayError> {
        let account = self.account();
        account.is_up()?;
        let refunds = account.refunds.values();
        let of_payment = refunds.filter(|(of, _)| of == payment);
        Ok(of_payment.map(|(_, refund)| refund.clone()).collect())
    }
}

impl Account {
    fn is_up(&self) -> Result<(), GatewayError> {
        if self.is_down {
            return Err(GatewayError::Unavailable("the provider is down".into()));
        }
        Ok(())
    }

    fn report(&self, id: ChargeId) -> Result<SessionReport, GatewayError> {
        let known = self.sessions.get(&id).ok_or_else(unknown)?;
        Ok(SessionReport {
            charge_id: Some(id),
            reference: known.page.reference.clone(),
            status: known.status.clone(),
        })
    }
}

fn unknown() -> GatewayError {
    GatewayError::Refused("there is no such session".into())
}
