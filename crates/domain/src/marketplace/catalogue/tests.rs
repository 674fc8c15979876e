use futures::executor::block_on;

use super::*;
use crate::fixtures::{
    account_id, actor, at, clock, draw, entropy, listing_id, listing_policy, price, sealed, stock,
};
use crate::listing::{Change, DetailsEdit, ListingState, Seller};
use crate::ports::{MockKeyVault, MockListingIndex, MockListingStore};

mod callable_keys;
mod sitemap;

const SELLER: u128 = 2;

fn catalogue(listings: MockListingStore, vault: MockKeyVault) -> Catalogue {
    Catalogue::new(ports(listings, vault), listing_policy())
}

fn ports(listings: MockListingStore, vault: MockKeyVault) -> CataloguePorts {
    CataloguePorts {
        store: Arc::new(listings),
        index: Arc::new(MockListingIndex::new()),
        vault: Arc::new(vault),
        clock: clock(at(1_000)),
        entropy: entropy(),
    }
}

fn details() -> ListingDetails {
    ListingDetails::new(
        "Weather".parse().unwrap(),
        "1,000 requests".parse().unwrap(),
        price(1_00),
    )
}

fn stored(id: ListingId) -> Listing {
    Listing {
        is_suspended: false,
        id,
        seller: Seller {
            id: account_id(SELLER),
            name: "Ada".parse().unwrap(),
        },
        details: details(),
        available: stock(10),
        state: ListingState::Active,
        created_at: at(1_000),
    }
}

fn key(text: &str) -> ApiKey {
    ApiKey::new(text.into()).unwrap()
}

/// A vault that seals the key `sk` for `listing` alone.
fn sealing_for(listing: ListingId) -> MockKeyVault {
    let mut vault = MockKeyVault::new();
    vault
        .expect_seal()
        .withf(move |id, key| *id == listing && key.expose() == "sk")
        .once()
        .returning(|_, _| Ok(sealed("active", "sealed sk")));
    vault
}

fn failing_to_seal() -> MockKeyVault {
    let mut vault = MockKeyVault::new();
    vault
        .expect_seal()
        .once()
        .returning(|_, _| Err(VaultError::Unsealable));
    vault
}

fn publish(catalogue: &Catalogue) -> Result<Listing, PublishError> {
    let request = PublishListing {
        details: details(),
        api_key: key("sk"),
        units: stock(10),
    };
    block_on(catalogue.publish(actor(SELLER), request))
}

fn edit(catalogue: &Catalogue, edit: ListingEdit<ApiKey>) -> Result<Listing, ChangeListingError> {
    block_on(catalogue.edit(actor(SELLER), listing_id(5), edit))
}

fn replacing_the_key() -> ListingEdit<ApiKey> {
    ListingEdit {
        key: Change::To(key("sk")),
        ..ListingEdit::default()
    }
}

#[test]
fn the_key_of_a_listing_is_sealed_for_its_stored_id() {
    let id = ListingId::mint(at(1_000), &draw(1));
    let mut listings = MockListingStore::new();
    listings
        .expect_publish()
        .withf(move |listing, _| {
            listing.id == id
                && listing.seller == actor(SELLER)
                && listing.details == details()
                && listing.units == stock(10)
                && listing.sealed_key == sealed("active", "sealed sk")
                && listing.listed_at == at(1_000)
        })
        .once()
        .returning(|listing, _| Ok(stored(listing.id)));
    let published = publish(&catalogue(listings, sealing_for(id))).unwrap();
    assert_eq!(published, stored(id));
}

#[test]
fn a_listing_whose_key_cannot_be_sealed_is_not_published() {
    let catalogue = catalogue(MockListingStore::new(), failing_to_seal());
    let error = publish(&catalogue).unwrap_err();
    assert!(matches!(error, PublishError::Vault(VaultError::Unsealable)));
}

#[test]
fn an_edit_without_a_key_leaves_the_vault_alone() {
    let mut listings = MockListingStore::new();
    listings
        .expect_edit()
        .withf(|edit| {
            edit.listing_id == listing_id(5)
                && (edit.seller, edit.at) == (actor(SELLER), at(1_000))
                && edit.edit.key == Change::Keep
                && edit.edit.details.price_per_unit == Change::To(price(2_00))
        })
        .once()
        .returning(|edit| Ok(stored(edit.listing_id)));
    let catalogue = catalogue(listings, MockKeyVault::new());
    let dearer = ListingEdit {
        details: DetailsEdit {
            price_per_unit: Change::To(price(2_00)),
            ..DetailsEdit::default()
        },
        ..ListingEdit::default()
    };
    assert_eq!(edit(&catalogue, dearer).unwrap(), stored(listing_id(5)));
}

