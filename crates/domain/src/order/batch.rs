use std::collections::{HashMap, HashSet};

use super::holding::hold;
use super::tab::PaymentRoute;
use super::{
    BuyerSnapshot, Decision, Holds, IdempotencyKey, ListingSnapshot, Order, OrderRequest,
    OrderState, PlaceOrder, Rejection, TabCarrier, decide,
};
use crate::account::{Network, NetworkDay};
use crate::gateway::{TermsVersion, TokenUnits};
use crate::id::{AccountId, ListingId, OrderId, TokenId};
use crate::listing::{ServiceChanges, ServiceName};
use crate::money::Money;
use crate::policy::OrderPolicy;
use crate::time::Timestamp;
use crate::token::{Token, TokenGateway, TokenState};
use crate::units::Units;

/// Orders decided one after another over snapshots read once, as if each had read its own.
///
/// A store loads under lock what the orders of one transaction touch, feeds them in arrival order,
/// and writes the outcomes. It has no rules of its own: they are in [`decide`].
#[derive(Debug, Default)]
pub struct OrderBatch {
    listings: HashMap<ListingId, ListingSnapshot>,
    buyers: HashMap<AccountId, BuyerSnapshot>,
    prior: HashMap<(AccountId, IdempotencyKey), PriorOrder>,
    networks: HashMap<NetworkDay, Money>,
    holds: HashMap<AccountId, Holds>,
    held_by_network: HashMap<Network, u32>,
    suspended_listings: HashSet<ListingId>,
    suspended_buyers: HashSet<AccountId>,
    sold_out: Vec<ListingId>,
}

/// An order that was placed under an idempotency key before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PriorOrder {
    /// The order.
    pub order_id: OrderId,
    /// Id of the listing.
    pub listing_id: ListingId,
    /// Number of units.
    pub units: Units,
}

/// Result of one order of a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It is to be written.
    Place(NewOrder),
    /// This order was placed under its idempotency key before.
    Replay(OrderId),
    /// Another request was placed under its idempotency key before.
    KeyReused,
    /// There is no such listing.
    ListingNotFound,
    /// There is no such buyer.
    BuyerNotFound,
    /// The rules reject it.
    Reject(Rejection),
    /// It is to be held, and what its buyer holds already is not known: see [`OrderBatch::know_holds`]. Nothing is
    /// decided, and it is to be placed again.
    HoldsUnknown,
}

/// An order to be inserted, with its token if it is fulfilled immediately.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewOrder {
    /// Its identifier.
    pub id: OrderId,
    /// Account of the buyer.
    pub buyer_id: AccountId,
    /// Account of the seller.
    pub seller_id: AccountId,
    /// Id of the listing.
    pub listing_id: ListingId,
    /// Number of units.
    pub units: Units,
    /// Price of one unit.
    pub price_per_unit: Money,
    /// Total price.
    pub total: Money,
    /// Payment method.
    pub route: PaymentRoute,
    /// State of the order.
    pub state: OrderState,
    /// Time at which its reservation lapses, UTC; `None` unless it awaits payment.
    pub lapses_at: Option<Timestamp>,
    /// Its token, if it is fulfilled.
    pub token: Option<NewToken>,
    /// Version of the listing's gateway terms that it is bought under; `None` if its token reveals the seller's key.
    pub terms: Option<TermsVersion>,
    /// Idempotency key of the request.
    pub idempotency_key: Option<IdempotencyKey>,
    /// Network and day of a buyer who has never paid, towards whose tabs or holds it counts; `None` if its buyer
    /// has paid before, or if networks are not counted.
    pub network: Option<NetworkDay>,
    /// Creation time, UTC.
    pub placed_at: Timestamp,
}

/// A token to be issued.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewToken {
    /// Its identifier.
    pub id: TokenId,
    /// Expiry time, UTC.
    pub expires_at: Timestamp,
}

impl NewToken {
    /// The state that tokens are issued in.
    pub const STATE: TokenState = TokenState::Active;
}

