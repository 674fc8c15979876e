//! Buyers, sellers and listings in a database of their own, changed through the ports.

use std::sync::atomic::{AtomicU64, Ordering};

use udam_domain::account::{Account, NewAccount, NewSession, Origin, Session, SessionDigest};
use udam_domain::audit::Actor;
use udam_domain::id::{AccountId, ChargeId, ListingId, OrderId, SessionId, TokenId};
use udam_domain::listing::{
    Change, DetailsEdit, EditListing, ListingDetails, ListingEdit, ListingState, NewListing, Price,
    SealedKey, StockChange,
};
use udam_domain::money::{Currency, Money};
use udam_domain::order::{Authority, IdempotencyKey, PlaceOrder};
use udam_domain::policy::{
    ChargeLimits, Checkout, Claim, CreditTerms, Endpoints, HoldTerms, Inquiries, NewListingTerms,
    OrderPolicy, OrderTerms, ReleaseLapsed, SessionPolicy, SweepPolicy,
};
use udam_domain::time::{SignedDuration, Timestamp, after};
use udam_domain::units::{Stock, Units};
use udam_domain::{AccountStore, ListingStore};
use udam_postgres::{
    PgAccountStore, PgListingStore, PgOrderReader, PgOrderStore, PgPaymentBacklog, PgPaymentStore,
    PgPool, PgTabReader, PgTokenStore,
};
use uuid::Uuid;

use super::model::{RESERVATION_SECONDS, SMALL_ORDER_LIMIT, TAB_LIMIT};
use crate::harness::Database;

pub(crate) struct Market {
    pub(crate) pool: PgPool,
    pub(crate) orders: PgOrderStore,
    pub(crate) reader: PgOrderReader,
    pub(crate) tabs: PgTabReader,
    pub(crate) tokens: PgTokenStore,
    pub(crate) payments: PgPaymentStore,
    pub(crate) backlog: PgPaymentBacklog,
    pub(crate) listings: PgListingStore,
    accounts: PgAccountStore,
    pub(crate) database: Database,
}

/// An account with a session that is live from the epoch on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Party {
    pub(crate) id: AccountId,
    pub(crate) session: SessionDigest,
}

/// A UUID unique in this process, as are the few that follow it: an event takes the identifiers of its refunds from
/// there.
pub(crate) fn fresh_uuid() -> Uuid {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    Uuid::from_u128(u128::from(NEXT.fetch_add(1, Ordering::Relaxed)) << 16)
}

pub(crate) fn at(seconds: i64) -> Timestamp {
    after(Timestamp::UNIX_EPOCH, SignedDuration::from_secs(seconds))
}

pub(crate) fn dollars(minor: i64) -> Money {
    Money::new(minor, Currency::USD)
}

pub(crate) fn policy() -> OrderPolicy {
    OrderPolicy::new(terms()).unwrap()
}

pub(crate) fn terms() -> OrderTerms {
    OrderTerms {
        small_order_limit: dollars(SMALL_ORDER_LIMIT),
        tab_limit: dollars(TAB_LIMIT),
        inquiries: Inquiries::Ignore,
        reservation_ttl: SignedDuration::from_secs(RESERVATION_SECONDS),
        token_ttl: SignedDuration::from_hours(24 * 365 * 100),
        checkout: Checkout::Available,
        charges: ChargeLimits {
            smallest: dollars(50),
            largest: dollars(99_999_999),
            finest: dollars(1),
            shortest_hold: SignedDuration::from_secs(1),
            longest_hold: SignedDuration::from_hours(24),
        },
        credit: CreditTerms::unlimited(Currency::USD),
        holds: HoldTerms::unlimited(),
    }
}

pub(crate) fn session_policy() -> SessionPolicy {
    let ages = SignedDuration::from_hours(24 * 365 * 100);
    SessionPolicy {
        ttl: ages,
        idle_ttl: ages,
    }
}

pub(crate) fn order_for(buyer: Party, listing: ListingId, units: i64) -> PlaceOrder {
    PlaceOrder {
        order_id: OrderId::from_uuid(fresh_uuid()),
        token_id: TokenId::from_uuid(fresh_uuid()),
        authority: Authority::Session(buyer.session),
        listing_id: listing,
        units: Units::new(units).unwrap(),
        expected_price: None,
        idempotency_key: None,
        network: None,
        placed_at: at(1),
    }
}

pub(crate) fn keyed(mut order: PlaceOrder, key: &str) -> PlaceOrder {
    order.idempotency_key = Some(key.parse::<IdempotencyKey>().unwrap());
    order
}

/// A sweep's claim at `now`.
pub(crate) fn claim(now: Timestamp, limit: u16) -> Claim {
    Claim {
        limit,
        ..SweepPolicy::default().claim_at(now)
    }
}

/// A sweep's request to release reservations at `now`.
pub(crate) fn lapsed(now: Timestamp, limit: u16) -> ReleaseLapsed {
    ReleaseLapsed {
        limit,
        ..SweepPolicy::default().lapsed_at(now)
    }
}

pub(crate) fn actor(account: AccountId) -> Actor {
    Actor::from(account)
}

impl Market {
    pub(crate) async fn new() -> Self {
        let database = Database::fresh().await;
        let pool = database.pool.clone();
        Self {
            orders: PgOrderStore::new(pool.clone(), policy(), session_policy()),
            reader: PgOrderReader::new(pool.clone()),
            tabs: PgTabReader::new(pool.clone()),
            tokens: PgTokenStore::new(pool.clone()),
            payments: PgPaymentStore::new(pool.clone(), policy()),
            backlog: PgPaymentBacklog::new(pool.clone()),
            listings: PgListingStore::new(pool.clone()),
            accounts: PgAccountStore::new(pool.clone(), Currency::USD),
            pool,
            database,
        }
    }

