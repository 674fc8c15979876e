//! In-memory model of the marketplace, which the stores are compared with.
//!
//! It is written from the rules in words, not with the domain's functions, so that a bug in those
//! shows as a disagreement.

use std::collections::HashMap;

pub(crate) const SMALL_ORDER_LIMIT: i64 = 500;
pub(crate) const TAB_LIMIT: i64 = 2_500;
pub(crate) const RESERVATION_SECONDS: i64 = 1_800;
pub(crate) const SELLERS: usize = 2;
pub(crate) const BUYERS: usize = 3;

/// An action. Its numbers select a listing, order or account, modulo how many there are.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    List {
        seller: usize,
        price: i64,
        units: i64,
    },
    Restock {
        listing: usize,
        units: i64,
    },
    Pause {
        listing: usize,
    },
    Resume {
        listing: usize,
    },
    Buy {
        buyer: usize,
        listing: usize,
        units: i64,
        key: Option<u8>,
    },
    Cancel {
        order: usize,
        by: usize,
    },
    Wait {
        seconds: i64,
    },
    ReleaseLapsed,
    /// By a buyer, or by the order's seller if the number is [`BUYERS`].
    Revoke {
        order: usize,
        by: usize,
    },
    Refund {
        order: usize,
        by_its_seller: bool,
        returned: bool,
    },
    Reveal {
        order: usize,
        by: usize,
    },
}

