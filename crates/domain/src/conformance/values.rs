//! Values that the cases are made of, spelled briefly.

use std::sync::atomic::{AtomicU64, Ordering};

use super::check::Checked;
use crate::money::{Currency, Money};
use crate::policy::{ChargeLimits, Checkout, CreditTerms, HoldTerms, Inquiries, OrderTerms};
use crate::ports::Entropy;
use crate::time::{SignedDuration, Timestamp, after};

/// Counts instead of drawing: identifiers of one instant grow in the order in which they are made.
#[derive(Debug, Default)]
pub(super) struct Counting(AtomicU64);

impl Counting {
    pub(super) fn next(&self) -> u64 {
        self.0.fetch_add(1, Ordering::Relaxed)
    }
}

impl Entropy for Counting {
    fn fill(&self, destination: &mut [u8]) {
        destination.fill(0);
        let count = self.next().to_be_bytes();
        let low = destination.iter_mut().rev();
        for (byte, counted) in low.zip(count.into_iter().rev()) {
            *byte = counted;
        }
    }
}

/// US dollars, in cents.
pub(super) const fn usd(minor: i64) -> Money {
    Money::new(minor, Currency::USD)
}

/// The instant so many seconds after the start of a case, 09:00 UTC on a Monday.
pub(super) fn at(seconds: i64) -> Timestamp {
    const START: i64 = 1_767_603_600;

    let start = Timestamp::UNIX_EPOCH;
    after(
        start,
        SignedDuration::from_secs(START.saturating_add(seconds)),
    )
}

/// Length of a reservation, in seconds.
pub(super) const RESERVATION: i64 = 1_800;

/// Length of a token's validity, in seconds.
pub(super) const TOKEN: i64 = 86_400;

/// Orders below 5.00 go on a tab of up to 8.00; charges are from 0.50 to 1,000.00.
pub(super) const fn terms() -> OrderTerms {
    OrderTerms {
        small_order_limit: usd(5_00),
        tab_limit: usd(8_00),
        inquiries: Inquiries::Ignore,
        reservation_ttl: SignedDuration::from_secs(RESERVATION),
        token_ttl: SignedDuration::from_secs(TOKEN),
        checkout: Checkout::Available,
        charges: ChargeLimits {
            smallest: usd(50),
            largest: usd(100_000),
            finest: usd(1),
            shortest_hold: SignedDuration::from_secs(RESERVATION),
            longest_hold: SignedDuration::from_secs(RESERVATION),
        },
        credit: CreditTerms::unlimited(Currency::USD),
        holds: HoldTerms::unlimited(),
    }
}

/// Parses a text of the domain.
pub(super) fn text<T>(text: &str) -> Checked<T>
where
    T: std::str::FromStr<Err: std::error::Error + 'static>,
{
    Ok(text.parse()?)
}
