//! A marketplace with a listing that is sold through the gateway, and a buyer of it.

use udam_domain::audit::Actor;
use udam_domain::gateway::{
    AccessKeyDigest, CallCost, CallOutcome, CallPath, CallRate, CallTimeout, ChargeRule, DrawCall,
    EndedCall, Finished, FirstAccessKey, GatewayTerms, Head, IssueAccessKey, KeyPlacement, Method,
    Methods, NewAccessKey, Paths, RatePeriod,
};
use udam_domain::id::{AccessKeyId, AccountId, CallId, ListingId, OrderId, TokenId};
use udam_domain::listing::{
    Change, DetailsEdit, EditListing, Listing, ListingEdit, ListingState, SealedKey,
};
use udam_domain::order::{Authority, PlaceOrder};
use udam_domain::policy::{Endpoints, OrderPolicy, OrderTerms};
use udam_domain::time::{SignedDuration, Timestamp};
use udam_domain::token::{RevealKey, SealedAccess, Token};
use udam_domain::units::Units;
use udam_domain::{
    AccessKeyStore, CallStore, DrawCallError, DrawnCall, EditListingError, ListingStore,
    OrderStore, RevealKeyError, TokenReader, TokenStore,
};
use udam_postgres::{PgAccessKeyStore, PgCallReader, PgCallStore, PgOrderStore, consistency};

use crate::fixtures::{Counting, actor, at, sealed, session_policy, start};
use crate::harness::Database;
use crate::orders::market::{dollars, terms};

/// Terms that differ from the default in every field.
pub(crate) fn gateway_terms() -> GatewayTerms {
    GatewayTerms {
        auth: KeyPlacement::Header {
            name: "X-Api-Key".parse().unwrap(),
            prefix: "".parse().unwrap(),
        },
        methods: Methods::new([Method::Get, Method::Post]).unwrap(),
        paths: Paths::new(vec!["/v1".parse().unwrap(), "/v2/rain".parse().unwrap()]).unwrap(),
        cost: CallCost::new(units(2), Some(units(5))).unwrap(),
        charge: ChargeRule::Answered,
        timeout: CallTimeout::new(7).unwrap(),
        rate: Some(CallRate::new(100, RatePeriod::Minute).unwrap()),
    }
}

pub(crate) fn units(count: i64) -> Units {
    Units::new(count).unwrap()
}

/// Everything is put on the tab, and tokens last an hour.
fn order_policy() -> OrderPolicy {
    let terms = OrderTerms {
        small_order_limit: dollars(10_000_000),
        tab_limit: dollars(10_000_000),
        token_ttl: SignedDuration::from_hours(1),
        ..terms()
    };
    OrderPolicy::new(terms).unwrap()
}

/// An access key that a test knows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Key {
    pub(crate) id: AccessKeyId,
    pub(crate) digest: AccessKeyDigest,
}

impl Key {
    pub(crate) fn new() -> Self {
        let id = AccessKeyId::mint(start(), &Counting);
        let mut digest = [7; 32];
        digest[..16].copy_from_slice(id.uuid().as_bytes());
        Self {
            id,
            digest: AccessKeyDigest::new(digest),
        }
    }

    pub(crate) fn stored(self) -> NewAccessKey {
        NewAccessKey {
            id: self.id,
            digest: self.digest,
        }
    }
}

/// A database with a listing on sale, and one who buys of it.
pub(crate) struct Market {
    pub(crate) database: Database,
    pub(crate) seller: AccountId,
    pub(crate) buyer: AccountId,
    pub(crate) listing: Listing,
    pub(crate) calls: PgCallStore,
    pub(crate) keys: PgAccessKeyStore,
    pub(crate) reader: PgCallReader,
}

/// A token with its first key.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Opened {
    pub(crate) token: TokenId,
    pub(crate) key: Key,
}

impl Market {
    /// A market whose listing has these terms.
    pub(crate) async fn with(terms: GatewayTerms) -> Self {
        Self::over(Database::fresh().await, terms).await
    }

    /// As [`with`](Self::with), over this database.
    pub(crate) async fn over(database: Database, terms: GatewayTerms) -> Self {
        let ((seller, _), (buyer, _)) = (database.account().await, database.account().await);
        let listing = database.listing(seller, |listing| {
            listing.details.gateway = Some(terms);
            listing.units = udam_domain::units::Stock::MAX;
            listing.details.price_per_unit = crate::fixtures::usd("0.01");
        });
        let listing = listing.await;
        let pool = database.pool.clone();
        Self {
            seller,
            buyer,
            listing,
            calls: PgCallStore::new(pool.clone()),
            keys: PgAccessKeyStore::new(pool.clone()),
            reader: PgCallReader::new(pool),
            database,
        }
    }

    /// A market whose listing has the default terms: a call costs a unit.
    pub(crate) async fn plain() -> Self {
        Self::with(GatewayTerms::default()).await
    }

    /// Buys this many units.
    pub(crate) async fn buy(&self, count: i64) -> TokenId {
        let orders =
            PgOrderStore::new(self.database.pool.clone(), order_policy(), session_policy());
        let token = TokenId::mint(start(), &Counting);
        let order = PlaceOrder {
            order_id: OrderId::mint(start(), &Counting),
            token_id: token,
            authority: Authority::Account(self.buyer),
            listing_id: self.listing.id,
            units: units(count),
            expected_price: None,
            idempotency_key: None,
            network: None,
            placed_at: start(),
        };
        let placed = orders.place(order).await.unwrap();
        assert_eq!(placed.order.token_id, Some(token), "{placed:?}");
        token
    }

