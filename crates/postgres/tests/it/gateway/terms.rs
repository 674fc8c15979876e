//! Gateway terms of listings, and what of them orders keep.

use udam_domain::audit::Actor;
use udam_domain::gateway::{BasicUser, GatewayTerms, KeyPlacement, TermsVersion};
use udam_domain::id::ListingId;
use udam_domain::listing::{Change, DetailsEdit, EditListing, ListingEdit, NotCallable, SealedKey};
use udam_domain::policy::Endpoints;
use udam_domain::token::Token;
use udam_domain::{EditListingError, ListingReader, ListingStore};

use super::market::{Market, gateway_terms};
use crate::fixtures::{at, sealed};

fn version(token: &Token) -> Option<u32> {
    token.gateway.map(|gateway| gateway.terms.get())
}

async fn terms_of(market: &Market, id: ListingId) -> Option<GatewayTerms> {
    let found = market.database.listings().find(id).await.unwrap();
    found.unwrap().details.gateway
}

#[tokio::test]
async fn terms_are_read_back_as_they_were_published_and_edited() {
    let market = Market::with(gateway_terms()).await;
    assert_eq!(market.listing.details.gateway, Some(gateway_terms()));
    let placements = [
        KeyPlacement::default(),
        KeyPlacement::Query("api_key".parse().unwrap()),
        KeyPlacement::Basic(None),
        KeyPlacement::Basic("ada".parse::<BasicUser>().ok()),
    ];
    for auth in placements {
        let terms = GatewayTerms {
            auth,
            ..GatewayTerms::default()
        };
        let edited = market.sell_by(Some(terms.clone())).await.unwrap();
        assert_eq!(edited.details.gateway, Some(terms.clone()));
        assert_eq!(terms_of(&market, market.listing.id).await, Some(terms));
    }
    let of_seller: i64 = market.database.count("gateway_terms").await;
    assert_eq!(of_seller, 5);
    market.verify().await;
}

#[tokio::test]
async fn a_token_keeps_the_terms_that_it_was_bought_under() {
    let market = Market::with(gateway_terms()).await;
    let first = market.open(20).await;
    market.sell_by(Some(GatewayTerms::default())).await.unwrap();
    let second = market.open(20).await;
    market.sell_by(None).await.unwrap();
    let shown = market.buy(20).await;
    // Terms that were sold on before are a new version all the same.
    market.sell_by(Some(gateway_terms())).await.unwrap();
    let third = market.open(20).await;

    assert_eq!(version(&market.token(first.token).await), Some(1));
    assert_eq!(version(&market.token(second.token).await), Some(2));
    assert_eq!(version(&market.token(shown).await), None);
    assert_eq!(version(&market.token(third.token).await), Some(3));
    let drawn = market.draw(first.key).await.unwrap().drawn;
    assert_eq!((drawn.taken.get(), drawn.terms.version.get()), (5, 1));
    assert_eq!(drawn.terms.terms, gateway_terms());
    let drawn = market.draw(second.key).await.unwrap().drawn;
    assert_eq!((drawn.taken.get(), drawn.terms.version.get()), (1, 2));
    assert!(market.reveals_the_service(shown).await);
    market.verify().await;
}

#[tokio::test]
async fn an_edit_of_something_else_keeps_the_version() {
    let market = Market::with(gateway_terms()).await;
    let same = market.sell_by(Some(gateway_terms())).await.unwrap();
    assert_eq!(same.details.gateway, Some(gateway_terms()));
    let renamed = market
        .edit(|edit| edit.details.service_name = Change::To("Climate".parse().unwrap()))
        .await
        .unwrap();
    assert_eq!(renamed.details.gateway, Some(gateway_terms()));
    assert_eq!(market.database.count("gateway_terms").await, 1);
    let token = market.buy(5).await;
    let gateway = market.token(token).await.gateway.unwrap();
    assert_eq!(gateway.terms, TermsVersion::FIRST);
}

#[tokio::test]
async fn a_listing_that_has_sold_calls_keeps_an_address() {
    let market = Market::plain().await;
    let without = async |edit: bool| {
        let removed = market.edit(|change| {
            change.details.endpoint_url = Change::To(None);
            if edit {
                change.details.gateway = Change::To(None);
            }
        });
        removed.await
    };
    for also_terms in [false, true] {
        let refused = without(also_terms).await;
        let reason = EditListingError::NotCallable(NotCallable::NoEndpoint);
        assert_eq!(refused.unwrap_err().to_string(), reason.to_string());
    }
    market.sell_by(None).await.unwrap();
    assert!(without(false).await.is_err());
    // One that has never sold any may be without.
    let never = market.database.listing(market.seller, |_| {}).await;
    assert_eq!(never.details.gateway, None);
    let without_address = market
        .database
        .listing(market.seller, |listing| listing.details.endpoint_url = None)
        .await;
    assert_eq!(without_address.details.endpoint_url, None);
}

#[tokio::test]
async fn a_key_is_asked_about_before_the_gateway_calls_with_it() {
    let market = Market::plain().await;
    let listings = market.database.listings();
    let by_key = market.database.listing(market.seller, |_| {}).await;
    let edit =
        |listing_id, key: Change<SealedKey>, gateway: Change<Option<GatewayTerms>>| EditListing {
            listing_id,
            edit: ListingEdit {
                details: DetailsEdit {
                    endpoint_url: Change::To(Some("https://api.example.com".parse().unwrap())),
                    gateway,
                    ..DetailsEdit::default()
                },
                key,
                ..ListingEdit::default()
            },
            callable_key: None,
            seller: Actor::from(market.seller),
            endpoints: Endpoints::Public,
            at: at(30),
        };
    let [stored, new] = ["2026", "2027"].map(sealed);
    let terms = || Change::To(Some(GatewayTerms::default()));
    // A listing that sells its key may have any.
    let free = edit(by_key.id, Change::To(stored.clone()), Change::Keep);
    listings.edit(free).await.unwrap();
    let (called, key) = (market.listing.id, new.clone());
    for (request, asked) in [
        (edit(by_key.id, Change::Keep, terms()), stored.clone()),
        (
            edit(by_key.id, Change::To(new.clone()), Change::Keep),
            new.clone(),
        ),
        (edit(called, Change::To(new.clone()), Change::Keep), new),
        (
            edit(called, Change::To(stored.clone()), Change::To(None)),
            stored.clone(),
        ),
    ] {
        let refused = listings.edit(request.clone()).await;
        assert!(
            matches!(&refused, Err(EditListingError::UncheckedKey(key)) if *key == asked),
            "{refused:?}"
        );
        let checked = EditListing {
            callable_key: Some(asked),
            ..request
        };
        listings.edit(checked).await.unwrap();
    }
    // A key that was checked before, and is not that of the edit.
    let mut request = edit(called, Change::To(key), Change::Keep);
    request.callable_key = Some(stored.clone());
    let refused = listings.edit(request).await;
    assert!(matches!(refused, Err(EditListingError::UncheckedKey(_))));
    // What is called with a key already goes on with it.
    let kept = edit(market.listing.id, Change::Keep, Change::To(None));
    listings.edit(kept).await.unwrap();
}