impl OrderBatch {
    /// A batch over what was read under lock.
    #[must_use]
    pub fn new(
        listings: impl IntoIterator<Item = ListingSnapshot>,
        buyers: impl IntoIterator<Item = BuyerSnapshot>,
        prior: impl IntoIterator<Item = ((AccountId, IdempotencyKey), PriorOrder)>,
    ) -> Self {
        Self {
            listings: listings
                .into_iter()
                .map(|listing| (listing.id, listing))
                .collect(),
            buyers: buyers
                .into_iter()
                .map(|buyer| (buyer.tab.buyer_id, buyer))
                .collect(),
            prior: prior.into_iter().collect(),
            ..Self::default()
        }
    }

    /// Listings whose last unit was taken by an order of the batch.
    #[must_use]
    pub fn sold_out(&self) -> &[ListingId] {
        &self.sold_out
    }

    /// Tells the batch what buyers hold, and how many orders await payment of the buyers of a network who have
    /// never paid; a network that is left out counts as none. Only orders that are held depend on it, so that a
    /// store may read it once [`HoldsUnknown`](Outcome::HoldsUnknown) asks for it, under the locks that it has.
    pub fn know_holds(
        &mut self,
        holds: impl IntoIterator<Item = (AccountId, Holds)>,
        held_by_network: impl IntoIterator<Item = (Network, u32)>,
    ) {
        self.holds.extend(holds);
        self.held_by_network.extend(held_by_network);
    }

    /// The batch with the listings and buyers that an operator has suspended; a listing whose seller is suspended is one of
    /// them.
    #[must_use]
    pub fn with_suspended(
        self,
        listings: impl IntoIterator<Item = ListingId>,
        buyers: impl IntoIterator<Item = AccountId>,
    ) -> Self {
        Self {
            suspended_listings: listings.into_iter().collect(),
            suspended_buyers: buyers.into_iter().collect(),
            ..self
        }
    }

    /// The batch with what buyers who have never paid have put on their tabs, by network and day. A day that is
    /// left out counts as nothing.
    #[must_use]
    pub fn with_networks(self, put_on_tabs: impl IntoIterator<Item = (NetworkDay, Money)>) -> Self {
        Self {
            networks: put_on_tabs.into_iter().collect(),
            ..self
        }
    }

    /// Decides the next order for `buyer_id`, and takes its units, its total and its key into
    /// account for those that follow.
    ///
    /// A key that has placed an order returns that order before anything else is checked: it
    /// may have sold the listing out itself.
    pub fn place(
        &mut self,
        order: &PlaceOrder,
        buyer_id: AccountId,
        policy: &OrderPolicy,
    ) -> Outcome {
        let key = order.idempotency_key.clone().map(|key| (buyer_id, key));
        if let Some(prior) = key.as_ref().and_then(|key| self.prior.get(key)) {
            let same = prior.listing_id == order.listing_id && prior.units == order.units;
            return if same {
                Outcome::Replay(prior.order_id)
            } else {
                Outcome::KeyReused
            };
        }
        let Some(listing) = self.listings.get_mut(&order.listing_id) else {
            return Outcome::ListingNotFound;
        };
        let Some(buyer) = self.buyers.get_mut(&buyer_id) else {
            return Outcome::BuyerNotFound;
        };
        if self.suspended_listings.contains(&order.listing_id)
            || self.suspended_buyers.contains(&buyer_id)
        {
            return Outcome::Reject(Rejection::Suspended);
        }
        let request = OrderRequest {
            units: order.units,
            expected_price: order.expected_price,
        };
        let network = counted_network(order, buyer, policy);
        buyer.network_today = network.map(|day| {
            let put_on_tabs = self.networks.get(&day).copied();
            put_on_tabs.unwrap_or(Money::zero(policy.currency()))
        });
        let decision = match decide(listing, buyer, &request, policy, order.placed_at) {
            Ok(decision) => decision,
            Err(rejection) => return Outcome::Reject(rejection),
        };
        let Some(left) = listing.available.take(order.units) else {
            let available = listing.available;
            return Outcome::Reject(Rejection::InsufficientUnits { available });
        };
        match decision {
            Decision::Instant {
                tab_open, total, ..
            } => {
                if buyer.tab.open.minor() == 0 {
                    buyer.tab.owed_since = Some(order.placed_at);
                }
                buyer.tab.open = tab_open;
                if let (Some(day), Some(so_far)) = (network, buyer.network_today)
                    && let Ok(sum) = so_far.checked_add(total)
                {
                    self.networks.insert(day, sum);
                }
            }
            Decision::Checkout { .. } => {
                let Some(holds) = self.holds.get_mut(&buyer_id) else {
                    return Outcome::HoldsUnknown;
                };
                let mut none = 0;
                let of_network = match network {
                    Some(day) => self.held_by_network.entry(day.network).or_default(),
                    None => &mut none,
                };
                let place = (&*buyer, listing.id);
                if let Err(rejection) = hold(holds, *of_network, place, policy, order.placed_at) {
                    return Outcome::Reject(rejection);
                }
                holds.open = holds.open.saturating_add(1);
                *of_network = of_network.saturating_add(1);
                // The charge of the order is opened later.
                let carrier = TabCarrier::Order(order.order_id);
                holds.tab_carrier.get_or_insert(carrier);
            }
        }
        listing.available = left;
        if left.is_empty() {
            self.sold_out.push(listing.id);
        }
        if let Some(key) = key {
            let (order_id, listing_id, units) = (order.order_id, order.listing_id, order.units);
            self.prior.insert(
                key,
                PriorOrder {
                    order_id,
                    listing_id,
                    units,
                },
            );
        }
        Outcome::Place(NewOrder {
            network,
            ..NewOrder::of(order, buyer_id, listing, &decision)
        })
    }
}

