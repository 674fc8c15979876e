use std::collections::HashSet;

use udam_domain::id::{AccountId, ListingId};
use udam_domain::listing::{CataloguePosition, CatalogueQuery, Listing, Sort};
use udam_domain::page::{PageLimit, PageRequest};
use udam_domain::units::Stock;
use udam_domain::{ListingReader, StoreError};

use crate::fixtures::{start, usd};
use crate::harness::Database;

const SORTS: [Sort; 4] = [
    Sort::Newest,
    Sort::Price,
    Sort::PriceDescending,
    Sort::Relevance,
];

/// All that the query finds, in pages of 7; `between` runs after each.
async fn all(
    database: &Database,
    mut query: CatalogueQuery,
    mut between: impl AsyncFnMut(),
) -> Vec<Listing> {
    query.page.limit = PageLimit::new(7).unwrap();
    let mut found = Vec::new();
    loop {
        let page = database.listings().search(query.clone()).await.unwrap();
        found.extend(page.items);
        query.page.after = page.next;
        if query.page.after.is_none() {
            return found;
        }
        between().await;
    }
}

async fn names(database: &Database, query: CatalogueQuery) -> Vec<String> {
    let found = all(database, query, async || ()).await;
    found
        .iter()
        .map(|listing| listing.details.service_name.to_string())
        .collect()
}

async fn offer(database: &Database, seller: AccountId, name: &str, price: &str) -> ListingId {
    let listing = database.listing(seller, |listing| {
        listing.details.service_name = name.parse().unwrap();
        listing.details.price_per_unit = usd(price);
    });
    listing.await.id
}

fn seeking(text: &str) -> CatalogueQuery {
    CatalogueQuery {
        text: Some(text.parse().unwrap()),
        sort: Sort::Relevance,
        ..CatalogueQuery::default()
    }
}

#[tokio::test]
async fn no_sort_skips_or_repeats_a_listing_while_others_are_published() {
    let database = Database::fresh().await;
    let (seller, _) = database.account().await;
    let mut wanted = Vec::new();
    for _ in 0..250 {
        wanted.insert(0, database.listing(seller, |_| {}).await.id);
    }
    for sort in SORTS {
        for text in [None, Some("weather".parse().unwrap())] {
            let query = CatalogueQuery {
                text,
                sort,
                ..CatalogueQuery::default()
            };
            let come_in = async || {
                for price in ["2.50", "2.49", "2.51"] {
                    offer(&database, seller, "Weather", price).await;
                }
            };
            let found = all(&database, query, come_in).await;
            let found: Vec<ListingId> = found.iter().map(|listing| listing.id).collect();
            let once: HashSet<&ListingId> = found.iter().collect();
            assert_eq!(once.len(), found.len(), "{sort:?} repeats");
            let kept: Vec<ListingId> = found.into_iter().filter(|id| wanted.contains(id)).collect();
            assert_eq!(
                kept, wanted,
                "{sort:?} skips, or does not show the newest of equals first"
            );
            let new_ones = "DELETE FROM listing_stock WHERE listing_id <> ALL ($1)";
            let ids: Vec<_> = wanted.iter().map(|id| id.uuid()).collect();
            database
                .run(
                    "DELETE FROM stock_changes WHERE listing_id <> ALL ($1)",
                    &[&ids],
                )
                .await;
            database.run(new_ones, &[&ids]).await;
            database
                .run("DELETE FROM listings WHERE id <> ALL ($1)", &[&ids])
                .await;
        }
    }
}

#[tokio::test]
async fn the_catalogue_is_sorted_by_age_or_by_price() {
    let database = Database::fresh().await;
    let (seller, _) = database.account().await;
    for (name, price) in [
        ("a", "3.00"),
        ("b", "1.00"),
        ("c", "3.00"),
        ("d", "2.00"),
        ("e", "1.00"),
    ] {
        offer(&database, seller, name, price).await;
    }
    let sorted = async |sort| {
        names(
            &database,
            CatalogueQuery {
                sort,
                ..CatalogueQuery::default()
            },
        )
        .await
        .concat()
    };
    assert_eq!(sorted(Sort::Newest).await, "edcba");
    assert_eq!(sorted(Sort::Price).await, "ebdca");
    assert_eq!(sorted(Sort::PriceDescending).await, "cadeb");
    assert_eq!(sorted(Sort::Relevance).await, "edcba");
}

#[tokio::test]
async fn a_price_range_holds_in_every_sort() {
    let database = Database::fresh().await;
    let (seller, _) = database.account().await;
    for (name, price) in [("a", "1.00"), ("b", "2.00"), ("c", "3.00"), ("d", "4.00")] {
        offer(&database, seller, name, price).await;
    }
    for sort in SORTS {
        let within = async |min: Option<&str>, max: Option<&str>| {
            let query = CatalogueQuery {
                min_price: min.map(|text| usd(text).amount()),
                max_price: max.map(|text| usd(text).amount()),
                sort,
                ..CatalogueQuery::default()
            };
            let mut names = names(&database, query).await;
            names.sort();
            names.concat()
        };
        assert_eq!(within(Some("2.00"), Some("3.00")).await, "bc", "{sort:?}");
        assert_eq!(within(Some("2.01"), None).await, "cd", "{sort:?}");
        assert_eq!(within(None, Some("2.00")).await, "ab", "{sort:?}");
    }
}

