//! Values for unit tests, with short constructors.

use std::sync::Arc;

use uuid::Uuid;

use crate::account::{Origin, Session, SignedIn};
use crate::audit::Actor;
use crate::id::{AccessKeyId, CallId, ChargeId, ListingId, OrderId, RefundId, SessionId, TokenId};
use crate::listing::{ListingState, Price, SealedKey};
use crate::mocks::{CountingEntropy, FixedClock, FixedEntropy};
use crate::money::{Currency, Money};
use crate::order::{BuyerSnapshot, ListingSnapshot, Order, OrderState, PaymentRoute, Tab};
use crate::policy::{
    ChargeLimits, Checkout, CreditTerms, Endpoints, HoldTerms, Inquiries, ListingPolicy,
    NewListingTerms, OrderPolicy, OrderTerms,
};
use crate::ports::{Clock, Entropy};
use crate::time::{SignedDuration, Timestamp, after};
use crate::units::{Stock, Units};

pub(crate) use crate::mocks::{account, account_id};

pub(crate) fn listing_id(number: u128) -> ListingId {
    ListingId::from_uuid(Uuid::from_u128(number))
}

pub(crate) fn order_id(number: u128) -> OrderId {
    OrderId::from_uuid(Uuid::from_u128(number))
}

pub(crate) fn charge_id(number: u128) -> ChargeId {
    ChargeId::from_uuid(Uuid::from_u128(number))
}

pub(crate) fn refund_id(number: u128) -> RefundId {
    RefundId::from_uuid(Uuid::from_u128(number))
}

pub(crate) fn token_id(number: u128) -> TokenId {
    TokenId::from_uuid(Uuid::from_u128(number))
}

pub(crate) fn key_id(number: u128) -> AccessKeyId {
    AccessKeyId::from_uuid(Uuid::from_u128(number))
}

pub(crate) fn call_id(number: u128) -> CallId {
    CallId::from_uuid(Uuid::from_u128(number))
}

pub(crate) fn session_id(number: u128) -> SessionId {
    SessionId::from_uuid(Uuid::from_u128(number))
}

pub(crate) fn usd(cents: i64) -> Money {
    Money::new(cents, Currency::USD)
}

pub(crate) fn price(cents: i64) -> Price {
    Price::new(usd(cents)).unwrap()
}

pub(crate) fn units(count: i64) -> Units {
    Units::new(count).unwrap()
}

pub(crate) fn stock(count: i64) -> Stock {
    Stock::new(count).unwrap()
}

pub(crate) fn at(seconds: i64) -> Timestamp {
    after(Timestamp::UNIX_EPOCH, SignedDuration::from_secs(seconds))
}

/// Ten units at 1.00, on sale without terms, sold by account 1.
pub(crate) fn listing(number: u128) -> ListingSnapshot {
    ListingSnapshot {
        id: listing_id(number),
        seller_id: account_id(1),
        state: ListingState::Active,
        price: price(1_00),
        available: stock(10),
        pay_first: false,
        max_units_per_order: None,
        terms: None,
    }
}

/// An order of buyer 1 from seller 2 in this state, of eight units at 1.00.
pub(crate) fn order(state: OrderState) -> Order {
    Order {
        id: order_id(1),
        buyer_id: account_id(1),
        seller_id: account_id(2),
        listing_id: listing_id(1),
        service_name: "Weather".parse().unwrap(),
        units: units(8),
        price_per_unit: usd(1_00),
        total: usd(8_00),
        route: PaymentRoute::Checkout,
        state,
        lapses_at: Some(at(1_800)),
        token_id: Some(token_id(1)),
        payment_url: Some("https://pay.example.com/".to_owned()),
        tab_carried: Some(usd(1_00)),
        refunded: usd(0),
        paid_at: None,
        created_at: at(0),
        fulfilled_at: None,
        closed_at: None,
    }
}

pub(crate) fn buyer_owing(number: u128, open: Money) -> BuyerSnapshot {
    BuyerSnapshot {
        tab: Tab {
            buyer_id: account_id(number),
            open,
            owed_since: (open.minor() > 0).then(|| at(0)),
            has_paid: true,
        },
        network_today: None,
        is_verified: true,
    }
}

/// Dollars, and services that anybody can reach.
pub(crate) const fn listing_policy() -> ListingPolicy {
    ListingPolicy {
        currency: Currency::USD,
        endpoints: Endpoints::Public,
        new_listings: NewListingTerms::unlimited(),
    }
}

/// The default order policy.
pub(crate) fn policy() -> OrderPolicy {
    OrderPolicy::new(terms()).unwrap()
}

/// The terms of [`policy`].
pub(crate) fn terms() -> OrderTerms {
    OrderTerms {
        small_order_limit: usd(5_00),
        tab_limit: usd(25_00),
        inquiries: Inquiries::Ignore,
        reservation_ttl: SignedDuration::from_mins(30),
        token_ttl: SignedDuration::from_hours(30 * 24),
        checkout: Checkout::Available,
        charges: charge_limits(),
        credit: CreditTerms::unlimited(Currency::USD),
        holds: HoldTerms::unlimited(),
    }
}

/// From half a dollar to eight digits, for half an hour to a day.
pub(crate) fn charge_limits() -> ChargeLimits {
    ChargeLimits {
        smallest: usd(50),
        largest: usd(99_999_999),
        finest: usd(1),
        shortest_hold: SignedDuration::from_mins(30),
        longest_hold: SignedDuration::from_hours(24),
    }
}

pub(crate) fn signed_in(number: u128) -> SignedIn {
    SignedIn {
        account: account(number),
        session: Session {
            id: session_id(number),
            account_id: account_id(number),
            origin: origin(),
            created_at: at(0),
            last_seen_at: at(0),
            expires_at: at(86_400),
            proved_at: None,
        },
        has_factor: false,
        has_role: false,
    }
}

pub(crate) fn origin() -> Origin {
    Origin {
        address: Some([192, 0, 2, 7].into()),
        device: Some("curl/8".parse().unwrap()),
    }
}

/// Account `number` of [`signed_in`], acting from [`origin`].
pub(crate) fn actor(number: u128) -> Actor {
    Actor {
        account_id: account_id(number),
        address: origin().address,
    }
}

pub(crate) fn sealed(master_key: &str, ciphertext: &str) -> SealedKey {
    SealedKey {
        key_id: master_key.parse().unwrap(),
        ciphertext: ciphertext.as_bytes().to_vec(),
    }
}

pub(crate) fn clock(now: Timestamp) -> Arc<dyn Clock> {
    Arc::new(FixedClock::new(now))
}

/// See [`CountingEntropy`].
pub(crate) fn entropy() -> Arc<dyn Entropy> {
    Arc::new(CountingEntropy::default())
}

/// Entropy that repeats the `number`th draw of [`entropy`].
pub(crate) const fn draw(number: u8) -> FixedEntropy {
    FixedEntropy(number)
}
