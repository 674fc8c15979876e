use futures::future::join_all;
use udam_domain::audit::AuditAction;
use udam_domain::id::{AccountId, ListingId};
use udam_domain::listing::{
    Change, DetailsEdit, EditListing, Listing, ListingEdit, ListingState, ListingStatus, SealedKey,
    StockChange,
};
use udam_domain::page::{PageLimit, PageRequest};
use udam_domain::policy::Endpoints;
use udam_domain::units::{Stock, Units};
use udam_domain::{EditListingError, ListingReader, ListingStore, StoreError};

use crate::fixtures::{actor, at, new_listing, sealed, start, unlimited, usd};
use crate::gateway::market::gateway_terms;
use crate::harness::Database;

type Edit = ListingEdit<SealedKey>;

/// Edits a listing a minute after the start. The gateway can call with every key.
pub(crate) async fn edit(
    database: &Database,
    seller: AccountId,
    listing_id: ListingId,
    edit: Edit,
) -> Result<Listing, EditListingError> {
    let mut request = EditListing {
        listing_id,
        edit,
        callable_key: None,
        seller: actor(seller),
        endpoints: Endpoints::Public,
        at: at(60),
    };
    let listings = database.listings();
    let edited = listings.edit(request.clone()).await;
    let Err(EditListingError::UncheckedKey(key)) = edited else {
        return edited;
    };
    request.callable_key = Some(key);
    listings.edit(request).await
}

fn stock(change: StockChange) -> Edit {
    Edit {
        stock: change,
        ..Edit::default()
    }
}

fn units(count: i64) -> Stock {
    Stock::new(count).unwrap()
}

/// Stock as `listed available held sold = `, followed by every change of it.
async fn stock_history(database: &Database) -> String {
    const HISTORY: &str = "SELECT concat_ws(' ', listed, available, held, sold, '=', \
        (SELECT string_agg(units::text, ' ' ORDER BY id) FROM stock_changes)) FROM listing_stock";

    database.value(HISTORY).await
}

#[tokio::test]
async fn a_published_listing_is_found_as_it_was_published() {
    let database = Database::fresh().await;
    let (seller, _) = database.account().await;
    let new = new_listing(seller);
    let listing = database
        .listings()
        .publish(new.clone(), unlimited())
        .await
        .unwrap();

    assert_eq!((listing.id, listing.seller.id), (new.id, seller));
    assert_eq!(listing.seller.name.as_str(), format!("Ada {seller}"));
    assert_eq!(
        (&listing.details, listing.available),
        (&new.details, new.units)
    );
    assert_eq!(
        (listing.state, listing.created_at),
        (ListingState::Active, start())
    );
    assert_eq!(
        database.listings().find(new.id).await.unwrap(),
        Some(listing)
    );
    assert_eq!(stock_history(&database).await, "100 100 0 0 = 100");
}

#[tokio::test]
async fn a_listing_that_was_never_published_is_not_found() {
    let database = Database::fresh().await;
    let (seller, _) = database.account().await;
    let missing = new_listing(seller).id;
    assert_eq!(database.listings().find(missing).await.unwrap(), None);
    let result = edit(&database, seller, missing, Edit::default()).await;
    assert!(matches!(result, Err(EditListingError::NotFound)));
}

