//! Keys that the gateway calls services with.

use super::*;
use crate::gateway::GatewayTerms;

fn opening(opened: &'static str) -> MockKeyVault {
    let mut vault = MockKeyVault::new();
    vault
        .expect_seal()
        .returning(|_, key| Ok(sealed("active", key.expose())));
    vault
        .expect_open()
        .times(0..=1)
        .withf(|id, _| *id == listing_id(5))
        .returning(move |_, _| Ok(key(opened)));
    vault
}

/// A store that has to know of this key whether it can be called with.
fn asking(about: &'static str) -> MockListingStore {
    let mut listings = MockListingStore::new();
    listings.expect_edit().times(1..=2).returning(move |edit| {
        let asked = sealed("active", about);
        if edit.callable_key == Some(asked.clone()) {
            Ok(stored(edit.listing_id))
        } else {
            Err(EditListingError::UncheckedKey(asked))
        }
    });
    listings
}

fn is_short(edited: &Result<Listing, ChangeListingError>) -> bool {
    matches!(
        edited,
        Err(ChangeListingError::Edit(EditListingError::NotCallable(
            NotCallable::ShortKey
        )))
    )
}

#[test]
fn a_listing_is_published_through_the_gateway_with_a_long_key_alone() {
    for (text, gateway, is_published) in [
        ("sk_1234", None, true),
        ("sk_1234", Some(GatewayTerms::default()), false),
        ("sk_12345", Some(GatewayTerms::default()), true),
    ] {
        let mut listings = MockListingStore::new();
        listings
            .expect_publish()
            .returning(|listing, _| Ok(stored(listing.id)));
        let request = PublishListing {
            details: ListingDetails {
                gateway,
                endpoint_url: Some("https://api.example.com".parse().unwrap()),
                ..details()
            },
            api_key: key(text),
            units: stock(10),
        };
        let catalogue = catalogue(listings, opening("unused"));
        let published = block_on(catalogue.publish(actor(SELLER), request));
        let refused = matches!(
            published,
            Err(PublishError::NotCallable(NotCallable::ShortKey))
        );
        assert_eq!((published.is_ok(), refused), (is_published, !is_published));
    }
}

#[test]
fn a_key_that_the_store_asks_about_is_opened_and_checked() {
    let listing_with = |opened| catalogue(asking("stored"), opening(opened));
    let through_gateway = || ListingEdit {
        details: DetailsEdit {
            gateway: Change::To(Some(GatewayTerms::default())),
            ..DetailsEdit::default()
        },
        ..ListingEdit::default()
    };
    assert!(is_short(&edit(&listing_with("sk_1234"), through_gateway())));
    let edited = edit(&listing_with("sk_12345"), through_gateway());
    assert_eq!(edited.unwrap(), stored(listing_id(5)));
}

#[test]
fn a_new_key_of_a_service_that_is_called_is_checked() {
    let replacing = |text| ListingEdit {
        key: Change::To(key(text)),
        ..ListingEdit::default()
    };
    for (text, refused) in [("sk_1234", true), ("sk_12345", false)] {
        let edited = edit(&catalogue(asking(text), opening(text)), replacing(text));
        assert_eq!((is_short(&edited), edited.is_ok()), (refused, !refused));
    }
    // What is not called may have any.
    let mut listings = MockListingStore::new();
    listings
        .expect_edit()
        .once()
        .returning(|edit| Ok(stored(edit.listing_id)));
    assert!(edit(&catalogue(listings, opening("unused")), replacing("a")).is_ok());
}

#[test]
fn a_store_that_asks_about_one_key_again_and_again_ends_the_edit() {
    let mut listings = MockListingStore::new();
    listings
        .expect_edit()
        .times(2)
        .returning(|_| Err(EditListingError::UncheckedKey(sealed("active", "k"))));
    let edited = edit(
        &catalogue(listings, opening("sk_12345")),
        replacing_the_key(),
    );
    assert!(matches!(
        edited,
        Err(ChangeListingError::Edit(EditListingError::UncheckedKey(_)))
    ));
}
