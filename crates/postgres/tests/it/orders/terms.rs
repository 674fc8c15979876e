//! Terms that a seller sets on a listing hold for the orders after that.

use futures::future::join_all;
use udam_domain::listing::{Change, DetailsEdit};
use udam_domain::order::{OrderState, PaymentRoute, Rejection};
use udam_domain::units::Units;
use udam_domain::{ListingReader, OrderStore, PlaceOrderError};

use super::market::{Market, Party, keyed, order_for};

fn paid_first(pay_first: bool) -> DetailsEdit {
    DetailsEdit {
        pay_first: Change::To(pay_first),
        ..DetailsEdit::default()
    }
}

fn at_most(units: Option<i64>) -> DetailsEdit {
    DetailsEdit {
        max_units_per_order: Change::To(units.map(|units| Units::new(units).unwrap())),
        ..DetailsEdit::default()
    }
}

#[tokio::test]
async fn an_order_of_a_listing_that_is_paid_first_awaits_payment_however_small() {
    let market = Market::new().await;
    let (seller, buyer) = (market.party().await, market.party().await);
    let listing = market.listing(seller, 60, 10).await;
    let order = |key| keyed(order_for(buyer, listing, 2), key);
    let on_tab = market.orders.place(order("tab")).await.unwrap().order;
    assert_eq!(on_tab.route, PaymentRoute::Tab);

    market.change(listing, seller.id, paid_first(true)).await;
    let held = market.orders.place(order("held")).await.unwrap().order;
    assert_eq!(
        (held.route, held.state),
        (PaymentRoute::Checkout, OrderState::AwaitingPayment)
    );
    assert_eq!(market.stock(listing).await, (6, 2, 2, 120));
    // The order of before stays as it was accepted.
    let repeat = market.orders.place(order("tab")).await.unwrap();
    assert_eq!((repeat.order, repeat.replayed), (on_tab, true));

    market.change(listing, seller.id, paid_first(false)).await;
    let later = market.orders.place(order("later")).await.unwrap().order;
    assert_eq!(later.route, PaymentRoute::Tab);
    market.assert_consistent().await;
}

#[tokio::test]
async fn an_order_for_more_units_than_allowed_is_rejected_and_takes_none() {
    let market = Market::new().await;
    let (seller, buyer) = (market.party().await, market.party().await);
    let listing = market.listing(seller, 1, 10).await;
    market.change(listing, seller.id, at_most(Some(3))).await;
    let rejected = market.orders.place(order_for(buyer, listing, 4)).await;
    assert!(
        matches!(
            rejected,
            Err(PlaceOrderError::Rejected(Rejection::TooManyUnits { most })) if most.get() == 3
        ),
        "{rejected:?}"
    );
    assert_eq!(market.stock(listing).await, (10, 0, 0, 0));
    market
        .orders
        .place(order_for(buyer, listing, 3))
        .await
        .unwrap();

    market.change(listing, seller.id, at_most(None)).await;
    market
        .orders
        .place(order_for(buyer, listing, 4))
        .await
        .unwrap();
    assert_eq!(market.stock(listing).await, (3, 0, 7, 7));
    market.assert_consistent().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn orders_of_one_batch_go_by_the_terms_of_their_own_listings() {
    let market = Market::new().await;
    let seller = market.party().await;
    let mut listings = Vec::new();
    for terms in [DetailsEdit::default(), paid_first(true), at_most(Some(1))] {
        let listing = market.listing(seller, 60, 100).await;
        market.change(listing, seller.id, terms).await;
        listings.push(listing);
    }
    let buyers: Vec<Party> = join_all((0..8).map(|_| market.party())).await;
    let buying = buyers.iter().flat_map(|buyer| {
        let orders = listings
            .iter()
            .map(|listing| order_for(*buyer, *listing, 2));
        orders.map(|order| market.orders.place(order))
    });
    let results = join_all(buying).await;
    for of_one_buyer in results.chunks(3) {
        let [plain, paid_first, limited] = of_one_buyer else {
            panic!("three listings")
        };
        let route = |placed: &Result<_, _>| {
            let placed: &udam_domain::order::PlacedOrder = placed.as_ref().unwrap();
            placed.order.route
        };
        assert_eq!(route(plain), PaymentRoute::Tab);
        assert_eq!(route(paid_first), PaymentRoute::Checkout);
        let too_many = Rejection::TooManyUnits { most: Units::MIN };
        assert!(matches!(limited, Err(PlaceOrderError::Rejected(why)) if *why == too_many));
    }
    market.assert_consistent().await;
}

#[tokio::test]
async fn a_server_of_the_version_before_publishes_without_terms_and_keeps_those_there_are() {
    let market = Market::new().await;
    let seller = market.party().await;
    let listing = market.listing(seller, 1, 10).await;
    let terms = DetailsEdit {
        pay_first: Change::To(true),
        ..at_most(Some(3))
    };
    market.change(listing, seller.id, terms).await;
    let edit = "UPDATE listings SET
            state = 'active', (
                service_name, description, endpoint_url, price_minor, currency, unit_description
            ) = ROW ('Rain', NULL, NULL, 2::bigint, 'USD', 'one call')";
    market.database.run(edit, &[]).await;
    let edited = market
        .listings
        .find(listing)
        .await
        .unwrap()
        .unwrap()
        .details;
    assert_eq!(edited.service_name.as_str(), "Rain");
    assert_eq!(
        (edited.pay_first, edited.max_units_per_order.map(Units::get)),
        (true, Some(3))
    );

    let publish = "INSERT INTO listings (id, seller_id, state, sealed_key, master_key_id, created_at, \
            service_name, description, endpoint_url, price_minor, currency, unit_description) \
        SELECT gen_random_uuid(), seller_id, state, sealed_key, master_key_id, created_at, 'Snow', \
            description, endpoint_url, price_minor, currency, unit_description FROM listings";
    market.database.run(publish, &[]).await;
    let terms = "SELECT concat_ws(' ', pay_first, coalesce(max_units_per_order::text, 'any')) \
        FROM listings WHERE service_name = 'Snow'";
    assert_eq!(market.database.value::<String>(terms).await, "f any");
}
