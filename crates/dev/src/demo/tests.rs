use std::sync::{Arc, Mutex};

use udam_crypto::{CommonPasswordList, Sha256SessionMint, SystemClock, SystemEntropy};
use udam_domain::account::{Account, Credentials, Email, PasswordHash};
use udam_domain::id::ListingId;
use udam_domain::listing::{ListingState, NewListing, OwnListing, SealedKey, Seller};
use udam_domain::marketplace::{AccountPorts, CataloguePorts};
use udam_domain::mocks::UnlimitedAttempts;
use udam_domain::money::{Currency, Money};
use udam_domain::page::Page;
use udam_domain::policy::{Endpoints, ListingPolicy, NewListingTerms, SessionPolicy};
use udam_domain::time::SignedDuration;
use udam_domain::{
    Clock, MockAccountStore, MockChallengeMint, MockKeyVault, MockListingIndex, MockListingReader,
    MockListingStore, MockLogInChallengeStore, MockPasswordHasher, MockSessionStore,
};

use super::*;

/// Calls recorded by a store of accounts and one of listings.
#[derive(Default)]
struct Seen {
    registered: Vec<Account>,
    published: Vec<NewListing>,
}

type Shared = Arc<Mutex<Seen>>;

fn accounts(seen: &Shared) -> Accounts {
    let mut store = MockAccountStore::new();
    let known = Arc::clone(seen);
    store
        .expect_find_credentials()
        .returning(move |email: &Email| {
            let seen = known.lock().unwrap();
            let known = seen
                .registered
                .iter()
                .find(|known| known.email == *email)
                .cloned();
            Ok(known.map(|account| Credentials {
                is_suspended: false,
                has_factor: false,
                account,
                password_hash: None,
            }))
        });
    let registered = Arc::clone(seen);
    store.expect_register().returning(move |new, _| {
        registered.lock().unwrap().registered.push(new.account);
        Ok(())
    });
    let mut passwords = MockPasswordHasher::new();
    passwords
        .expect_hash()
        .returning(|_| Ok(PasswordHash::from_phc("$".to_owned())));
    let ports = AccountPorts {
        store: Arc::new(store),
        sessions: Arc::new(MockSessionStore::new()),
        attempts: Arc::new(UnlimitedAttempts),
        passwords: Arc::new(passwords),
        common_passwords: Arc::new(CommonPasswordList::new()),
        mint: Arc::new(Sha256SessionMint),
        challenges: Arc::new(MockLogInChallengeStore::new()),
        challenge_mint: Arc::new(MockChallengeMint::new()),
        clock: Arc::new(SystemClock),
        entropy: Arc::new(SystemEntropy),
    };
    let policy = SessionPolicy {
        ttl: SignedDuration::from_hours(1),
        idle_ttl: SignedDuration::from_hours(1),
    };
    Accounts::new(ports, policy)
}

fn catalogue(seen: &Shared) -> Catalogue {
    let mut store = MockListingStore::new();
    let published = Arc::clone(seen);
    store.expect_publish().returning(move |new, _| {
        let listing = listing(&new);
        published.lock().unwrap().published.push(new);
        Ok(listing)
    });
    let edited = Arc::clone(seen);
    store.expect_edit().returning(move |edit| {
        let mut seen = edited.lock().unwrap();
        let listed = seen
            .published
            .iter_mut()
            .find(|listed| listed.id == edit.listing_id && listed.seller == edit.seller)
            .unwrap();
        listed.details = edit.edit.details.apply(listed.details.clone());
        Ok(listing(listed))
    });
    let mut vault = MockKeyVault::new();
    vault.expect_seal().returning(|_: ListingId, _| {
        Ok(SealedKey {
            key_id: "k1".parse().unwrap(),
            ciphertext: Vec::new(),
        })
    });
    let ports = CataloguePorts {
        store: Arc::new(store),
        index: Arc::new(MockListingIndex::new()),
        vault: Arc::new(vault),
        clock: Arc::new(SystemClock),
        entropy: Arc::new(SystemEntropy),
    };
    let policy = ListingPolicy {
        currency: Currency::USD,
        endpoints: Endpoints::Any,
        new_listings: NewListingTerms::unlimited(),
    };
    Catalogue::new(ports, policy)
}