#[tokio::test]
async fn the_catalogue_is_filtered_by_seller_and_stock_and_shows_only_what_is_on_sale() {
    let database = Database::fresh().await;
    let ((ada, _), (bob, _)) = (database.account().await, database.account().await);
    offer(&database, ada, "full", "1.00").await;
    let sold_out = offer(&database, ada, "sold out", "1.00").await;
    let paused = offer(&database, ada, "paused", "1.00").await;
    let archived = offer(&database, ada, "archived", "1.00").await;
    offer(&database, bob, "bob's", "1.00").await;
    database
        .run(
            "UPDATE listing_stock SET available = 0, sold = 100 WHERE listing_id = $1",
            &[&sold_out.uuid()],
        )
        .await;
    for (id, state) in [(paused, "paused"), (archived, "archived")] {
        let set = "UPDATE listings SET state = $2 WHERE id = $1";
        database.run(set, &[&id.uuid(), &state]).await;
    }
    let found = async |seller, in_stock| {
        names(
            &database,
            CatalogueQuery {
                seller,
                in_stock,
                ..CatalogueQuery::default()
            },
        )
        .await
    };
    assert_eq!(found(None, None).await, ["bob's", "sold out", "full"]);
    assert_eq!(found(Some(ada), None).await, ["sold out", "full"]);
    assert_eq!(found(Some(ada), Some(true)).await, ["full"]);
    assert_eq!(found(None, Some(false)).await, ["sold out"]);
}

#[tokio::test]
async fn the_best_match_of_a_search_comes_first() {
    let database = Database::fresh().await;
    let (seller, _) = database.account().await;
    let offer = async |name: &str, description: &str| {
        let listing = database.listing(seller, |listing| {
            listing.details.service_name = name.parse().unwrap();
            listing.details.description = Some(description.parse().unwrap());
        });
        listing.await
    };
    offer("Storms", "All of them.").await;
    offer("Rainfall maps", "Maps of storms and of rain.").await;
    offer("Stock prices", "Nothing about the sky.").await;

    assert_eq!(
        names(&database, seeking("storm")).await,
        ["Storms", "Rainfall maps"]
    );
    assert_eq!(
        names(&database, seeking("\"maps of storms\"")).await,
        ["Rainfall maps"]
    );
    assert_eq!(names(&database, seeking("storm -rain")).await, ["Storms"]);
    assert_eq!(names(&database, seeking("prices or maps")).await.len(), 2);
    assert!(names(&database, seeking("earthquake")).await.is_empty());
    let newest = CatalogueQuery {
        sort: Sort::Newest,
        ..seeking("storm")
    };
    assert_eq!(names(&database, newest).await, ["Rainfall maps", "Storms"]);
}

#[tokio::test]
async fn search_operators_in_the_query_are_treated_as_text() {
    let database = Database::fresh().await;
    let (seller, _) = database.account().await;
    offer(&database, seller, "Weather", "1.00").await;
    for text in [
        "'; DROP TABLE listings; --",
        "$1",
        "\\",
        "& | ! ( :*",
        "\"",
        "the",
        "weather:*'",
    ] {
        for sort in SORTS {
            let query = CatalogueQuery {
                sort,
                ..seeking(text)
            };
            names(&database, query).await;
        }
    }
    assert_eq!(
        names(&database, CatalogueQuery::default()).await,
        ["Weather"]
    );
}

#[tokio::test]
async fn a_position_is_valid_only_for_the_sort_it_came_from() {
    let database = Database::fresh().await;
    let (seller, _) = database.account().await;
    let id = offer(&database, seller, "Weather", "1.00").await;
    for sort in SORTS {
        let positions = [
            CataloguePosition::Newest(id),
            CataloguePosition::Price(1, id),
            CataloguePosition::Relevance(0.5, id),
        ];
        let mut refused = 0;
        for after in positions {
            let page = PageRequest {
                after: Some(after),
                ..PageRequest::default()
            };
            let query = CatalogueQuery {
                sort,
                page,
                ..CatalogueQuery::default()
            };
            let result = database.listings().search(query).await;
            refused += i32::from(matches!(result, Err(StoreError::Failed(_))));
        }
        assert_eq!(refused, 2, "{sort:?}");
    }
}

#[tokio::test]
async fn an_empty_listing_is_in_the_catalogue() {
    let database = Database::fresh().await;
    let (seller, _) = database.account().await;
    let listing = database
        .listing(seller, |listing| listing.units = Stock::default())
        .await;
    assert_eq!(
        (listing.available, listing.created_at),
        (Stock::default(), start())
    );
    assert_eq!(
        names(&database, CatalogueQuery::default()).await,
        ["Weather"]
    );
}

#[tokio::test]
async fn no_number_of_dashes_quotes_and_words_breaks_a_search() {
    let database = Database::fresh().await;
    let (seller, _) = database.account().await;
    offer(&database, seller, "Tide tables", "1.00").await;
    for text in [
        "-",
        "- ",
        "-\"",
        "\"-",
        "-a ",
        "or ",
        "-or ",
        "a-",
        "--a",
        "\u{2010}-",
        "- tide ",
    ] {
        let heap: String = text.chars().cycle().take(190).collect();
        let found = database
            .listings()
            .search(seeking(&format!("x{heap}")))
            .await;
        assert!(found.is_ok(), "{text}: {found:?}");
    }
    let dashed = names(&database, seeking(&format!("{} tide", "-".repeat(150)))).await;
    assert_eq!(dashed, ["Tide tables"]);
    assert!(names(&database, seeking("tables -tide")).await.is_empty());
}