#[tokio::test]
async fn an_edit_changes_the_given_fields_and_keeps_the_others() {
    let database = Database::fresh().await;
    let (seller, _) = database.account().await;
    let mut expected = database.listing(seller, |_| {}).await;
    let id = expected.id;
    let same = edit(&database, seller, id, Edit::default()).await.unwrap();
    assert_eq!(same, expected);

    let all = Edit {
        details: DetailsEdit {
            service_name: Change::To("Climate".parse().unwrap()),
            description: Change::To(None),
            endpoint_url: Change::To(Some("https://climate.example.com/".parse().unwrap())),
            price_per_unit: Change::To(usd("3.00")),
            unit_description: Change::To("a year of data".parse().unwrap()),
            pay_first: Change::To(true),
            max_units_per_order: Change::To(Some(Units::MAX)),
            gateway: Change::To(Some(gateway_terms())),
        },
        stock: StockChange::Set(units(7)),
        state: Change::To(ListingState::Paused),
        key: Change::Keep,
    };
    let edited = edit(&database, seller, id, all).await.unwrap();
    expected.details.service_name = "Climate".parse().unwrap();
    expected.details.description = None;
    expected.details.endpoint_url = Some("https://climate.example.com/".parse().unwrap());
    expected.details.price_per_unit = usd("3.00");
    expected.details.unit_description = "a year of data".parse().unwrap();
    expected.details.pay_first = true;
    expected.details.max_units_per_order = Some(Units::MAX);
    expected.details.gateway = Some(gateway_terms());
    expected.available = units(7);
    expected.state = ListingState::Paused;
    assert_eq!(edited, expected);
    assert_eq!(database.listings().find(id).await.unwrap(), Some(expected));
    let audited = database.audited().await;
    let changed = ["price_changed", "endpoint_changed", "gateway_terms_changed"];
    assert_eq!(audited, changed);
}

#[tokio::test]
async fn a_seller_cannot_edit_the_listing_of_another() {
    let database = Database::fresh().await;
    let ((seller, _), (other, _)) = (database.account().await, database.account().await);
    let listing = database.listing(seller, |_| {}).await;
    let result = edit(
        &database,
        other,
        listing.id,
        stock(StockChange::Add(units(1))),
    )
    .await;

    assert!(matches!(result, Err(EditListingError::NotYours)));
    assert_eq!(
        database.listings().find(listing.id).await.unwrap(),
        Some(listing)
    );
}

#[tokio::test]
async fn available_units_change_apart_from_those_held_and_sold() {
    let database = Database::fresh().await;
    let (seller, _) = database.account().await;
    let id = database.listing(seller, |_| {}).await.id;
    database
        .run(
            "UPDATE listing_stock SET available = 60, held = 30, sold = 10",
            &[],
        )
        .await;
    let mut available = Vec::new();
    for change in [
        StockChange::Add(units(5)),
        StockChange::Set(units(0)),
        StockChange::Set(units(0)),
        StockChange::Add(units(0)),
        StockChange::Set(units(8)),
    ] {
        let edited = edit(&database, seller, id, stock(change)).await.unwrap();
        available.push((edited.available.get(), edited.status()));
    }

    let (active, sold_out) = (ListingStatus::Active, ListingStatus::SoldOut);
    assert_eq!(
        available,
        [
            (65, active),
            (0, sold_out),
            (0, sold_out),
            (0, sold_out),
            (8, active)
        ]
    );
    assert_eq!(stock_history(&database).await, "48 8 30 10 = 100 5 -65 8");
}

#[tokio::test]
async fn the_maximum_stock_counts_units_that_may_be_released() {
    let database = Database::fresh().await;
    let (seller, _) = database.account().await;
    let id = database.listing(seller, |_| {}).await.id;
    database
        .run(
            "UPDATE listing_stock SET available = 0, held = 1, sold = 99",
            &[],
        )
        .await;
    for too_many in [
        StockChange::Set(Stock::MAX),
        StockChange::Add(units(999_999_901)),
    ] {
        let and_more = Edit {
            details: DetailsEdit {
                service_name: Change::To("Climate".parse().unwrap()),
                ..DetailsEdit::default()
            },
            ..stock(too_many)
        };
        let result = edit(&database, seller, id, and_more).await;
        assert!(
            matches!(result, Err(EditListingError::TooManyUnits(change)) if change == too_many)
        );
    }
    assert_eq!(stock_history(&database).await, "100 0 1 99 = 100");
    let most = edit(
        &database,
        seller,
        id,
        stock(StockChange::Add(units(999_999_900))),
    )
    .await;
    let most = most.unwrap();
    assert_eq!(
        (most.available.get(), most.details.service_name.as_str()),
        (999_999_900, "Weather")
    );
}

