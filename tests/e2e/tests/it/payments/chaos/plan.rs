//! What everybody is going to do.

use super::chance::Chance;

/// Something on sale.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ware {
    pub(super) price: &'static str,
    /// Whether there are fewer units than are wanted.
    pub(super) scarce: bool,
}

/// The first half costs so little that a tab bears it.
pub(super) const WARES: [Ware; 6] = [
    Ware::ample("0.60"),
    Ware::ample("1.25"),
    Ware::ample("3.10"),
    Ware::ample("5.00"),
    Ware::ample("12.34"),
    Ware {
        price: "9.00",
        scarce: true,
    },
];

impl Ware {
    const fn ample(price: &'static str) -> Self {
        Self {
            price,
            scarce: false,
        }
    }
}

/// What somebody wants, and what they do about it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wish {
    pub(super) number: usize,
    pub(super) buyer: usize,
    pub(super) ware: usize,
    pub(super) units: u32,
    /// Whether the order is sent twice at once.
    pub(super) hasty: bool,
    pub(super) fate: Fate,
    pub(super) aftermath: Aftermath,
}

/// What becomes of an order that has to be paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    Pay,
    PayTwiceAtOnce,
    PayAfterDecline,
    PaySlowly,
    FailSlowly,
    Cancel,
    CancelAndPay,
    CancelAndPayLate,
    Expire,
    ExpireAndPayLate,
    Lapse,
    LapseAndPay,
    /// Until, at the very end, everything lapses.
    Leave,
}

/// What becomes of an order that was fulfilled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Aftermath {
    Nothing,
    SellerRefunds,
    OperatorRefunds,
    DisputeWon,
    DisputeLost,
}

const FATES: [(u64, Fate); 13] = [
    (45, Fate::Pay),
    (5, Fate::PayTwiceAtOnce),
    (5, Fate::PayAfterDecline),
    (4, Fate::PaySlowly),
    (3, Fate::FailSlowly),
    (7, Fate::Cancel),
    (4, Fate::CancelAndPay),
    (4, Fate::CancelAndPayLate),
    (6, Fate::Expire),
    (4, Fate::ExpireAndPayLate),
    (5, Fate::Lapse),
    (3, Fate::LapseAndPay),
    (5, Fate::Leave),
];

/// An operator who gives back what is already on its way back is told so; that is not the matter here.
/// So a buyer has to do either with sellers' refunds or with operators' and banks'.
const OF_SELLERS: [(u64, Aftermath); 2] =
    [(90, Aftermath::Nothing), (10, Aftermath::SellerRefunds)];
const OF_OTHERS: [(u64, Aftermath); 4] = [
    (90, Aftermath::Nothing),
    (4, Aftermath::OperatorRefunds),
    (3, Aftermath::DisputeWon),
    (3, Aftermath::DisputeLost),
];

/// So many wishes for what there is enough of, and a tenth more for what there is not.
pub(super) fn wishes(orders: usize, buyers: usize, chance: &mut Chance) -> Vec<Wish> {
    let scarce = WARES.len() - 1;
    let mut wish = |number: usize, ware: usize| {
        let buyer = index(chance, buyers);
        let of_sellers = buyer.is_multiple_of(2);
        let aftermaths: &[_] = if of_sellers { &OF_SELLERS } else { &OF_OTHERS };
        Wish {
            number,
            buyer,
            ware,
            units: 1 + u32::try_from(chance.below(3)).unwrap(),
            hasty: chance.below(5) == 0,
            fate: chance.weighed(&FATES),
            aftermath: chance.weighed(aftermaths),
        }
    };
    let mut wishes: Vec<Wish> = (0..orders)
        .map(|number| wish(number, number % scarce))
        .collect();
    wishes.extend((orders..orders + orders / 10).map(|number| wish(number, scarce)));
    for at in (1..wishes.len()).rev() {
        wishes.swap(at, index(chance, at + 1));
    }
    wishes
}

fn index(chance: &mut Chance, bound: usize) -> usize {
    let bound = u64::try_from(bound).unwrap();
    usize::try_from(chance.below(bound)).unwrap()
}
