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
    /// Price of one unit, in minor units.
    fn minor(self) -> i64 {
        let digits: String = self.price.chars().filter(char::is_ascii_digit).collect();
        digits.parse().unwrap_or_default()
    }

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

impl Purchase {
    /// Price of the order, in minor units.
    pub(super) fn total(self) -> i64 {
        PRODUCTS[self.product].minor() * i64::from(self.units)
    }
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

/// What happens to an order after it has been paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FollowUp {
    Nothing,
    SellerRefunds,
    /// The refund fails after the provider has accepted it.
    SellerRefundFails,
    OperatorRefunds,
    /// The operator names the order, and refunds what it costs.
    OperatorRefundsOrder,
    /// An operator refunds a part, and the seller the rest.
    OperatorRefundsPart,
    DisputeWon,
    DisputeLost,
    /// An inquiry ends without a dispute.
    Inquiry,
    /// Two disputes at once, of which one is about a part; both are won.
    DisputesWon,
    /// The dispute is about the order alone, whatever else its payment has paid for.
    DisputeOfOrderLost,
    /// The dispute is about less than the order.
    DisputeOfPartLost,
    LostThenWon,
    WonThenLost,
    RefundedAndLost,
    /// The session is paid by two payments.
    PaidTwice,
    /// A payment on another session claims to be for the order.
    PaidElsewhere,
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
const BY_SELLERS: [(usize, FollowUp); 3] = [
    (84, FollowUp::Nothing),
    (8, FollowUp::SellerRefunds),
    (8, FollowUp::SellerRefundFails),
];
const BY_OTHERS: [(usize, FollowUp); 15] = [
    (58, FollowUp::Nothing),
    (3, FollowUp::OperatorRefunds),
    (3, FollowUp::OperatorRefundsOrder),
    (3, FollowUp::OperatorRefundsPart),
    (3, FollowUp::DisputeWon),
    (3, FollowUp::DisputeLost),
    (3, FollowUp::Inquiry),
    (3, FollowUp::DisputesWon),
    (3, FollowUp::DisputeOfOrderLost),
    (3, FollowUp::DisputeOfPartLost),
    (3, FollowUp::LostThenWon),
    (3, FollowUp::WonThenLost),
    (3, FollowUp::RefundedAndLost),
    (3, FollowUp::PaidTwice),
    (3, FollowUp::PaidElsewhere),
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