#[tokio::test]
async fn concurrently_added_units_all_count() {
    let database = Database::fresh().await;
    let (seller, _) = database.account().await;
    let id = database.listing(seller, |_| {}).await.id;
    let add = |_| edit(&database, seller, id, stock(StockChange::Add(units(1))));
    for result in join_all((0..30).map(add)).await {
        result.unwrap();
    }
    assert_eq!(
        database
            .listings()
            .find(id)
            .await
            .unwrap()
            .unwrap()
            .available,
        units(130)
    );
    assert_eq!(database.count("stock_changes WHERE units = 1").await, 30);
}

#[tokio::test]
async fn an_edit_waits_for_an_order_and_no_order_waits_for_an_edit() {
    let database = Database::fresh().await;
    let (seller, _) = database.account().await;
    let listing = database.listing(seller, |_| {}).await;
    // An order in progress: it has locked the stock, and has yet to insert the row that refers to the
    // listing. It times out before PostgreSQL's deadlock check would abort it.
    let order = database.beside().await;
    order
        .batch_execute(
            "BEGIN; SET LOCAL lock_timeout = '500ms';
            UPDATE listing_stock SET available = available - 1, sold = sold + 1",
        )
        .await
        .unwrap();
    let adding = edit(
        &database,
        seller,
        listing.id,
        stock(StockChange::Set(units(50))),
    );
    let orders = async {
        database.until_waiting(1).await;
        let insert = "INSERT INTO stock_changes (listing_id, units, at) VALUES ($1, 0, now())";
        order.execute(insert, &[&listing.id.uuid()]).await.unwrap();
        order.batch_execute("COMMIT").await.unwrap();
    };
    let (edited, ()) = futures::join!(adding, orders);

    assert_eq!(edited.unwrap().available, units(50));
    assert_eq!(stock_history(&database).await, "51 50 0 1 = 100 0 -49");
}

#[tokio::test]
async fn an_edit_is_rolled_back_when_its_replaced_key_cannot_be_audited() {
    let database = Database::fresh().await;
    let (seller, _) = database.account().await;
    let listing = database.listing(seller, |_| {}).await;
    database.fail_audit(AuditAction::KeyReplaced).await;
    let before: Vec<u8> = database.value("SELECT sealed_key FROM listings").await;
    let all = Edit {
        key: Change::To(sealed("2027")),
        state: Change::To(ListingState::Paused),
        ..stock(StockChange::Add(units(1)))
    };
    let result = edit(&database, seller, listing.id, all).await;

    assert!(matches!(
        result,
        Err(EditListingError::Unavailable(StoreError::Failed(_)))
    ));
    assert_eq!(
        database.listings().find(listing.id).await.unwrap(),
        Some(listing)
    );
    assert_eq!(
        database
            .value::<Vec<u8>>("SELECT sealed_key FROM listings")
            .await,
        before
    );
    assert_eq!(stock_history(&database).await, "100 100 0 0 = 100");
}

#[tokio::test]
async fn a_seller_sees_all_own_listings_with_units_sold_and_revenue() {
    let database = Database::fresh().await;
    let ((seller, _), (other, _)) = (database.account().await, database.account().await);
    database.listing(other, |_| {}).await;
    let mut ids = Vec::new();
    for _ in 0..5 {
        ids.insert(0, database.listing(seller, |_| {}).await.id);
    }
    database
        .run(
            "UPDATE listings SET state = 'archived' WHERE id = $1",
            &[&ids[1].uuid()],
        )
        .await;
    database
        .run(
            "UPDATE listing_stock SET available = 97, sold = 3, revenue_minor = 750 \
            WHERE listing_id = $1",
            &[&ids[0].uuid()],
        )
        .await;
    let mut page = PageRequest {
        after: None,
        limit: PageLimit::new(2).unwrap(),
    };
    let mut seen = Vec::new();
    loop {
        let result = database.listings().of_seller(seller, page).await.unwrap();
        seen.extend(result.items);
        page.after = result.next;
        if page.after.is_none() {
            break;
        }
    }
    assert_eq!(
        seen.iter().map(|own| own.listing.id).collect::<Vec<_>>(),
        ids
    );
    assert_eq!(
        (seen[0].units_sold, seen[0].revenue),
        (3, usd("7.50").amount())
    );
    assert_eq!(seen[1].listing.state, ListingState::Archived);
}
