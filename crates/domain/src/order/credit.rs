//! Credit: orders that are fulfilled before they are paid.

use std::cmp::Ordering;

use thiserror::Error;

use super::buyer::BuyerSnapshot;
use crate::money::{Money, MoneyError};
use crate::policy::{OrderPolicy, Verification};
use crate::time::{Timestamp, after};

/// Why an order is not put on its buyer's tab.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum NoCredit {
    /// Its seller wants every order on the listing to be paid first.
    #[error("the seller asks for payment first")]
    PayFirst,
    /// The address of its buyer is not verified.
    #[error("your email address is not verified")]
    EmailUnverified,
    /// It is not below the small-order limit.
    #[error("the order is not below the limit of orders on a tab")]
    NotSmall,
    /// The oldest order on the tab has not been paid for too long.
    #[error("the tab has not been paid since {since}")]
    TabOverdue {
        /// Time of that order, UTC.
        since: Timestamp,
    },
    /// The tab would pass its limit.
    #[error("a tab may stand at {limit} {} at most", limit.currency())]
    TabFull {
        /// Limit of every tab.
        limit: Money,
    },
    /// The tab would pass the limit of buyers who have never paid.
    #[error("the tab of a buyer who has not paid before may stand at {limit} {} at most", limit.currency())]
    NewTabFull {
        /// Limit of such tabs.
        limit: Money,
    },
    /// Buyers of the same network who have never paid have put too much on their tabs today.
    #[error(
        "buyers of one network who have not paid before may put {limit} {} on their tabs in a day",
        limit.currency()
    )]
    NewTabsOfNetworkFull {
        /// Limit of such tabs together.
        limit: Money,
    },
}