fn listings(seen: &Shared) -> MockListingReader {
    let mut reader = MockListingReader::new();
    let own = Arc::clone(seen);
    reader.expect_of_seller().returning(move |seller, _| {
        let seen = own.lock().unwrap();
        let own = seen
            .published
            .iter()
            .filter(|new| new.seller.account_id == seller);
        let items = own.map(|new| OwnListing {
            listing: listing(new),
            units_sold: 0,
            revenue: Money::zero(Currency::USD),
        });
        Ok(Page {
            items: items.collect(),
            next: None,
        })
    });
    reader
}

fn listing(new: &NewListing) -> Listing {
    Listing {
        is_suspended: false,
        id: new.id,
        seller: Seller {
            id: new.seller.account_id,
            name: "somebody".parse().unwrap(),
        },
        details: new.details.clone(),
        available: new.units,
        state: ListingState::Active,
        created_at: SystemClock.now(),
    }
}

async fn seed_into(seen: &Shared) -> (usize, usize) {
    seed_with(seen, "http://127.0.0.1:4242").await
}

async fn seed_with(seen: &Shared, upstream: &str) -> (usize, usize) {
    let (accounts, catalogue, listings) = (accounts(seen), catalogue(seen), listings(seen));
    let upstream = upstream.parse().unwrap();
    seed(&accounts, &catalogue, &listings, Currency::USD, &upstream)
        .await
        .unwrap();
    let seen = seen.lock().unwrap();
    (seen.registered.len(), seen.published.len())
}

#[tokio::test]
async fn demo_data_is_inserted_once() {
    let seen = Shared::default();
    assert_eq!(seed_into(&seen).await, (5, 12));
    assert_eq!(seed_into(&seen).await, (5, 12));
}

#[tokio::test]
async fn the_next_start_completes_interrupted_demo_data() {
    let seen = Shared::default();
    seed_into(&seen).await;
    seen.lock().unwrap().registered.truncate(3);
    seen.lock().unwrap().published.truncate(2);
    assert_eq!(seed_into(&seen).await, (5, 12));
}

#[tokio::test]
async fn a_renamed_listing_does_not_come_twice() {
    let seen = Shared::default();
    seed_into(&seen).await;
    seen.lock().unwrap().published[0].details.service_name = "mine now".parse().unwrap();
    assert_eq!(seed_into(&seen).await, (5, 12));
}

/// The addresses of the demo services that are called at a loopback port.
fn called_at(seen: &Shared) -> Vec<String> {
    let seen = seen.lock().unwrap();
    let by_call = seen
        .published
        .iter()
        .filter(|new| new.details.gateway.is_some());
    by_call
        .map(|new| {
            new.details
                .endpoint_url
                .as_ref()
                .unwrap()
                .as_str()
                .to_owned()
        })
        .collect()
}

#[tokio::test]
async fn demo_services_that_have_moved_are_called_where_they_are_now() {
    let seen = Shared::default();
    seed_with(&seen, "http://127.0.0.1:4242").await;
    let before = called_at(&seen);
    assert_eq!(before.len(), 5);
    let tried_out = "http://127.0.0.1:4242/my/own";
    seen.lock().unwrap().published[0].details.endpoint_url = Some(tried_out.parse().unwrap());

    assert_eq!(seed_with(&seen, "http://127.0.0.1:5353").await, (5, 12));
    let after = called_at(&seen);
    assert_eq!(after[0], tried_out);
    for (before, after) in before[1..].iter().zip(&after[1..]) {
        assert_eq!(before.replace("4242", "5353"), *after);
    }
}

#[tokio::test]
async fn demo_listings_that_are_sold_by_call_have_a_call_to_try() {
    let seen = Shared::default();
    seed_into(&seen).await;
    let listings: Vec<Listing> = seen.lock().unwrap().published.iter().map(listing).collect();
    for listing in &listings {
        let is_by_call = listing.details.gateway.is_some();
        assert_eq!(example_call(listing).is_some(), is_by_call);
    }
    let price = |listing: &&Listing| listing.details.price_per_unit.amount().minor();
    let mut cheapest = listings.iter().min_by_key(price).unwrap().clone();
    assert!(example_call(&cheapest).is_some());
    cheapest.details.service_name = "mine now".parse().unwrap();
    assert_eq!(example_call(&cheapest), None);
}