/// The network and day that an order counts towards, if its buyer has never paid and networks are counted.
fn counted_network(
    order: &PlaceOrder,
    buyer: &BuyerSnapshot,
    policy: &OrderPolicy,
) -> Option<NetworkDay> {
    let counts = !buyer.tab.has_paid && policy.counts_networks();
    let network = order.network.filter(|_| counts);
    network.map(|network| network.on_day_of(order.placed_at))
}

impl NewOrder {
    /// The total, if the order is put on its buyer's tab.
    #[must_use]
    pub fn put_on_tab(&self) -> Option<Money> {
        (self.route == PaymentRoute::Tab).then_some(self.total)
    }

    /// The order as it stands once it is written.
    #[must_use]
    pub fn into_order(self, service_name: ServiceName) -> Order {
        Order {
            id: self.id,
            buyer_id: self.buyer_id,
            seller_id: self.seller_id,
            listing_id: self.listing_id,
            service_name,
            units: self.units,
            price_per_unit: self.price_per_unit,
            total: self.total,
            route: self.route,
            state: self.state,
            lapses_at: self.lapses_at,
            token_id: self.token.map(|token| token.id),
            payment_url: None,
            tab_carried: None,
            refunded: Money::zero(self.total.currency()),
            paid_at: None,
            created_at: self.placed_at,
            fulfilled_at: self.token.map(|_| self.placed_at),
            closed_at: None,
        }
    }

    /// The token that the order is issued with; `None` if it awaits payment.
    #[must_use]
    pub fn into_token(self, service_name: ServiceName) -> Option<Token> {
        self.token.map(|token| Token {
            id: token.id,
            order_id: self.id,
            listing_id: self.listing_id,
            buyer_id: self.buyer_id,
            seller_id: self.seller_id,
            service_name,
            units: self.units,
            state: NewToken::STATE,
            expires_at: token.expires_at,
            created_at: self.placed_at,
            revealed_at: None,
            service_changes: ServiceChanges::default(),
            gateway: self.terms.map(|terms| TokenGateway {
                terms,
                units: TokenUnits::unused(self.units),
            }),
        })
    }

    fn of(
        order: &PlaceOrder,
        buyer_id: AccountId,
        listing: &ListingSnapshot,
        decision: &Decision,
    ) -> Self {
        let (state, lapses_at, token) = match *decision {
            Decision::Instant {
                token_expires_at: expires_at,
                ..
            } => {
                let token = NewToken {
                    id: order.token_id,
                    expires_at,
                };
                (OrderState::Fulfilled, None, Some(token))
            }
            Decision::Checkout { lapses_at, .. } => {
                (OrderState::AwaitingPayment, Some(lapses_at), None)
            }
        };
        Self {
            id: order.order_id,
            buyer_id,
            seller_id: listing.seller_id,
            listing_id: listing.id,
            units: order.units,
            price_per_unit: listing.price.amount(),
            total: decision.total(),
            route: decision.route(),
            state,
            lapses_at,
            token,
            terms: listing.terms,
            idempotency_key: order.idempotency_key.clone(),
            network: None,
            placed_at: order.placed_at,
        }
    }
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
