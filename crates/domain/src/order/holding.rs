//! Limits of orders that hold units until they are paid.

use super::buyer::BuyerSnapshot;
use super::holds::Holds;
use super::rejection::Rejection;
use crate::id::ListingId;
use crate::policy::OrderPolicy;
use crate::time::Timestamp;

/// Decides whether a buyer may hold units of a listing until they are paid. `of_network` is the number of orders
/// that await payment of all buyers of the same network who have never paid.
///
/// A buyer who owes something has one payment at a time that carries the tab: otherwise another order could be
/// paid and that one be canceled, and the tab would stay unpaid for ever.
///
/// # Errors
/// The first [`Rejection`] that applies.
pub(super) fn hold(
    holds: &Holds,
    of_network: u32,
    (buyer, listing): (&BuyerSnapshot, ListingId),
    policy: &OrderPolicy,
    now: Timestamp,
) -> Result<(), Rejection> {
    if let Some(carrier) = holds.tab_carrier
        && buyer.tab.open.minor() > 0
    {
        return Err(Rejection::TabInCheckout(carrier));
    }
    let terms = policy.holds();
    let most = if buyer.tab.has_paid {
        terms.open_checkouts
    } else {
        terms.new_open_checkouts
    };
    if holds.open >= most {
        return Err(Rejection::TooManyOpenCheckouts { most });
    }
    if let Some(most) = terms.new_open_checkouts_per_network
        && !buyer.tab.has_paid
        && of_network >= most
    {
        return Err(Rejection::TooManyOpenCheckoutsOfNetwork { most });
    }
    if let Some(let_go) = holds.let_go.get(&listing) {
        let until = terms.paused_until(let_go.count, let_go.last_at);
        if !terms.pause.is_zero() && now < until {
            return Err(Rejection::HeldBefore { until });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::*;
    use crate::fixtures::{at, buyer_owing, listing_id, order_id, terms, usd};
    use crate::order::{LetGo, Tab, TabCarrier};
    use crate::policy::{HoldTerms, OrderTerms};
    use crate::time::SignedDuration;

    fn policy() -> OrderPolicy {
        OrderPolicy::new(OrderTerms {
            holds: HoldTerms {
                open_checkouts: 3,
                new_open_checkouts: 1,
                new_open_checkouts_per_network: Some(2),
                pause: SignedDuration::from_secs(60),
                ..HoldTerms::unlimited()
            },
            ..terms()
        })
        .unwrap()
    }

    fn buyer(owing: i64, has_paid: bool) -> BuyerSnapshot {
        let buyer = buyer_owing(2, usd(owing));
        BuyerSnapshot {
            tab: Tab {
                has_paid,
                ..buyer.tab
            },
            ..buyer
        }
    }

    fn open(open: u32) -> Holds {
        Holds {
            open,
            ..Holds::default()
        }
    }

    fn decide(holds: &Holds, of_network: u32, buyer: BuyerSnapshot) -> Result<(), Rejection> {
        hold(holds, of_network, (&buyer, listing_id(1)), &policy(), at(0))
    }

    #[test]
    fn a_buyer_who_has_paid_holds_more_orders_at_once() {
        assert_eq!(decide(&open(2), 9, buyer(0, true)), Ok(()));
        let most = |most| Err(Rejection::TooManyOpenCheckouts { most });
        assert_eq!(decide(&open(3), 9, buyer(0, true)), most(3));
        assert_eq!(decide(&open(0), 1, buyer(0, false)), Ok(()));
        assert_eq!(decide(&open(1), 1, buyer(0, false)), most(1));
    }

    #[test]
    fn new_buyers_of_one_network_share_what_they_hold() {
        let shared = Rejection::TooManyOpenCheckoutsOfNetwork { most: 2 };
        assert_eq!(decide(&open(0), 2, buyer(0, false)), Err(shared));
        assert_eq!(decide(&open(0), 2, buyer(0, true)), Ok(()));
    }

    #[test]
    fn who_owes_pays_first_what_carries_the_tab() {
        for carrier in [TabCarrier::Order(order_id(4)), TabCarrier::Tab] {
            let holds = Holds {
                tab_carrier: Some(carrier),
                ..open(1)
            };
            let rejected = Err(Rejection::TabInCheckout(carrier));
            assert_eq!(decide(&holds, 0, buyer(1, true)), rejected);
            assert_eq!(decide(&holds, 0, buyer(0, true)), Ok(()));
        }
    }

    #[test]
    fn a_pause_is_over_at_its_end() {
        let let_go = LetGo {
            count: 1,
            last_at: at(100),
        };
        let holds = Holds {
            let_go: HashMap::from([(listing_id(1), let_go)]),
            ..open(0)
        };
        let buyer = buyer(0, true);
        let decide = |now| hold(&holds, 0, (&buyer, listing_id(1)), &policy(), at(now));
        let until = at(160);
        assert_eq!(decide(159), Err(Rejection::HeldBefore { until }));
        assert_eq!(decide(160), Ok(()));
    }

    proptest! {
        #[test]
        fn a_listing_is_not_held_again_before_the_pause_is_over(
            count in 1..20_u32,
            last_at in 0..100_000_i64,
            now in 0..300_000_i64,
            same_listing: bool,
        ) {
            let let_go = LetGo { count, last_at: at(last_at) };
            let number = if same_listing { 1 } else { 2 };
            let holds = Holds {
                let_go: HashMap::from([(listing_id(number), let_go)]),
                ..open(0)
            };
            let buyer = buyer(0, true);
            let decided = hold(&holds, 0, (&buyer, listing_id(1)), &policy(), at(now));
            let until = last_at + (60 << (count - 1)).min(86_400);
            prop_assert_eq!(decided.is_err(), same_listing && now < until);
        }
    }
}
