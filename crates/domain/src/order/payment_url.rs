use super::OrderState;

/// URL at which an order in `state` is paid, if the session of its charge has this one; `None` once it no
/// longer awaits payment.
#[must_use]
pub fn payment_url(session_url: Option<String>, state: OrderState) -> Option<String> {
    session_url.filter(|_| state == OrderState::AwaitingPayment)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_has_a_payment_url_only_while_it_awaits_payment() {
        let url = || Some("https://pay.example.com/".to_owned());
        for &state in OrderState::ALL {
            let expected = url().filter(|_| state == OrderState::AwaitingPayment);
            assert_eq!(payment_url(url(), state), expected, "{state:?}");
        }
        assert_eq!(payment_url(None, OrderState::AwaitingPayment), None);
    }
}
