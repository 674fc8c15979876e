use super::{Move, NewOrder, Order, OrderState, StockEffect};
use crate::money::Money;
use crate::units::Units;

/// Change of a listing's stock and of its revenue. No field exceeds the sum over one batch of orders, and
/// `available`, `held` and `sold` add up to zero. Over the life of an order, its units are sold exactly while
/// [`OrderState::is_sold`] says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct StockDelta {
    /// Change of the units on sale.
    pub available: i64,
    /// Change of the units held for orders that await payment.
    pub held: i64,
    /// Change of the units sold.
    pub sold: i64,
    /// Change of the revenue, in minor units of the order's currency.
    pub revenue_minor: i64,
}

impl StockDelta {
    /// Change made by placing an order.
    #[must_use]
    pub fn of_new(order: &NewOrder) -> Self {
        let units = count(order.units);
        let (held, sold) = if order.state.holds_units() {
            (units, 0)
        } else {
            (0, units)
        };
        Self {
            available: units.saturating_neg(),
            held,
            sold,
            revenue_minor: revenue(order.state, order.total),
        }
    }

    /// Change made by moving `order` by `step`.
    #[must_use]
    pub fn of_move(order: &Order, step: Move) -> Self {
        let units = count(order.units);
        let (available, held, sold) = match step.stock {
            StockEffect::None => (0, 0, 0),
            StockEffect::HeldToSold => (0, units.saturating_neg(), units),
            StockEffect::HeldToAvailable => (units, units.saturating_neg(), 0),
            StockEffect::AvailableToSold => (units.saturating_neg(), 0, units),
            StockEffect::SoldToAvailable => (units, 0, units.saturating_neg()),
        };
        let before = revenue(order.state, order.total);
        Self {
            available,
            held,
            sold,
            revenue_minor: revenue(step.to, order.total).saturating_sub(before),
        }
    }

    /// Both changes together.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self {
            available: self.available.saturating_add(other.available),
            held: self.held.saturating_add(other.held),
            sold: self.sold.saturating_add(other.sold),
            revenue_minor: self.revenue_minor.saturating_add(other.revenue_minor),
        }
    }
}

fn count(units: Units) -> i64 {
    i64::from(units.get())
}

fn revenue(state: OrderState, total: Money) -> i64 {
    if state.is_revenue() { total.minor() } else { 0 }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::fixtures::{account_id, at, listing_id, order_id, units, usd};
    use crate::order::PaymentRoute;
    use crate::order::{
        OrderEvent, ReturnedUnits, StockOnHand, TokenEffect, Transition, transition,
    };

    const UNITS: i64 = 3;
    const TOTAL: i64 = 4_50;

    fn order(state: OrderState) -> NewOrder {
        NewOrder {
            id: order_id(1),
            buyer_id: account_id(2),
            seller_id: account_id(1),
            listing_id: listing_id(1),
            units: units(UNITS),
            price_per_unit: usd(1_50),
            total: usd(TOTAL),
            route: PaymentRoute::Checkout,
            state,
            lapses_at: None,
            token: None,
            terms: None,
            idempotency_key: None,
            network: None,
            placed_at: at(0),
        }
    }

    #[test]
    fn a_new_order_takes_its_units_and_counts_as_revenue_once_it_is_fulfilled() {
        let held = StockDelta::of_new(&order(OrderState::AwaitingPayment));
        let expected = StockDelta {
            available: -UNITS,
            held: UNITS,
            ..StockDelta::default()
        };
        assert_eq!(held, expected);
        let sold = StockDelta::of_new(&order(OrderState::Fulfilled));
        let expected = StockDelta {
            available: -UNITS,
            sold: UNITS,
            revenue_minor: TOTAL,
            ..StockDelta::default()
        };
        assert_eq!(sold, expected);
    }

    fn events() -> impl Strategy<Value = Vec<OrderEvent>> {
        let event = prop::sample::select(vec![
            OrderEvent::Paid(StockOnHand::Enough),
            OrderEvent::Paid(StockOnHand::Short),
            OrderEvent::Lapsed,
            OrderEvent::Canceled,
            OrderEvent::PaymentFailed,
            OrderEvent::Refunded(ReturnedUnits::ForSale),
            OrderEvent::Refunded(ReturnedUnits::StaySold),
            OrderEvent::DisputeLost,
        ]);
        prop::collection::vec(event, 0..12)
    }

    proptest! {
        #[test]
        fn over_any_history_units_match_the_states_of_orders_and_none_are_lost(
            served_at_once in any::<bool>(),
            history in events(),
        ) {
            let first = if served_at_once { OrderState::Fulfilled } else { OrderState::AwaitingPayment };
            let new = order(first);
            let mut sum = StockDelta::of_new(&new);
            let mut order = new.into_order("Weather".parse().unwrap());
            let (mut had_token, mut returned) = (served_at_once, ReturnedUnits::StaySold);
            for event in history {
                let Transition::Move(step) = transition(order.state, event) else { continue };
                sum = sum.plus(StockDelta::of_move(&order, step));
                order.state = step.to;
                had_token |= step.token == TokenEffect::Issue;
                if step.stock == StockEffect::SoldToAvailable {
                    returned = ReturnedUnits::ForSale;
                }
                let sold = if order.state.is_sold(had_token, returned) { UNITS } else { 0 };
                prop_assert_eq!(sum.sold, sold);
                let held = if order.state.holds_units() { UNITS } else { 0 };
                let revenue = if order.state.is_revenue() { TOTAL } else { 0 };
                prop_assert_eq!((sum.held, sum.revenue_minor), (held, revenue));
                prop_assert_eq!(sum.available + sum.held + sum.sold, 0);
            }
        }
    }
}
