use super::*;
use crate::fixtures::refund_id;
use crate::id::RefundId;
use crate::payment::{RefundOutcome, ReportedRefund};

fn due() -> RefundDue {
    RefundDue {
        id: refund_id(1),
        charge_id: charge_id(1),
        payment: ProviderReference::new("pi_1".into()),
        amount: usd(6_00),
    }
}

fn reported(id: Option<RefundId>, outcome: RefundOutcome) -> ReportedRefund {
    ReportedRefund {
        reference: ProviderReference::new("re_1".into()),
        id,
        order_id: None,
        amount: usd(6_00),
        outcome,
    }
}

fn with_a_refund_owed() -> Mocks {
    let mut mocks = Mocks {
        events: Some((MockPaymentEventFeed::new(), MockPaymentEventLog::new())),
        ..Mocks::default()
    };
    if let Some((feed, log)) = &mut mocks.events {
        log.expect_read_until().returning(|| Ok(Some(at(NOW))));
        feed.expect_events()
            .returning(|_| Ok(Some(ListedEvents::default())));
    }
    let owed = mocks.backlog.expect_refunds_owed();
    owed.return_once(|_| Ok(vec![due()]));
    mocks
}

fn expect_report(mocks: &mut Mocks, refund: ReportedRefund) {
    let payment = due().payment;
    let kind = PaymentEventKind::Refund { payment, refund };
    let apply = mocks.charges.expect_apply();
    apply
        .withf(move |request| request.event.kind == kind)
        .once()
        .returning(|_| Ok(Applied::Done));
}

#[test]
fn how_a_refund_stands_is_recorded_as_an_event() {
    for (outcome, refunded) in [
        (RefundOutcome::Pending, 1),
        (RefundOutcome::Given, 1),
        (RefundOutcome::Failed, 0),
    ] {
        let mut mocks = with_a_refund_owed();
        let answer = reported(Some(refund_id(1)), outcome);
        expect_report(&mut mocks, answer.clone());
        let refund = mocks.gateway.expect_refund();
        refund.return_once(|_| Ok(answer));
        assert_eq!(mocks.sweep().refunded, refunded, "{outcome}");
    }
}

#[test]
fn after_a_refusal_what_the_provider_has_refunded_is_recorded_before_an_alert_is_raised() {
    for (still_owed, is_new, raised) in [(true, true, 1), (true, false, 0), (false, true, 0)] {
        let mut mocks = with_a_refund_owed();
        let refund = mocks.gateway.expect_refund();
        refund.return_once(|_| Err(GatewayError::Refused("greater than unrefunded".into())));
        let by_operator = reported(None, RefundOutcome::Given);
        expect_report(&mut mocks, by_operator.clone());
        let refunds = mocks.gateway.expect_refunds();
        refunds.return_once(|_| Ok(vec![by_operator]));
        let postpone = mocks.backlog.expect_postpone_refund();
        postpone.return_once(move |_, _| Ok(still_owed));
        let alerts = mocks.alerts.expect_raise().times(usize::from(still_owed));
        alerts.returning(move |_, _| Ok(is_new));
        let sweep = mocks.sweep();
        assert_eq!(sweep.alerts.len(), raised);
        assert_eq!(sweep.postponed, u32::from(still_owed));
    }
}
