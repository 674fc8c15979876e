//! Fragments that several statements on listings are composed of, as macros: they expand to literals, so
//! that the statements stay constants.

/// The columns that [`row::listing`](super::row::listing) reads, of [`listing_joins`].
macro_rules! listing_columns {
    () => {
        concat!(
            "l.id, l.seller_id, seller.name AS seller_name, ",
            $crate::listings::row::detail_columns!("l."),
            ", ",
            $crate::gateway::terms::terms_columns!("terms."),
            ", l.state, l.created_at,
    (l.suspended_at IS NOT NULL OR seller.suspended_at IS NOT NULL) AS is_suspended,
    stock.available, stock.sold, stock.revenue_minor
"
        )
    };
}

/// The seller, the stock and the gateway terms of each listing `l`, looked up row by row. Planned as joins, the
/// tables could be read whole, or side by side with the listings from the newest to where a page begins.
macro_rules! listing_joins {
    () => {
        concat!(
            "
CROSS JOIN LATERAL (SELECT * FROM accounts a WHERE a.id = l.seller_id OFFSET 0) AS seller
CROSS JOIN LATERAL (SELECT * FROM listing_stock s WHERE s.listing_id = l.id OFFSET 0) AS stock",
            $crate::gateway::terms::terms_join!()
        )
    };
}

/// A statement that reads whole listings. Its arguments are the path of its function and its conditions.
macro_rules! select_listings {
    ($function:literal, $conditions:literal) => {
        concat!(
            "-- ",
            $function,
            "\nSELECT ",
            $crate::listings::sql::listing_columns!(),
            "FROM listings l",
            $crate::listings::sql::listing_joins!(),
            $conditions
        )
    };
}

pub(super) use {listing_columns, listing_joins, select_listings};