/// Decides whether an order of `total` goes on its buyer's tab, and returns the sum of the tab with it.
///
/// Credit is earned: until a first payment, a buyer's tab has a lower limit, and all such buyers of one
/// network share another one. Accounts cost nothing to make; networks do.
///
/// # Errors
/// Amounts overflow or differ in currency. Inside, the first [`NoCredit`] that applies.
pub(super) fn put_on_tab(
    buyer: &BuyerSnapshot,
    total: Money,
    policy: &OrderPolicy,
    now: Timestamp,
) -> Result<Result<Money, NoCredit>, MoneyError> {
    let open = buyer.tab.open.checked_add(total)?;
    let within = |sum: Money, limit: Money| sum.compare(limit).map(Ordering::is_le);
    if !total.compare(policy.small_order_limit())?.is_lt() {
        return Ok(Err(NoCredit::NotSmall));
    }
    let credit = policy.credit();
    if credit.verification == Verification::Required && !buyer.is_verified {
        return Ok(Err(NoCredit::EmailUnverified));
    }
    if let Some(since) = buyer.tab.owed_since
        && buyer.tab.open.minor() > 0
        && after(since, credit.tab_due) <= now
    {
        return Ok(Err(NoCredit::TabOverdue { since }));
    }
    let limits = policy.tab_limits();
    if !within(open, limits.any)? {
        return Ok(Err(NoCredit::TabFull { limit: limits.any }));
    }
    if buyer.tab.has_paid {
        return Ok(Ok(open));
    }
    if !within(open, limits.new)? {
        return Ok(Err(NoCredit::NewTabFull { limit: limits.new }));
    }
    if let (Some(so_far), Some(limit)) = (buyer.network_today, credit.new_tabs_per_network)
        && !within(so_far.checked_add(total)?, limit)?
    {
        return Ok(Err(NoCredit::NewTabsOfNetworkFull { limit }));
    }
    Ok(Ok(open))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::fixtures::{at, buyer_owing, terms, usd};
    use crate::order::Tab;
    use crate::policy::{CreditTerms, OrderTerms};
    use crate::time::SignedDuration;

    const DUE: i64 = 30 * 86_400;

    /// Tabs of up to 25.00; of up to 5.00 for new buyers, and 15.00 for those of one network.
    fn policy() -> OrderPolicy {
        OrderPolicy::new(OrderTerms {
            credit: CreditTerms {
                new_tab_limit: usd(5_00),
                new_tabs_per_network: Some(usd(15_00)),
                tab_due: SignedDuration::from_secs(DUE),
                verification: Verification::Optional,
            },
            ..terms()
        })
        .unwrap()
    }

    fn new_buyer(owing: i64) -> BuyerSnapshot {
        with_tab(buyer_owing(2, usd(owing)), false, None)
    }

    fn with_tab(
        buyer: BuyerSnapshot,
        has_paid: bool,
        owed_since: Option<Timestamp>,
    ) -> BuyerSnapshot {
        BuyerSnapshot {
            tab: Tab {
                owed_since,
                has_paid,
                ..buyer.tab
            },
            ..buyer
        }
    }

    fn put(buyer: &BuyerSnapshot, total: i64, now: i64) -> Result<Money, NoCredit> {
        put_on_tab(buyer, usd(total), &policy(), at(now)).unwrap()
    }

    #[test]
    fn the_tab_of_a_new_buyer_takes_a_first_small_order_and_little_more() {
        assert_eq!(put(&new_buyer(0), 4_99, 0), Ok(usd(4_99)));
        assert_eq!(put(&new_buyer(4_00), 1_00, 0), Ok(usd(5_00)));
        let full = NoCredit::NewTabFull { limit: usd(5_00) };
        assert_eq!(put(&new_buyer(4_00), 1_01, 0), Err(full));
        let settled = buyer_owing(2, usd(4_00));
        assert_eq!(put(&settled, 1_01, 0), Ok(usd(5_01)));
    }

    #[test]
    fn an_address_that_is_not_verified_has_no_tab_where_it_needs_to_be() {
        let put = |verification, is_verified| {
            let policy = policy().with_verification(verification);
            let buyer = BuyerSnapshot {
                is_verified,
                ..buyer_owing(2, usd(0))
            };
            put_on_tab(&buyer, usd(1_00), &policy, at(0)).unwrap()
        };
        let refused = Err(NoCredit::EmailUnverified);
        assert_eq!(put(Verification::Required, false), refused);
        assert_eq!(put(Verification::Required, true), Ok(usd(1_00)));
        assert_eq!(put(Verification::Optional, false), Ok(usd(1_00)));
        assert_eq!(put(Verification::Impossible, false), Ok(usd(1_00)));
    }

    #[test]
    fn new_buyers_of_one_network_share_a_limit_a_day() {
        let among = |so_far| BuyerSnapshot {
            network_today: Some(usd(so_far)),
            ..new_buyer(0)
        };
        assert_eq!(put(&among(11_00), 4_00, 0), Ok(usd(4_00)));
        let full = NoCredit::NewTabsOfNetworkFull { limit: usd(15_00) };
        assert_eq!(put(&among(11_01), 4_00, 0), Err(full));
        let settled = with_tab(among(15_00), true, None);
        assert_eq!(put(&settled, 4_00, 0), Ok(usd(4_00)));
    }

    #[test]
    fn a_tab_that_is_due_takes_no_more_orders_until_it_is_paid() {
        let owing = |open| with_tab(buyer_owing(2, usd(open)), true, Some(at(100)));
        assert_eq!(put(&owing(1), 1_00, DUE + 99), Ok(usd(1_01)));
        let overdue = NoCredit::TabOverdue { since: at(100) };
        assert_eq!(put(&owing(1), 1_00, DUE + 100), Err(overdue));
        assert_eq!(put(&owing(0), 1_00, DUE + 100), Ok(usd(1_00)));
    }

    proptest! {
        #[test]
        fn what_is_put_on_a_tab_passes_no_limit(
            owing in 0..30_00_i64,
            total in 1..8_00_i64,
            network in prop::option::of(0..20_00_i64),
            has_paid: bool,
            owed_since in prop::option::of(0..3 * DUE),
            now in 0..3 * DUE,
        ) {
            let buyer = BuyerSnapshot {
                network_today: network.map(usd),
                ..with_tab(buyer_owing(2, usd(owing)), has_paid, owed_since.map(at))
            };
            let open = owing + total;
            let overdue = owing > 0 && owed_since.is_some_and(|since| since + DUE <= now);
            let trusted = has_paid
                || open <= 5_00 && network.is_none_or(|so_far| so_far + total <= 15_00);
            let fits = total < 5_00 && open <= 25_00 && !overdue && trusted;
            let decided = put(&buyer, total, now);
            prop_assert_eq!(decided.is_ok(), fits, "{:?}", decided);
            if let Ok(sum) = decided {
                prop_assert_eq!(sum, usd(open));
            }
        }
    }
}