/// Outcome of a step, comparable between model and stores.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    Done,
    Order {
        state: &'static str,
        total: i64,
        replayed: bool,
    },
    Released(usize),
    Refused(&'static str),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Listing {
    pub(crate) seller: usize,
    pub(crate) price: i64,
    pub(crate) on_sale: bool,
    pub(crate) available: i64,
    pub(crate) sold: i64,
    pub(crate) revenue: i64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Order {
    pub(crate) buyer: usize,
    pub(crate) listing: usize,
    pub(crate) units: i64,
    pub(crate) total: i64,
    pub(crate) state: &'static str,
    lapses_at: i64,
    pub(crate) token_revoked: Option<bool>,
    revealed: bool,
}

#[derive(Debug, Default)]
pub(crate) struct Model {
    pub(crate) now: i64,
    pub(crate) listings: Vec<Listing>,
    pub(crate) orders: Vec<Order>,
    pub(crate) tabs: [i64; BUYERS],
    keys: HashMap<(usize, u8), usize>,
}

impl Model {
    pub(crate) fn apply(&mut self, step: &Step) -> Outcome {
        match *step {
            Step::List {
                seller,
                price,
                units,
            } => {
                let listing = Listing {
                    seller: seller % SELLERS,
                    price,
                    on_sale: true,
                    available: units,
                    sold: 0,
                    revenue: 0,
                };
                self.listings.push(listing);
                Outcome::Done
            }
            Step::Restock { listing, units } => self.edit(listing, |l| l.available += units),
            Step::Pause { listing } => self.edit(listing, |l| l.on_sale = false),
            Step::Resume { listing } => self.edit(listing, |l| l.on_sale = true),
            Step::Buy {
                buyer,
                listing,
                units,
                key,
            } => self.buy(buyer, listing, units, key),
            Step::Cancel { order, by } => self.cancel(order, by),
            Step::Wait { seconds } => {
                self.now += seconds;
                Outcome::Done
            }
            Step::ReleaseLapsed => self.release_lapsed(),
            Step::Revoke { order, by } => self.revoke(order, by),
            Step::Refund {
                order,
                by_its_seller,
                returned,
            } => self.refund(order, by_its_seller, returned),
            Step::Reveal { order, by } => self.reveal(order, by),
        }
    }

    /// How many units of a listing are held by orders that await payment.
    pub(crate) fn held(&self, listing: usize) -> i64 {
        let awaiting = |order: &&Order| order.state == "awaiting_payment";
        let of_listing = self.orders.iter().filter(|order| order.listing == listing);
        of_listing.filter(awaiting).map(|order| order.units).sum()
    }

    fn edit(&mut self, listing: usize, change: impl FnOnce(&mut Listing)) -> Outcome {
        let count = self.listings.len();
        if count == 0 {
            return Outcome::Refused("not found");
        }
        change(&mut self.listings[listing % count]);
        Outcome::Done
    }

    fn buy(&mut self, buyer: usize, listing: usize, units: i64, key: Option<u8>) -> Outcome {
        if self.listings.is_empty() {
            return Outcome::Refused("not found");
        }
        let (buyer, listing) = (buyer % BUYERS, listing % self.listings.len());
        if let Some(&prior) = key.and_then(|key| self.keys.get(&(buyer, key))) {
            let order = &self.orders[prior];
            if order.listing != listing || order.units != units {
                return Outcome::Refused("key reused");
            }
            return Outcome::Order {
                state: order.state,
                total: order.total,
                replayed: true,
            };
        }
        let offer = &mut self.listings[listing];
        if !offer.on_sale {
            return Outcome::Refused("unavailable");
        }
        if offer.available < units {
            return Outcome::Refused("insufficient");
        }
        let total = offer.price * units;
        let instant = total < SMALL_ORDER_LIMIT && self.tabs[buyer] + total <= TAB_LIMIT;
        let is_unpaid = |order: &Order| order.buyer == buyer && order.state == "awaiting_payment";
        if !instant && self.tabs[buyer] > 0 && self.orders.iter().any(is_unpaid) {
            return Outcome::Refused("tab in checkout");
        }
        offer.available -= units;
        if instant {
            self.tabs[buyer] += total;
            offer.sold += units;
            offer.revenue += total;
        }
        let state = if instant {
            "fulfilled"
        } else {
            "awaiting_payment"
        };
        if let Some(key) = key {
            self.keys.insert((buyer, key), self.orders.len());
        }
        self.orders.push(Order {
            buyer,
            listing,
            units,
            total,
            state,
            lapses_at: self.now + RESERVATION_SECONDS,
            token_revoked: instant.then_some(false),
            revealed: false,
        });
        Outcome::Order {
            state,
            total,
            replayed: false,
        }
    }

    fn cancel(&mut self, order: usize, by: usize) -> Outcome {
        let Some(order) = pick(&mut self.orders, order) else {
            return Outcome::Refused("not found");
        };
        if order.buyer != by % BUYERS {
            return Outcome::Refused("not found");
        }
        match order.state {
            "awaiting_payment" => {
                order.state = "canceled";
                self.listings[order.listing].available += order.units;
            }
            "canceled" => {}
            _ => return Outcome::Refused("invalid state"),
        }
        Outcome::Order {
            state: order.state,
            total: order.total,
            replayed: false,
        }
    }

    fn release_lapsed(&mut self) -> Outcome {
        let mut released = 0;
        for order in &mut self.orders {
            if order.state == "awaiting_payment" && order.lapses_at <= self.now {
                order.state = "expired";
                self.listings[order.listing].available += order.units;
                released += 1;
            }
        }
        Outcome::Released(released)
    }

    fn revoke(&mut self, order: usize, by: usize) -> Outcome {
        let Some(order) = pick(&mut self.orders, order) else {
            return Outcome::Refused("not found");
        };
        let by_its_seller = by == BUYERS;
        let Some(revoked) = &mut order.token_revoked else {
            return Outcome::Refused("not found");
        };
        if !by_its_seller && order.buyer != by {
            return Outcome::Refused("not found");
        }
        if by_its_seller && !order.revealed && !*revoked {
            order.state = "refunded";
            self.tabs[order.buyer] -= order.total;
            self.listings[order.listing].revenue -= order.total;
        }
        *revoked = true;
        Outcome::Done
    }

    fn refund(&mut self, order: usize, by_its_seller: bool, returned: bool) -> Outcome {
        let Some(order) = pick(&mut self.orders, order) else {
            return Outcome::Refused("not found");
        };
        if !by_its_seller {
            return Outcome::Refused("not found");
        }
        match order.state {
            "fulfilled" => {
                let listing = &mut self.listings[order.listing];
                listing.revenue -= order.total;
                if returned {
                    listing.sold -= order.units;
                    listing.available += order.units;
                }
                self.tabs[order.buyer] -= order.total;
                order.state = "refunded";
                order.token_revoked = Some(true);
            }
            "refunded" => {}
            _ => return Outcome::Refused("invalid state"),
        }
        Outcome::Order {
            state: order.state,
            total: order.total,
            replayed: false,
        }
    }

    fn reveal(&mut self, order: usize, by: usize) -> Outcome {
        match pick(&mut self.orders, order) {
            Some(order) if order.buyer == by % BUYERS => match order.token_revoked {
                Some(false) => {
                    order.revealed = true;
                    Outcome::Done
                }
                Some(true) => Outcome::Refused("revoked"),
                None => Outcome::Refused("not found"),
            },
            _ => Outcome::Refused("not found"),
        }
    }
}

fn pick(orders: &mut [Order], order: usize) -> Option<&mut Order> {
    match orders.len() {
        0 => None,
        count => orders.get_mut(order % count),
    }
}
