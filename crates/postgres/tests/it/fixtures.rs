//! Fixtures: accounts, sessions, listings and tokens of the tests.

use std::sync::atomic::{AtomicU64, Ordering};

use udam_domain::account::{
    Account, Email, NewAccount, NewSession, Origin, PasswordHash, Session, SessionDigest,
};
use udam_domain::audit::Actor;
use udam_domain::id::{AccountId, ListingId, OrderId, SessionId, TokenId};
use udam_domain::listing::{Listing, ListingDetails, NewListing, Price, SealedKey};
use udam_domain::money::Currency;
use udam_domain::policy::{NewListingTerms, SessionPolicy};
use udam_domain::time::{SignedDuration, Timestamp};
use udam_domain::token::TokenState;
use udam_domain::units::Stock;
use udam_domain::{AccountStore, Entropy, ListingStore, SessionStore, StoreError};

use crate::harness::Database;

/// A counter instead of random bytes: identifiers of one millisecond sort in the order of their creation.
pub(crate) struct Counting;

impl Entropy for Counting {
    fn fill(&self, destination: &mut [u8]) {
        destination.fill(0);
        let count = count().to_be_bytes();
        let start = destination.len() - count.len();
        destination[start..].copy_from_slice(&count);
    }
}

fn count() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// Start of the time of all tests.
pub(crate) fn start() -> Timestamp {
    Timestamp::from_second(1_800_000_000).unwrap()
}

pub(crate) fn at(seconds: i64) -> Timestamp {
    start() + SignedDuration::from_secs(seconds)
}

/// Sessions last a day, or an hour unused.
pub(crate) fn session_policy() -> SessionPolicy {
    SessionPolicy {
        ttl: SignedDuration::from_hours(24),
        idle_ttl: SignedDuration::from_hours(1),
    }
}

pub(crate) fn new_account() -> NewAccount {
    let id = AccountId::mint(start(), &Counting);
    NewAccount {
        account: Account {
            id,
            email: format!("{id}@example.com").parse().unwrap(),
            name: format!("Ada {id}").parse().unwrap(),
        },
        password_hash: Some(hash("first")),
        registered_at: start(),
    }
}

pub(crate) fn account_with(email: &str) -> NewAccount {
    let mut account = new_account();
    account.account.email = email.parse::<Email>().unwrap();
    account
}

pub(crate) fn hash(text: &str) -> PasswordHash {
    PasswordHash::from_phc(format!("$argon2id${text}"))
}

/// A session opened at `opened_at` from an address, for a day.
pub(crate) fn new_session(account: AccountId, opened_at: Timestamp) -> NewSession {
    let mut digest = [0; 32];
    digest[..8].copy_from_slice(&count().to_be_bytes());
    NewSession {
        session: Session {
            id: SessionId::mint(opened_at, &Counting),
            account_id: account,
            origin: Origin {
                address: Some("2001:db8::7".parse().unwrap()),
                device: Some("curl/8".parse().unwrap()),
            },
            created_at: opened_at,
            last_seen_at: opened_at,
            expires_at: opened_at + session_policy().ttl,
            proved_at: None,
        },
        digest: SessionDigest::new(digest),
        places: Vec::new(),
    }
}

pub(crate) fn new_listing(seller: AccountId) -> NewListing {
    NewListing {
        id: ListingId::mint(start(), &Counting),
        seller: Actor::from(seller),
        details: ListingDetails {
            description: Some("Rain and shine.".parse().unwrap()),
            endpoint_url: Some("https://api.example.com/".parse().unwrap()),
            ..ListingDetails::new(
                "Weather".parse().unwrap(),
                "1,000 requests".parse().unwrap(),
                usd("2.50"),
            )
        },
        units: Stock::new(100).unwrap(),
        sealed_key: sealed("2026"),
        listed_at: start(),
    }
}

/// Terms that let new accounts publish any number of listings.
pub(crate) const fn unlimited() -> NewListingTerms {
    NewListingTerms::unlimited()
}

pub(crate) fn sealed(key_id: &str) -> SealedKey {
    SealedKey {
        key_id: key_id.parse().unwrap(),
        ciphertext: count().to_be_bytes().to_vec(),
    }
}

pub(crate) fn usd(text: &str) -> Price {
    Price::parse(text, Currency::USD).unwrap()
}

pub(crate) fn actor(account: AccountId) -> Actor {
    Actor {
        account_id: account,
        address: Some("192.0.2.7".parse().unwrap()),
    }
}

impl Database {
    /// Registers an account with a session. Deletes the audit events of that, so that a test finds only
    /// those of its own actions.
    pub(crate) async fn account(&self) -> (AccountId, NewSession) {
        let account = new_account();
        let session = new_session(account.account.id, start());
        let id = account.account.id;
        self.accounts()
            .register(account, Some(session.clone()))
            .await
            .unwrap();
        let subject = session.session.id.uuid();
        self.run(
            "DELETE FROM audit_events WHERE subject_id = $1",
            &[&subject],
        )
        .await;
        (id, session)
    }

    /// Opens a further session of an account that [`account`](Self::account) has registered.
    pub(crate) async fn open_session(&self, account: AccountId) -> Result<bool, StoreError> {
        let session = new_session(account, start());
        self.sessions().open(session, Some(hash("first"))).await
    }

    /// Publishes a listing of the seller, changed by `change`. Deletes the audit event of that.
    pub(crate) async fn listing(
        &self,
        seller: AccountId,
        change: impl FnOnce(&mut NewListing),
    ) -> Listing {
        let mut listing = new_listing(seller);
        change(&mut listing);
        let subject = listing.id.uuid();
        let published = self.listings().publish(listing, unlimited()).await.unwrap();
        let delete = "DELETE FROM audit_events WHERE subject_id = $1";
        self.run(delete, &[&subject]).await;
        published
    }

    /// Inserts a fulfilled order on the tab and its token by SQL. The token expires an hour after the start.
    pub(crate) async fn token(
        &self,
        buyer: AccountId,
        listing: &Listing,
        state: TokenState,
    ) -> TokenId {
        let (order, token) = (
            OrderId::mint(start(), &Counting),
            TokenId::mint(start(), &Counting),
        );
        self.run(
            "INSERT INTO orders (id, buyer_id, seller_id, listing_id, units, price_minor, \
                total_minor, currency, route, state, created_at) \
            VALUES ($1, $2, $3, $4, 2, 250, 500, 'USD', 'tab', 'fulfilled', $5)",
            &[
                &order.uuid(),
                &buyer.uuid(),
                &listing.seller.id.uuid(),
                &listing.id.uuid(),
                &start(),
            ],
        )
        .await;
        for moved in [
            "UPDATE tabs SET open_minor = open_minor + 500 WHERE account_id = $1",
            "UPDATE listing_stock SET available = available - 2, sold = sold + 2, \
                revenue_minor = revenue_minor + 500 \
            WHERE listing_id = (SELECT listing_id FROM orders WHERE buyer_id = $1 LIMIT 1)",
        ] {
            self.run(moved, &[&buyer.uuid()]).await;
        }
        self.run(
            "INSERT INTO tokens (id, order_id, listing_id, buyer_id, seller_id, units, state, \
                created_at, expires_at) \
            VALUES ($1, $2, $3, $4, $5, 2, $6, $7, $8)",
            &[
                &token.uuid(),
                &order.uuid(),
                &listing.id.uuid(),
                &buyer.uuid(),
                &listing.seller.id.uuid(),
                &state.to_string(),
                &start(),
                &at(3_600),
            ],
        )
        .await;
        token
    }
}
