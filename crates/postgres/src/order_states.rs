use udam_domain::order::{Fulfillment, OrderState};

/// Names of the states of orders that have been fulfilled in this way.
pub(crate) fn states(fulfillment: Fulfillment) -> Vec<&'static str> {
    states_where(|state| state.fulfillment() == fulfillment)
}

/// Names of the states of orders that satisfy a condition.
pub(crate) fn states_where(condition: impl Fn(OrderState) -> bool) -> Vec<&'static str> {
    let all = OrderState::ALL.iter().copied();
    all.filter(|state| condition(*state))
        .map(Into::into)
        .collect()
}
