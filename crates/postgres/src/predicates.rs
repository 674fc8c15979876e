//! Conditions under which rows are in a partial index: the one place where SQL names states.
//!
//! The planner takes such an index only if it can prove, while it plans, that the query's condition implies
//! the index's. Statements that run in a transaction are planned once for all parameters
//! ([`transaction`](crate::transaction)), so that a state given as one proves nothing. Everywhere else,
//! states are parameters. The indexes are in `migrations/`; `tests/it/plans` holds that they are used.

/// Orders that were put on the tab and not refunded, whether or not they are paid.
macro_rules! put_on_tab {
    ($orders:literal) => {
        concat!(
            $orders,
            ".route = 'tab' AND ",
            $orders,
            ".state = 'fulfilled'"
        )
    };
}

/// Orders that are on the tab and that no charge carries: `orders_on_tab_idx`.
macro_rules! on_tab {
    ($orders:literal) => {
        concat!(
            $crate::predicates::put_on_tab!($orders),
            " AND ",
            $orders,
            ".charge_id IS NULL"
        )
    };
}

/// Orders that await payment: `orders_lapses_at_idx`.
macro_rules! awaits_payment {
    ($orders:literal) => {
        concat!($orders, ".state = 'awaiting_payment'")
    };
}

/// Open charges of a tab alone: `charges_open_tab_idx`.
macro_rules! open_tab_charge {
    ($charges:literal) => {
        concat!(
            $charges,
            ".order_id IS NULL AND ",
            $charges,
            ".state = 'open'"
        )
    };
}

/// Open charges that carry a part of a tab: `charges_open_carrying_idx`.
macro_rules! open_carrying_charge {
    ($charges:literal) => {
        concat!($charges, ".state = 'open' AND ", $charges, ".tab_minor > 0")
    };
}

/// Paid charges that carried a part of a tab: `charges_paid_carrying_idx`.
macro_rules! paid_carrying_charge {
    ($charges:literal) => {
        concat!($charges, ".state = 'paid' AND ", $charges, ".tab_minor > 0")
    };
}

/// Listings on sale: `listings_on_sale_newest_idx` and its siblings by price.
macro_rules! on_sale {
    ($listings:literal) => {
        concat!($listings, ".state = 'active'")
    };
}

/// Listings in the catalogue: those on sale, but for what operators have suspended. The suspended accounts are few, and read once
/// for all rows.
macro_rules! in_catalogue {
    ($listings:literal) => {
        concat!(
            $crate::predicates::on_sale!($listings),
            " AND ",
            $listings,
            ".suspended_at IS NULL AND ",
            $listings,
            ".seller_id <> ALL (ARRAY(SELECT a.id FROM accounts a WHERE a.suspended_at IS NOT NULL))"
        )
    };
}

/// Refunds that are owed and not sent: `refunds_owed_idx`.
macro_rules! is_owed {
    ($refunds:literal) => {
        concat!($refunds, ".state = 'owed'")
    };
}

pub(crate) use {
    awaits_payment, in_catalogue, is_owed, on_sale, on_tab, open_carrying_charge, open_tab_charge,
    paid_carrying_charge, put_on_tab,
};

#[cfg(test)]
mod tests {
    use udam_domain::listing::ListingState;
    use udam_domain::order::{OrderState, PaymentRoute};
    use udam_domain::payment::{ChargeState, RefundState};

    #[test]
    fn the_states_are_those_of_the_domain() {
        let (tab, open) = (PaymentRoute::Tab, ChargeState::Open);
        let fulfilled = OrderState::Fulfilled;
        let awaiting = OrderState::AwaitingPayment;
        let on_tab =
            format!("o.route = '{tab}' AND o.state = '{fulfilled}' AND o.charge_id IS NULL");
        assert_eq!(on_tab!("o"), on_tab);
        assert_eq!(awaits_payment!("o"), format!("o.state = '{awaiting}'"));
        let open_tab = format!("c.order_id IS NULL AND c.state = '{open}'");
        assert_eq!(open_tab_charge!("c"), open_tab);
        let open_carrying = format!("c.state = '{open}' AND c.tab_minor > 0");
        assert_eq!(open_carrying_charge!("c"), open_carrying);
        let paid = ChargeState::Paid;
        let paid_carrying = format!("c.state = '{paid}' AND c.tab_minor > 0");
        assert_eq!(paid_carrying_charge!("c"), paid_carrying);
        let owed = RefundState::Owed;
        assert_eq!(is_owed!("r"), format!("r.state = '{owed}'"));
        let active = ListingState::Active;
        assert_eq!(on_sale!("l"), format!("l.state = '{active}'"));
    }
}
