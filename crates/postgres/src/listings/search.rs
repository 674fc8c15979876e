use tokio_postgres::Row;
use tokio_postgres::types::ToSql;
use udam_domain::StoreError;
use udam_domain::listing::{CataloguePosition, CatalogueQuery, Listing, Sort};
use udam_domain::page::Page;
use uuid::Uuid;

use super::row;
use super::sql::{listing_columns, listing_joins};
use super::statement::Statement;
use crate::columns::Columns;
use crate::error::Unreadable;
use crate::paging;
use crate::pool::PgPool;
use crate::predicates::in_catalogue;

/// Returns a page of the catalogue, read along an index in the order of the query's sort.
pub(super) async fn search(
    pool: &PgPool,
    query: &CatalogueQuery,
) -> Result<Page<Listing, CataloguePosition>, StoreError> {
    let statement = statement(query)?;
    let client = pool.client().await?;
    let found = client
        .rows(statement.sql(), &statement.parameters())
        .await?;
    let found = found.iter().map(|row| with_position(row, query.sort));
    let found = found.collect::<Result<Vec<_>, Unreadable>>()?;
    let page = Page::of_long_items(
        found,
        query.page.limit,
        |(listing, _)| listing.text_length(),
        |(_, position)| *position,
    );
    Ok(Page {
        items: page.items.into_iter().map(|found| found.0).collect(),
        next: page.next,
    })
}

fn with_position(row: &Row, sort: Sort) -> Result<(Listing, CataloguePosition), Unreadable> {
    let listing = row::listing(row)?;
    let (price, id) = (listing.details.price_per_unit.amount().minor(), listing.id);
    let position = match sort {
        Sort::Newest => CataloguePosition::Newest(id),
        Sort::Price | Sort::PriceDescending => CataloguePosition::Price(price, id),
        Sort::Relevance => CataloguePosition::Relevance(row.read("rank")?, id),
    };
    Ok((listing, position))
}

/// The statement for a query, with a fragment for each filter that it uses. A single statement with a switch
/// for each possible filter would be planned once for all of them, and then use no index.
///
/// The rows of the page are selected first, and by themselves: planned with what is looked up for them, they would be
/// read in the way that seems to find fewer of them. Sellers, stocks and terms are looked up for those only.
fn statement(query: &CatalogueQuery) -> Result<Statement, StoreError> {
    let mut statement = Statement::default();
    statement.push("-- PgListingStore::search\nWITH ");
    let rank = match &query.text {
        // Materialized, so that the text is parsed once and not for each row.
        Some(text) => {
            statement.push("sought AS MATERIALIZED (SELECT websearch_to_tsquery('english', ");
            statement
                .bind(without_stray_dashes(text.as_str()))
                .push(") AS query),\n");
            "ts_rank(l.search, (SELECT query FROM sought))"
        }
        None => "0::real",
    };
    statement
        .push("page AS MATERIALIZED (\nSELECT l.*, ")
        .push(rank)
        .push(" AS rank FROM ");
    candidates(&mut statement, query);
    statement.push(concat!(" AS l\nWHERE ", in_catalogue!("l")));
    push_filters(&mut statement, query);
    push_position(&mut statement, query, rank)?;
    statement
        .push(" LIMIT ")
        .bind(paging::limit_plus_one(query.page.limit))
        .push("\n)\nSELECT l.rank, ")
        .push(listing_columns!())
        .push("FROM page AS l")
        .push(listing_joins!())
        .push("ORDER BY ")
        .push(match query.sort {
            Sort::Newest => "l.id DESC",
            Sort::Price => "-l.price_minor DESC, l.id DESC",
            Sort::PriceDescending => "l.price_minor DESC, l.id DESC",
            Sort::Relevance => "l.rank DESC, l.id DESC",
        });
    Ok(statement)
}