    pub(crate) async fn party(&self) -> Party {
        let id = AccountId::from_uuid(fresh_uuid());
        let mut digest = [0; 32];
        digest[..16].copy_from_slice(id.uuid().as_bytes());
        let session = SessionDigest::new(digest);
        let account = Account {
            id,
            email: format!("{id}@example.com").parse().unwrap(),
            name: format!("Somebody {id}").parse().unwrap(),
        };
        let opened = NewSession {
            digest: session,
            places: Vec::new(),
            session: Session {
                id: SessionId::from_uuid(fresh_uuid()),
                account_id: id,
                origin: Origin::default(),
                created_at: at(0),
                last_seen_at: at(0),
                expires_at: after(at(0), session_policy().ttl),
                proved_at: None,
            },
        };
        let account = NewAccount {
            account,
            password_hash: None,
            registered_at: at(0),
        };
        self.accounts.register(account, Some(opened)).await.unwrap();
        Party { id, session }
    }

    pub(crate) async fn listing(&self, seller: Party, price: i64, units: i64) -> ListingId {
        let id = ListingId::from_uuid(fresh_uuid());
        let listing = NewListing {
            id,
            seller: Actor::from(seller.id),
            details: ListingDetails::new(
                "Weather".parse().unwrap(),
                "one request".parse().unwrap(),
                Price::new(dollars(price)).unwrap(),
            ),
            units: Stock::new(units).unwrap(),
            sealed_key: SealedKey {
                key_id: "test".parse().unwrap(),
                ciphertext: vec![7],
            },
            listed_at: at(0),
        };
        self.listings
            .publish(listing, NewListingTerms::unlimited())
            .await
            .unwrap();
        id
    }

    pub(crate) async fn restock(&self, listing: ListingId, seller: AccountId, units: i64) {
        let stock = StockChange::Add(Stock::new(units).unwrap());
        self.edit(
            listing,
            seller,
            ListingEdit {
                stock,
                ..ListingEdit::default()
            },
        )
        .await;
    }

    pub(crate) async fn put(&self, listing: ListingId, seller: AccountId, state: ListingState) {
        let edit = ListingEdit {
            state: Change::To(state),
            ..ListingEdit::default()
        };
        self.edit(listing, seller, edit).await;
    }

    pub(crate) async fn reprice(&self, listing: ListingId, seller: AccountId, price: i64) {
        let details = DetailsEdit {
            price_per_unit: Change::To(Price::new(dollars(price)).unwrap()),
            ..DetailsEdit::default()
        };
        self.change(listing, seller, details).await;
    }

    pub(crate) async fn change(&self, listing: ListingId, seller: AccountId, details: DetailsEdit) {
        let edit = ListingEdit {
            details,
            ..ListingEdit::default()
        };
        self.edit(listing, seller, edit).await;
    }

    async fn edit(&self, listing_id: ListingId, seller: AccountId, edit: ListingEdit<SealedKey>) {
        let edit = EditListing {
            listing_id,
            edit,
            callable_key: None,
            seller: actor(seller),
            endpoints: Endpoints::Public,
            at: at(1),
        };
        self.listings.edit(edit).await.unwrap();
    }

    /// Available, held and sold units of a listing, and its revenue in minor units.
    pub(crate) async fn stock(&self, listing: ListingId) -> (i64, i64, i64, i64) {
        let row = self
            .database
            .sql
            .query_one(
                "SELECT available, held, sold, revenue_minor FROM listing_stock
                WHERE listing_id = $1",
                &[&listing.uuid()],
            )
            .await
            .unwrap();
        (row.get(0), row.get(1), row.get(2), row.get(3))
    }

    /// Total of the fulfilled orders that a charge has paid for, in minor units.
    pub(crate) async fn fulfilled_total(&self, charge: ChargeId) -> i64 {
        let kept = "SELECT coalesce(sum(total_minor), 0)::bigint FROM orders
            WHERE charge_id = $1 AND state = 'fulfilled'";
        self.database
            .sql
            .query_one(kept, &[&charge.uuid()])
            .await
            .unwrap()
            .get(0)
    }

    /// Sums of a charge, in minor units: refunds that have left, disputes that were lost, refunds that are owed.
    pub(crate) async fn gone_of(&self, charge: ChargeId) -> (i64, i64, i64) {
        let gone = "SELECT
                coalesce(sum(amount_minor) FILTER (WHERE state IN ('pending', 'given')), 0)::bigint,
                (
                    SELECT coalesce(sum(amount_minor), 0)::bigint FROM disputes
                    WHERE charge_id = $1 AND state = 'lost'
                ),
                coalesce(sum(amount_minor) FILTER (WHERE state IN ('owed', 'held')), 0)::bigint
            FROM refunds WHERE charge_id = $1";
        let row = self.database.sql.query_one(gone, &[&charge.uuid()]).await;
        let row = row.unwrap();
        (row.get(0), row.get(1), row.get(2))
    }

    pub(crate) async fn state_of(&self, charge: ChargeId) -> String {
        let state = "SELECT state FROM charges WHERE id = $1";
        self.database
            .sql
            .query_one(state, &[&charge.uuid()])
            .await
            .unwrap()
            .get(0)
    }

    /// Panics with every inconsistency that `udam verify` would report.
    pub(crate) async fn assert_consistent(&self) {
        let found = udam_postgres::consistency::verify(&self.pool)
            .await
            .unwrap();
        assert!(found.is_empty(), "{found:#?}");
    }
}