    /// Reveals a token, with a key to be stored.
    pub(crate) async fn reveal(
        &self,
        token: TokenId,
        key: Key,
    ) -> Result<(ListingId, SealedKey), RevealKeyError> {
        match self.access(token, Some(key)).await? {
            SealedAccess::Gateway { listing_id, key } => Ok((listing_id, key)),
            access @ SealedAccess::Service { .. } => panic!("{access:?}"),
        }
    }

    /// Returns whether a token reveals the seller's key.
    pub(crate) async fn reveals_the_service(&self, token: TokenId) -> bool {
        let access = self.access(token, Some(Key::new())).await.unwrap();
        matches!(access, SealedAccess::Service { .. })
    }

    /// Reveals a token.
    pub(crate) async fn access(
        &self,
        token: TokenId,
        key: Option<Key>,
    ) -> Result<SealedAccess, RevealKeyError> {
        let reveal = RevealKey {
            token_id: token,
            buyer: actor(self.buyer),
            at: at(10),
            first_key: key.map(|key| FirstAccessKey {
                key: key.stored(),
                sealed: sealed("2026"),
            }),
        };
        self.database.tokens().reveal(reveal).await
    }

    /// Buys units, and reveals the first key of their token.
    pub(crate) async fn open(&self, count: i64) -> Opened {
        let (token, key) = (self.buy(count).await, Key::new());
        self.reveal(token, key).await.unwrap();
        Opened { token, key }
    }

    /// A request to issue a further key.
    pub(crate) fn further(&self, token: TokenId, key: Key) -> IssueAccessKey {
        IssueAccessKey {
            token_id: token,
            buyer: actor(self.buyer),
            key: key.stored(),
            name: None,
            max_units: None,
            expires_at: None,
            at: at(20),
        }
    }

    /// Issues a further key with a limit.
    pub(crate) async fn limited(&self, token: TokenId, most: i64) -> Key {
        let key = Key::new();
        let mut issue = self.further(token, key);
        issue.max_units = Some(units(most));
        self.keys.issue(issue).await.unwrap();
        key
    }

    /// A request for a call that begins at this time.
    pub(crate) fn request(&self, key: Key, at: Timestamp) -> DrawCall {
        DrawCall {
            call_id: CallId::mint(at, &Counting),
            listing_id: self.listing.id,
            key: key.digest,
            method: Method::Get,
            path: CallPath::new("/v1/rain".to_owned()).unwrap(),
            at,
            deadline: at + SignedDuration::from_secs(120),
        }
    }

    /// Draws a call a minute after the start.
    pub(crate) async fn draw(&self, key: Key) -> Result<DrawnCall, DrawCallError> {
        self.calls.draw(self.request(key, at(60))).await
    }

    /// Ends a call by an answer of this status.
    pub(crate) async fn answer(&self, drawn: &DrawnCall, status: u16) -> Finished {
        let finish = answered(drawn, status, None);
        self.calls.finish(finish).await.unwrap()
    }

    pub(crate) async fn token(&self, id: TokenId) -> Token {
        let tokens = self.database.tokens();
        tokens.find(id, self.buyer).await.unwrap().unwrap()
    }

    /// Units of a token that are left, open and charged.
    pub(crate) async fn balance(&self, id: TokenId) -> [u32; 3] {
        let units = self.token(id).await.gateway.unwrap().units;
        [
            units.left().get(),
            units.open().get(),
            units.charged().get(),
        ]
    }

    /// Edits the listing as its seller.
    pub(crate) async fn edit(
        &self,
        change: impl FnOnce(&mut ListingEdit<SealedKey>),
    ) -> Result<Listing, EditListingError> {
        let mut edit = ListingEdit::default();
        change(&mut edit);
        let callable_key = edit.key.as_new().cloned();
        let edit = EditListing {
            listing_id: self.listing.id,
            edit,
            callable_key,
            seller: Actor::from(self.seller),
            endpoints: Endpoints::Public,
            at: at(30),
        };
        self.database.listings().edit(edit).await
    }

    /// Changes the terms of the listing.
    pub(crate) async fn sell_by(
        &self,
        terms: Option<GatewayTerms>,
    ) -> Result<Listing, EditListingError> {
        self.edit(|edit| {
            edit.details = DetailsEdit {
                gateway: Change::To(terms),
                ..DetailsEdit::default()
            };
        })
        .await
    }

    pub(crate) async fn archive(&self) {
        let archived = Change::To(ListingState::Archived);
        self.edit(|edit| edit.state = archived).await.unwrap();
    }

    /// Panics if `udam verify` would find anything.
    pub(crate) async fn verify(&self) {
        let found = consistency::verify(&self.database.pool).await.unwrap();
        assert!(found.is_empty(), "{found:?}");
    }
}

/// The end of a call by an answer of this status, whose service declares these units.
pub(crate) fn answered(drawn: &DrawnCall, status: u16, declared_units: Option<u32>) -> EndedCall {
    let head = Head {
        status,
        declared_units,
    };
    end(drawn, CallOutcome::Answered(head))
}

/// The end of a call in this way, two seconds after it began.
pub(crate) fn end(drawn: &DrawnCall, outcome: CallOutcome) -> EndedCall {
    let drawn = drawn.drawn.clone();
    let ended_at = drawn.began_at + SignedDuration::from_secs(2);
    let latency = outcome
        .head()
        .map(|_| std::time::Duration::from_micros(1_500));
    EndedCall::of(drawn, outcome, (10, 200), latency, ended_at)
}
