use tokio_postgres::Row;
use tokio_postgres::types::ToSql;
use udam_domain::StoreError;
use udam_domain::listing::{CataloguePosition, CatalogueQuery, Listing, Sort};
use udam_domain::page::Page;
use uuid::Uuid;

use super::row;
use super::statement::Statement;
use crate::columns::Columns;
use crate::error::Unreadable;
use crate::paging;
use crate::pool::PgPool;

/// A page of the catalogue, read along an index that is in the order asked for.
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
    let page = Page::from_surplus(found, query.page.limit, |found| found.1);
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

/// The statement for a query has a fragment for each filter in use, not a switch for each that there
/// could be: a prepared statement is planned once for all of its switches, and then by no index.
///
/// The page is picked first, and only what is on it is looked up elsewhere.
fn statement(query: &CatalogueQuery) -> Result<Statement, StoreError> {
    let mut statement = Statement::default();
    statement.push("-- PgListingStore::search\n");
    let rank = match &query.text {
        // Materialized in a subquery of its own, the text is parsed once and not for each row.
        Some(text) => {
            statement.push("WITH sought AS MATERIALIZED (SELECT websearch_to_tsquery('english', ");
            statement.bind(plain(text.as_str())).push(") AS query)\n");
            "ts_rank(l.search, (SELECT query FROM sought))"
        }
        None => "0::real",
    };
    statement
        .push("SELECT l.rank, ")
        .push(include_str!("columns.sql"))
        .push("FROM (\nSELECT l.*, ")
        .push(rank)
        .push(" AS rank FROM ");
    candidates(&mut statement, query);
    statement.push(" AS l\nWHERE l.state = 'active'");
    filter(&mut statement, query);
    come_after(&mut statement, query, rank)?;
    statement
        .push(" LIMIT ")
        .bind(paging::limit_plus_one(query.page.limit))
        .push("\n) AS l")
        .push(include_str!("joins.sql"))
        .push("ORDER BY ")
        .push(match query.sort {
            Sort::Newest => "l.id DESC",
            Sort::Price => "-l.price_minor DESC, l.id DESC",
            Sort::PriceDescending => "l.price_minor DESC, l.id DESC",
            Sort::Relevance => "l.rank DESC, l.id DESC",
        });
    Ok(statement)
}

/// What the page is picked from. No index has both what is sought and the order. How much a text finds is
/// not known when the statement is planned: to walk along the order until enough was found would, for a
/// rare word, be to read all listings there are. So they are found first, by OFFSET 0, and then sorted.
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

/// The text without the dashes that exclude nothing. PostgreSQL takes each for a negation of what
/// follows, and gives up on a few dozen of them in a row.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        let next = characters.peek();
        let excludes = next.is_some_and(|next| next.is_alphanumeric() || *next == '"');
        plain.push(if character == '-' && !excludes {
            ' '
        } else {
            character
        });
    }
    plain
}

fn filter(statement: &mut Statement, query: &CatalogueQuery) {
    if let Some(seller) = query.seller {
        statement.push(" AND l.seller_id = ").bind(seller.uuid());
    }
    // In the very terms of the sort's index, so that it applies them.
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

/// Orders the rows by a key and then by id, both falling, so that what comes after a position is one
/// comparison of rows and one range of an index. The cheapest come first by the negated price.
fn come_after(
    statement: &mut Statement,
    query: &CatalogueQuery,
    rank: &str,
) -> Result<(), StoreError> {
    use CataloguePosition as At;

    // Before all there are.
    let first = (i64::MAX, Uuid::max());
    match (query.sort, query.page.after) {
        (Sort::Newest, None) => by_id(statement, first.1),
        (Sort::Newest, Some(At::Newest(id))) => by_id(statement, id.uuid()),
        (Sort::Price, None) => by_key(statement, "-l.price_minor", first),
        (Sort::Price, Some(At::Price(minor, id))) => {
            by_key(
                statement,
                "-l.price_minor",
                (minor.saturating_neg(), id.uuid()),
            );
        }
        (Sort::PriceDescending, None) => by_key(statement, "l.price_minor", first),
        (Sort::PriceDescending, Some(At::Price(minor, id))) => {
            by_key(statement, "l.price_minor", (minor, id.uuid()));
        }
        (Sort::Relevance, None) => by_key(statement, rank, (f32::INFINITY, first.1)),
        (Sort::Relevance, Some(At::Relevance(after, id))) => {
            by_key(statement, rank, (after, id.uuid()));
        }
        (_, Some(_)) => {
            return Err(StoreError::Failed(
                "the position belongs to another sort".into(),
            ));
        }
    }
    Ok(())
}

fn by_id(statement: &mut Statement, after: Uuid) {
    statement
        .push(" AND l.id < ")
        .bind(after)
        .push(" ORDER BY l.id DESC");
}

fn by_key<K: ToSql + Sync + Send + 'static>(
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
