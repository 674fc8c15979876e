use udam_domain::ListingReader;
use udam_domain::id::{AccountId, ListingId};
use udam_domain::listing::{CataloguePosition, CatalogueQuery, Sort};
use udam_domain::money::{Currency, Money};
use udam_domain::page::{PageLimit, PageRequest};
use udam_postgres::PgListingStore;
use uuid::Uuid;

use super::grown::{Grown, PAGE, grown};

const SEARCH: &str = "PgListingStore::search";

/// Rows read per listing: itself, its stock and its seller.
const TABLES: u64 = 3;

const SORTS: [Sort; 3] = [Sort::Newest, Sort::Price, Sort::PriceDescending];

/// Positions of a first page, and of one after half of all listings.
async fn positions(grown: &Grown, sort: Sort) -> [Option<CataloguePosition>; 2] {
    let order = match sort {
        Sort::Newest | Sort::Relevance => "id DESC",
        Sort::Price => "price_minor, id DESC",
        Sort::PriceDescending => "price_minor DESC, id DESC",
    };
    let middle = format!(
        "SELECT id, price_minor FROM listings WHERE state = 'active' ORDER BY {order}
        OFFSET (SELECT count(*) / 2 FROM listings) LIMIT 1"
    );
    let row = grown.sql().await.query_one(&middle, &[]).await.unwrap();
    let (id, price) = (ListingId::from_uuid(row.get(0)), row.get(1));
    let middle = match sort {
        Sort::Newest => CataloguePosition::Newest(id),
        Sort::Price | Sort::PriceDescending => CataloguePosition::Price(price, id),
        Sort::Relevance => CataloguePosition::Relevance(0.1, id),
    };
    [None, Some(middle)]
}

/// Asserts how many rows the pages of a query read in these sorts, from the start and from the middle.
async fn assert_rows_read(rows: u64, sorts: &[Sort], query: &CatalogueQuery) {
    let grown = grown().await;
    let mut report = String::new();
    for sort in sorts {
        let positions = positions(grown, *sort).await;
        report += &grown
            .watch(&[(SEARCH, rows)], async |pool, _| {
                let listings = PgListingStore::new(pool);
                for after in positions {
                    let page = PageRequest {
                        after,
                        limit: PageLimit::default(),
                    };
                    let query = CatalogueQuery {
                        sort: *sort,
                        page,
                        ..query.clone()
                    };
                    listings.search(query).await.unwrap();
                }
            })
            .await;
    }
    assert!(report.is_empty(), "{report}");
}

async fn seller(rank: i64) -> AccountId {
    let by_listings = "SELECT seller_id FROM listings GROUP BY seller_id
        ORDER BY count(*) DESC, seller_id OFFSET $1 LIMIT 1";
    let found: Vec<Uuid> = grown().await.all(by_listings, &[&rank]).await;
    AccountId::from_uuid(found[0])
}

fn cents(minor: i64) -> Money {
    Money::new(minor, Currency::USD)
}

#[tokio::test]
async fn a_page_of_the_catalogue_is_read_along_an_index_at_any_depth() {
    assert_rows_read(TABLES * PAGE, &SORTS, &CatalogueQuery::default()).await;
}

#[tokio::test]
async fn a_page_of_a_price_range_is_one_range_of_the_index_of_prices() {
    let query = CatalogueQuery {
        min_price: Some(cents(200)),
        max_price: Some(cents(300)),
        ..CatalogueQuery::default()
    };
    let by_price = [Sort::Price, Sort::PriceDescending];
    assert_rows_read(TABLES * PAGE, &by_price, &query).await;
    // One listing in nineteen matches, so a page is found among the newest.
    assert_rows_read((2 * 19 + TABLES) * PAGE, &[Sort::Newest], &query).await;
}

#[tokio::test]
async fn a_page_of_listings_in_stock_skips_those_sold_out() {
    for (in_stock, one_in) in [(true, 1), (false, 8)] {
        let query = CatalogueQuery {
            in_stock: Some(in_stock),
            ..CatalogueQuery::default()
        };
        // Each skipped listing is read with its stock.
        assert_rows_read((2 * 2 * one_in + TABLES) * PAGE, &SORTS, &query).await;
    }
}

#[tokio::test]
async fn a_page_of_a_seller_reads_that_sellers_listings_once_at_most() {
    for rank in [0, 500] {
        let seller = seller(rank).await;
        let count = "SELECT count(*) FROM listings WHERE seller_id = $1";
        let theirs: Vec<i64> = grown().await.all(count, &[&seller.uuid()]).await;
        let theirs = u64::try_from(theirs[0]).unwrap();
        let query = CatalogueQuery {
            seller: Some(seller),
            ..CatalogueQuery::default()
        };
        // Index and table.
        assert_rows_read(2 * theirs + TABLES * PAGE, &SORTS, &query).await;
    }
}

#[tokio::test]
async fn a_search_reads_each_match_once_and_nothing_else() {
    let sorts = [SORTS.as_slice(), &[Sort::Relevance]].concat();
    for text in ["weather", "lichen almanacs", "48213", "nowhere"] {
        let count = "SELECT count(*) FROM listings
            WHERE search @@ websearch_to_tsquery('english', $1)";
        let found: Vec<i64> = grown().await.all(count, &[&text]).await;
        let query = CatalogueQuery {
            text: Some(text.parse().unwrap()),
            ..CatalogueQuery::default()
        };
        let found = u64::try_from(found[0]).unwrap();
        // Index and table.
        assert_rows_read(2 * found + TABLES * PAGE, &sorts, &query).await;
    }
}