#[test]
fn a_new_key_is_sealed_for_the_listing_it_opens() {
    let mut listings = MockListingStore::new();
    listings
        .expect_edit()
        .withf(|edit| {
            edit.listing_id == listing_id(5)
                && edit.edit.key == Change::To(sealed("active", "sealed sk"))
        })
        .once()
        .returning(|edit| Ok(stored(edit.listing_id)));
    let catalogue = catalogue(listings, sealing_for(listing_id(5)));
    edit(&catalogue, replacing_the_key()).unwrap();
}

#[test]
fn a_new_key_that_cannot_be_sealed_changes_nothing() {
    let catalogue = catalogue(MockListingStore::new(), failing_to_seal());
    let error = edit(&catalogue, replacing_the_key()).unwrap_err();
    assert!(matches!(
        error,
        ChangeListingError::Vault(VaultError::Unsealable)
    ));
}

#[test]
fn an_edit_rejected_by_the_store_is_returned() {
    let mut listings = MockListingStore::new();
    listings
        .expect_edit()
        .once()
        .returning(|_| Err(EditListingError::NotYours));
    let catalogue = catalogue(listings, MockKeyVault::new());
    let error = edit(&catalogue, ListingEdit::default()).unwrap_err();
    assert!(matches!(
        error,
        ChangeListingError::Edit(EditListingError::NotYours)
    ));
}

#[test]
fn a_price_in_another_currency_than_the_marketplaces_is_neither_published_nor_set() {
    let settled: Currency = "EUR".parse().unwrap();
    // Nothing is sealed, and the store is not asked.
    let ports = ports(MockListingStore::new(), MockKeyVault::new());
    let policy = ListingPolicy {
        currency: settled,
        ..listing_policy()
    };
    let catalogue = Catalogue::new(ports, policy);
    let other = OtherCurrency {
        given: Currency::USD,
        settled,
    };
    let published = publish(&catalogue).unwrap_err();
    assert!(matches!(published, PublishError::Currency(found) if found == other));
    let repriced = ListingEdit {
        details: DetailsEdit {
            price_per_unit: Change::To(price(2_00)),
            ..DetailsEdit::default()
        },
        ..ListingEdit::default()
    };
    let edited = edit(&catalogue, repriced).unwrap_err();
    assert!(matches!(edited, ChangeListingError::Currency(found) if found == other));
    assert_eq!(
        edited.to_string(),
        "a price must be in EUR, which is what the marketplace settles in, not in USD"
    );
}

#[test]
fn a_service_that_buyers_cannot_reach_is_refused_unless_any_address_is_allowed() {
    for (endpoints, is_refused) in [(Endpoints::Public, true), (Endpoints::Any, false)] {
        let (mut listings, mut vault) = (MockListingStore::new(), MockKeyVault::new());
        let id = listing_id(5);
        listings
            .expect_publish()
            .returning(move |_, _| Ok(stored(id)));
        listings.expect_edit().returning(move |_| Ok(stored(id)));
        let sealed = |_, _: &ApiKey| Ok(sealed("active", "sealed sk"));
        vault.expect_seal().returning(sealed);
        let policy = ListingPolicy {
            endpoints,
            ..listing_policy()
        };
        let catalogue = Catalogue::new(ports(listings, vault), policy);
        let endpoint_url = Some("http://10.0.0.1/v1".parse().unwrap());
        let request = PublishListing {
            details: ListingDetails {
                endpoint_url: endpoint_url.clone(),
                ..details()
            },
            api_key: key("sk"),
            units: stock(10),
        };
        let published = block_on(catalogue.publish(actor(SELLER), request));
        let refused = matches!(published, Err(PublishError::Endpoint(_)));
        assert_eq!(refused, is_refused, "{published:?}");
        let moved = ListingEdit {
            details: DetailsEdit {
                endpoint_url: Change::To(endpoint_url),
                ..DetailsEdit::default()
            },
            ..ListingEdit::default()
        };
        let edited = edit(&catalogue, moved);
        let refused = matches!(edited, Err(ChangeListingError::Endpoint(_)));
        assert_eq!(refused, is_refused, "{edited:?}");
    }
}
