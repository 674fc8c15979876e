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
    Clock, MockAccountStore, MockKeyVault, MockListingIndex, MockListingReader, MockListingStore,
    MockPasswordHasher, MockSessionStore,
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
    let (accounts, catalogue, listings) = (accounts(seen), catalogue(seen), listings(seen));
    seed(&accounts, &catalogue, &listings, Currency::USD)
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
