use super::OrderState;
use super::tab::PaymentRoute;
use crate::money::Money;

/// Payment of an order as recorded: its charge, and its own refund.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PaymentRecord {
    /// URL of the provider's page for the charge; `None` until a session has been opened.
    pub session_url: Option<String>,
    /// Sum that the provider has returned of the charge; `None` without a charge.
    pub charge_refunded: Option<Money>,
    /// [`NewRefund::amount`](crate::payment::NewRefund::amount) of the order's refund; `None` until
    /// [`PaymentBacklog::record_refund`](crate::PaymentBacklog::record_refund) has recorded it.
    pub refund_sent: Option<Money>,
}

impl PaymentRecord {
    /// URL at which an order in `state` is paid; `None` once it no longer awaits payment.
    #[must_use]
    pub fn payment_url(self, state: OrderState) -> Option<String> {
        match state {
            OrderState::AwaitingPayment => self.session_url,
            _ => None,
        }
    }

    /// The part of the order's `total` that the provider has returned.
    ///
    /// The charge of a checkout pays for that order alone, and its refunds count up to the total. A charge
    /// for a tab pays for several orders, of which each has its own refund.
    #[must_use]
    pub fn refunded(&self, route: PaymentRoute, total: Money) -> Money {
        let minor = |refunded: Option<Money>| refunded.map_or(0, Money::minor);
        let refunded = match route {
            PaymentRoute::Checkout => minor(self.charge_refunded).min(total.minor()),
            PaymentRoute::Tab => minor(self.refund_sent),
        };
        Money::new(refunded, total.currency())
    }
}

#[cfg(test)]
mod tests {
    use strum::VariantArray;

    use super::*;
    use crate::fixtures::usd;

    fn record(charge_refunded: i64, refund_sent: i64) -> PaymentRecord {
        PaymentRecord {
            session_url: Some("https://pay.example.com/".to_owned()),
            charge_refunded: Some(usd(charge_refunded)),
            refund_sent: Some(usd(refund_sent)),
        }
    }

    #[test]
    fn an_order_has_a_payment_url_only_while_it_awaits_payment() {
        for &state in OrderState::ALL {
            let url = record(0, 0).payment_url(state);
            assert_eq!(
                url.is_some(),
                state == OrderState::AwaitingPayment,
                "{state:?}"
            );
        }
        let unopened = PaymentRecord::default();
        assert_eq!(unopened.payment_url(OrderState::AwaitingPayment), None);
    }

    #[test]
    fn refunds_of_the_charge_count_up_to_the_total_of_the_order() {
        let refunded = |charge| record(charge, 9_99).refunded(PaymentRoute::Checkout, usd(7_00));
        assert_eq!(refunded(0), usd(0));
        assert_eq!(refunded(6_99), usd(6_99));
        // The charge also carried a tab.
        assert_eq!(refunded(8_00), usd(7_00));
    }

    #[test]
    fn of_an_order_on_a_tab_its_own_refund_counts() {
        let refunded = record(8_00, 2_50).refunded(PaymentRoute::Tab, usd(3_00));
        assert_eq!(refunded, usd(2_50));
        let unpaid = PaymentRecord::default();
        for route in PaymentRoute::VARIANTS {
            assert_eq!(unpaid.refunded(*route, usd(3_00)), usd(0));
        }
    }
}
