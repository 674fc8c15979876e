//! The purchases, drawn from the seed.

use udam_testkit::SeededRng;

/// A listing.
#[derive(Debug, Clone, Copy)]
pub(super) struct Product {
    pub(super) price: &'static str,
    /// Whether it has fewer units than are ordered.
    pub(super) scarce: bool,
}

/// Orders of the first half are small, and go on the tab.
pub(super) const PRODUCTS: [Product; 6] = [
    Product::ample("0.60"),
    Product::ample("1.25"),
    Product::ample("3.10"),
    Product::ample("5.00"),
    Product::ample("12.34"),
    Product {
        price: "9.00",
        scarce: true,
    },
];

impl Product {
    const fn ample(price: &'static str) -> Self {
        Self {
            price,
            scarce: false,
        }
    }
}

/// An order, and what its buyer does with it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Purchase {
    pub(super) number: usize,
    /// Index in the buyers of the market.
    pub(super) buyer: usize,
    /// Index in [`PRODUCTS`].
    pub(super) product: usize,
    pub(super) units: u32,
    /// Whether the order is requested twice at once.
    pub(super) doubled: bool,
    pub(super) payment: Payment,
    pub(super) follow_up: FollowUp,
}

/// The buyer's action on an order that awaits payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Payment {
    Pay,
    PayTwiceAtOnce,
    PayAfterDecline,
    PayAsync,
    FailAsync,
    Cancel,
    CancelAndPay,
    CancelAndPayLate,
    Expire,
    ExpireAndPayLate,
    Lapse,
    LapseAndPay,
    /// Does nothing; it lapses at the end of the test.
    Leave,
}

/// Action on a fulfilled order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FollowUp {
    Nothing,
    SellerRefunds,
    OperatorRefunds,
    DisputeWon,
    DisputeLost,
}

const PAYMENTS: [(usize, Payment); 13] = [
    (45, Payment::Pay),
    (5, Payment::PayTwiceAtOnce),
    (5, Payment::PayAfterDecline),
    (4, Payment::PayAsync),
    (3, Payment::FailAsync),
    (7, Payment::Cancel),
    (4, Payment::CancelAndPay),
    (4, Payment::CancelAndPayLate),
    (6, Payment::Expire),
    (4, Payment::ExpireAndPayLate),
    (5, Payment::Lapse),
    (3, Payment::LapseAndPay),
    (5, Payment::Leave),
];

/// An operator cannot refund what a seller is refunding, which is not tested here. So the orders of a
/// buyer are refunded either by sellers or by operators and banks.
const BY_SELLERS: [(usize, FollowUp); 2] = [(90, FollowUp::Nothing), (10, FollowUp::SellerRefunds)];
const BY_OTHERS: [(usize, FollowUp); 4] = [
    (90, FollowUp::Nothing),
    (4, FollowUp::OperatorRefunds),
    (3, FollowUp::DisputeWon),
    (3, FollowUp::DisputeLost),
];

/// This many purchases of ample products, and a tenth as many of the scarce one.
pub(super) fn purchases(orders: usize, buyers: usize, rng: &mut SeededRng) -> Vec<Purchase> {
    let scarce = PRODUCTS.len() - 1;
    let mut purchase = |number: usize, product: usize| {
        let buyer = rng.below(buyers);
        let by_sellers = buyer.is_multiple_of(2);
        let follow_ups: &[_] = if by_sellers { &BY_SELLERS } else { &BY_OTHERS };
        Purchase {
            number,
            buyer,
            product,
            units: rng.within(1..4),
            doubled: rng.percent(20),
            payment: rng.weighted(&PAYMENTS),
            follow_up: rng.weighted(follow_ups),
        }
    };
    let mut purchases: Vec<Purchase> = (0..orders)
        .map(|number| purchase(number, number % scarce))
        .collect();
    purchases.extend((orders..orders + orders / 10).map(|number| purchase(number, scarce)));
    rng.shuffle(&mut purchases);
    purchases
}