/// The rows that the page is selected from. No index has both the text and the order, and the planner cannot
/// tell how many listings match: walking an index in order until the page is full would read all listings
/// for a rare word. OFFSET 0 makes it find the matches first, and then sort them.
fn candidates(statement: &mut Statement, query: &CatalogueQuery) {
    match (query.seller, query.sort) {
        _ if query.text.is_some() => {
            statement.push(
                "(SELECT * FROM listings WHERE search @@ (SELECT query FROM sought) OFFSET 0)",
            );
        }
        (Some(seller), Sort::Price | Sort::PriceDescending) => {
            statement.push("(SELECT * FROM listings WHERE seller_id = ");
            statement.bind(seller.uuid()).push(" OFFSET 0)");
        }
        _ => {
            statement.push("listings");
        }
    }
}

/// The text without those dashes that do not exclude a word. PostgreSQL parses each dash as the negation of
/// what follows, and fails on a few dozen in a row.
fn without_stray_dashes(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        let next = characters.peek();
        let excludes = next.is_some_and(|next| next.is_alphanumeric() || *next == '"');
        kept.push(if character == '-' && !excludes {
            ' '
        } else {
            character
        });
    }
    kept
}

fn push_filters(statement: &mut Statement, query: &CatalogueQuery) {
    if let Some(seller) = query.seller {
        statement.push(" AND l.seller_id = ").bind(seller.uuid());
    }
    // In the terms of the sort's index, so that the index can apply them.
    let (floor, ceiling, term): (_, _, fn(i64) -> i64) = match query.sort {
        Sort::Price => (
            " AND -l.price_minor <= ",
            " AND -l.price_minor >= ",
            i64::saturating_neg,
        ),
        _ => (
            " AND l.price_minor >= ",
            " AND l.price_minor <= ",
            |minor| minor,
        ),
    };
    for (bound, price) in [(floor, query.min_price), (ceiling, query.max_price)] {
        if let Some(price) = price {
            statement
                .push(" AND l.currency = ")
                .bind(price.currency().code());
            statement.push(bound).bind(term(price.minor()));
        }
    }
    if let Some(in_stock) = query.in_stock {
        statement
            .push(" AND (SELECT s.available > 0 FROM listing_stock s WHERE s.listing_id = l.id) = ")
            .bind(in_stock);
    }
}

/// Orders the rows by a key and then by id, both descending, so that the rows after a position are one row
/// comparison and one range of an index. Sorted from the cheapest, the key is the negated price.
fn push_position(
    statement: &mut Statement,
    query: &CatalogueQuery,
    rank: &str,
) -> Result<(), StoreError> {
    use CataloguePosition as At;

    // Comes before every row.
    let first = (i64::MAX, Uuid::max());
    match (query.sort, query.page.after) {
        (Sort::Newest, None) => push_after_id(statement, first.1),
        (Sort::Newest, Some(At::Newest(id))) => push_after_id(statement, id.uuid()),
        (Sort::Price, None) => push_after_key(statement, "-l.price_minor", first),
        (Sort::Price, Some(At::Price(minor, id))) => {
            push_after_key(
                statement,
                "-l.price_minor",
                (minor.saturating_neg(), id.uuid()),
            );
        }
        (Sort::PriceDescending, None) => push_after_key(statement, "l.price_minor", first),
        (Sort::PriceDescending, Some(At::Price(minor, id))) => {
            push_after_key(statement, "l.price_minor", (minor, id.uuid()));
        }
        (Sort::Relevance, None) => push_after_key(statement, rank, (f32::INFINITY, first.1)),
        (Sort::Relevance, Some(At::Relevance(after, id))) => {
            push_after_key(statement, rank, (after, id.uuid()));
        }
        (_, Some(_)) => {
            return Err(StoreError::Failed(
                "the position belongs to another sort".into(),
            ));
        }
    }
    Ok(())
}

fn push_after_id(statement: &mut Statement, after: Uuid) {
    statement
        .push(" AND l.id < ")
        .bind(after)
        .push(" ORDER BY l.id DESC");
}

fn push_after_key<K: ToSql + Sync + Send + 'static>(
    statement: &mut Statement,
    key: &str,
    (after_key, after_id): (K, Uuid),
) {
    statement
        .push(" AND (")
        .push(key)
        .push(", l.id) < (")
        .bind(after_key)
        .push(", ");
    statement
        .bind(after_id)
        .push(") ORDER BY ")
        .push(key)
        .push(" DESC, l.id DESC");
}
